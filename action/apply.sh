#!/usr/bin/env bash
# Applies what was planned, and nothing else; what a plan of now says, where the run was allowed to.
set -euo pipefail
saved=()
[ -z "$RUN" ] || saved=("$(cd "$FOLDER" && pwd)/saved.plan")
ended=0
# shellcheck disable=SC2086
(cd "$WITHIN" && $PROGRAM deploy --stage "$STAGE" --yes "${saved[@]}") || ended=$?
if [ "$ended" = 7 ]; then
  echo "the stack, the state or something live moved after the pull request was planned: plan it again in a new one," >&2
  echo "or run \`deploy --stage $STAGE\` yourself and read what it asks" >&2
fi
exit "$ended"
