#!/usr/bin/env bash
# Builds what is measured, optimised but without LTO, and measures it: `bench.sh [--json FILE]`.
set -euo pipefail
cargo build --profile bench -p tenterhook-relay -p tenterhook-cli -p tenterhook-desktop -p bench
exec "${CARGO_TARGET_DIR:-target}/release/bench" "$@"
