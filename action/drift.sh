#!/usr/bin/env bash
# Looks for changes that people made in the web apps. Ends with 8 where there are some, and with 11 where no state of the
# stage can be seen from here.
set -euo pipefail
ended=0
# shellcheck disable=SC2086
said=$(cd "$WITHIN" && $PROGRAM drift --stage "$STAGE" --exit-code) || ended=$?
printf '%s\n' "$said"
{
  printf '### Drift of stage %s\n\n``````````text\n%s\n``````````\n' "$STAGE" "$said"
} >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
exit "$ended"
