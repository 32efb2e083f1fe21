#!/usr/bin/env bash
# Counts the instructions of fixed work, and compares them with what is kept in instructions.txt.
#
#   benches/count.sh          fails where one differs by more than a tenth
#   benches/count.sh --write  keeps what is counted now
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "SKIPPED: no valgrind, so no instructions are counted" >&2; exit 0; }
kept=benches/instructions.txt
cargo build --quiet -p benches --bin counted --profile counted
counted=""
for work in graph schedule journal plan again; do
  out=$(mktemp)
  valgrind --tool=callgrind --callgrind-out-file=/dev/null target/counted/counted "$work" > "$out" 2>&1
  count=$(sed -n 's/.*Collected : //p' "$out")
  rm -f "$out"
  counted="$counted$work $count"$'\n'
done
if [ "${1:-}" = --write ]; then
  printf '%s' "$counted" > "$kept"
  cat "$kept"
  exit 0
fi
printf '%s' "$counted" | while read -r work count; do
  before=$(sed -n "s/^$work //p" "$kept")
  awk -v work="$work" -v now="$count" -v before="${before:-0}" 'BEGIN {
    change = before ? (now - before) * 100 / before : 100
    printf "%-10s %14d instructions, %+.1f %% against what is kept\n", work, now, change
    exit (change > 10)
  }' || { echo "$work got slower: mend it, or keep it with benches/count.sh --write" >&2; exit 1; }
done
