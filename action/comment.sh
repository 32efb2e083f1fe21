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
# By which the comment is found where nothing compiled, so that nobody can tell what the stack is called: what the plans of this
# stack and stage are kept as.
kept="<!-- kept as: $ARTIFACT -->"
case "$mark" in
  "<!-- plg: "*) ;;
  *) mark="" ;;
esac
found=""
for page in $(seq 1 30); do
  forge GET "issues/$number/comments?per_page=100&page=$page" > "$FOLDER/comments.json"
  found=$(jq -r --arg mark "$mark" --arg kept "$kept" '
    map(select(.user.type == "Bot") | select((.body | split("\n") | map(rtrimstr("\r"))) as $lines
      | if $mark != "" then $lines[0] == $mark else $lines | index($kept) end))
    | first // empty | "\(.id) \(.body | split("\n")[0] | rtrimstr("\r"))"' "$FOLDER/comments.json")
  [ -z "$found" ] || break
  [ "$(jq length "$FOLDER/comments.json")" = 100 ] || break
done
{
  if [ -n "$mark" ]; then
    printf '%s\n%s\n' "$mark" "$kept"
    tail -n +2 "$FOLDER/plan.md"
  else
    # With the mark that it had, so that the next plan finds it.
    case "${found#* }" in "<!-- plg: "*) printf '%s\n' "${found#* }" ;; esac
    printf '%s\n' "$kept"
    cat "$FOLDER/plan.md"
  fi
} > "$FOLDER/comment.md"
# A comment has at most 65,536 characters; a plan fits, and leaves some room for a refusal above it.
jq -Rs '{ body: .[0:65536] }' "$FOLDER/comment.md" > "$FOLDER/comment.json"
if [ -n "$found" ]; then
  forge PATCH "issues/comments/${found%% *}" "$FOLDER/comment.json" > /dev/null
else
  forge POST "issues/$number/comments" "$FOLDER/comment.json" > /dev/null
fi
