#!/usr/bin/env bash
# Keeps one comment of the pull request up to date. The first line of a plan is a mark of its stack and its stage, by which
# a run finds the comment of the run before.
set -euo pipefail
here="$(dirname "$0")"
# shellcheck source=action/forge.sh
. "$here/forge.sh"
number=$(jq -r '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
if [ -z "$number" ]; then
  echo "this run belongs to no pull request: the plan is in its summary" >&2
  exit 0
fi
mark=$(head -n 1 "$FOLDER/plan.md")
case "$mark" in
  "<!-- plg: "*) ;;
  # Nothing compiled, so that nobody can tell what the stack is called: any comment of this stage is out of date.
  *) mark="" ;;
esac
found=""
for page in $(seq 1 30); do
  forge GET "issues/$number/comments?per_page=100&page=$page" > "$FOLDER/comments.json"
  found=$(jq -r --arg mark "$mark" --arg stage "/$STAGE -->" '
    map(select(.user.type == "Bot") | select((.body | split("\n")[0] | rtrimstr("\r")) as $first
      | if $mark != "" then $first == $mark else ($first | startswith("<!-- plg: ")) and ($first | endswith($stage)) end))
    | first // empty | "\(.id) \(.body | split("\n")[0] | rtrimstr("\r"))"' "$FOLDER/comments.json")
  [ -z "$found" ] || break
  [ "$(jq length "$FOLDER/comments.json")" = 100 ] || break
done
{
  if [ -z "$mark" ]; then
    # With the mark that it had, so that the next plan finds it.
    if [ -n "$found" ]; then printf '%s\n' "${found#* }"; else printf '<!-- plg: -/%s -->\n' "$STAGE"; fi
  fi
  cat "$FOLDER/plan.md"
} > "$FOLDER/comment.md"
# A comment has at most 65,536 characters; a plan fits, and leaves some room for a refusal above it.
jq -Rs '{ body: .[0:65536] }' "$FOLDER/comment.md" > "$FOLDER/comment.json"
if [ -n "$found" ]; then
  forge PATCH "issues/comments/${found%% *}" "$FOLDER/comment.json" > /dev/null
else
  forge POST "issues/$number/comments" "$FOLDER/comment.json" > /dev/null
fi
