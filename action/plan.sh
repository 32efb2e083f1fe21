#!/usr/bin/env bash
# Plans a stage: into FOLDER the saved plan, its page, and what a comment says. Tells with which code the plan ended, and
# ends well itself, so that a plan that was refused is shown before the run fails.
set -euo pipefail
mkdir -p "$FOLDER"
# The program runs elsewhere.
FOLDER="$(cd "$FOLDER" && pwd)"
ended=0
# shellcheck disable=SC2086
(cd "$WITHIN" && $PROGRAM plan --stage "$STAGE" --out "$FOLDER/saved.plan" --html "$FOLDER/plan.html" --format markdown) \
  > "$FOLDER/plan.md" 2> "$FOLDER/plan.log" || ended=$?
cat "$FOLDER/plan.log" >&2
if [ "$ended" != 0 ]; then
  # Below the mark, if there is one, and above the rest: whoever reads the plan reads first that it will not be applied.
  mark=$(head -n 1 "$FOLDER/plan.md")
  {
    case "$mark" in "<!-- plg: "*) printf '%s\n' "$mark" ;; esac
    printf '**The plan of stage %s ended with %s: nothing was changed, and nothing is kept for a deploy.**\n\n' "$STAGE" "$ended"
    # More ticks than any line has, so that nothing in it ends the block.
    printf '``````````text\n'
    tail -c 8000 "$FOLDER/plan.log"
    printf '\n``````````\n'
    case "$mark" in "<!-- plg: "*) tail -n +2 "$FOLDER/plan.md" ;; *) cat "$FOLDER/plan.md" ;; esac
  } > "$FOLDER/refused.md"
  mv "$FOLDER/refused.md" "$FOLDER/plan.md"
fi
rm "$FOLDER/plan.log"
cat "$FOLDER/plan.md" >> "${GITHUB_STEP_SUMMARY:-/dev/stdout}"
printf 'ended=%s\n' "$ended" >> "$GITHUB_OUTPUT"
