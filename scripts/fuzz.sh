#!/usr/bin/env bash
# Runs each fuzz target, or those named, for FUZZ_SECONDS (60). What breaks one stays in
# fuzz/artifacts; `cargo fuzz run TARGET FILE` shows it again.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
python3 fuzz/seeds.py
# The sanitizer is an unstable option of the compiler, which the installed one has all the same.
export RUSTC_BOOTSTRAP=1
# SQLite as one file has names twice, each in a part of its own.
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_odr_violation=0}"
cargo fuzz build
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
for target in "${targets[@]}"; do
  printf '\n%s\n' "$target"
  cargo fuzz run "$target" -- -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 \
    -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 2>fuzz/"$target".log ||
    { tail -n 40 fuzz/"$target".log; exit 1; }
  grep -E 'stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' fuzz/"$target".log
done
