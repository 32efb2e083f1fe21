#!/usr/bin/env bash
# Finds the run that planned what this commit merged: of the pull request that the commit belongs to, the newest that kept
# a plan for the head it was merged with. Plans of forks are none: somebody else's run wrote them.
set -euo pipefail
here="$(dirname "$0")"
# shellcheck source=action/forge.sh
. "$here/forge.sh"
heads=$(forge GET "commits/$GITHUB_SHA/pulls?per_page=100" | jq -r '.[] | select(.merged_at != null) | .head.sha')
run=""
if [ -n "$heads" ]; then
  name=$(jq -nr --arg name "$ARTIFACT" '$name | @uri')
  run=$(forge GET "actions/artifacts?per_page=100&name=$name" | jq -r --arg heads "$heads" '
    [.artifacts[] | select(.expired | not) | .workflow_run
      | select(.head_sha as $head | $heads | split("\n") | index($head))
      | select(.head_repository_id == .repository_id) | .id] | max // empty')
fi
if [ -z "$run" ] && [ "$SAVED" != optional ]; then
  echo "no kept plan \`$ARTIFACT\` belongs to $GITHUB_SHA: nothing was applied" >&2
  echo "plan it in a pull request, or say \`saved: optional\` to apply what a plan of now says" >&2
  exit 1
fi
printf 'run=%s\n' "$run" >> "$GITHUB_OUTPUT"
