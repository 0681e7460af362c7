#!/usr/bin/env bash
# Builds the relay as one static file for servers, dist/tenterhook-relay, and says how large it is.
# Needs Rust, a C compiler and libc's static half (Debian: libc6-dev has it; Fedora: glibc-static).
set -euo pipefail
cd "$(dirname "$0")/.."

target=${RELAY_TARGET:-$(rustc -vV | sed -n 's/^host: //p')}
built=${CARGO_TARGET_DIR:-target}/$target/relay/tenterhook-relay

# What only size is for: no panic passes through C, and LLD, by which Rust links for this target,
# packs the relocations and keeps one of functions that are alike.
link=()
[ "$target" = x86_64-unknown-linux-gnu ] &&
  link=(-C 'link-arg=-Wl,--pack-dyn-relocs=relr' -C 'link-arg=-Wl,--icf=safe')
export CFLAGS="${CFLAGS:-} -fno-asynchronous-unwind-tables"
export RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static"
cargo rustc --locked -p tenterhook-relay --bin tenterhook-relay --profile relay --target "$target" \
  -- "${link[@]}"

# The Dockerfile takes both; state is the empty folder that a volume is mounted over.
mkdir -p dist/state
install -m 755 "$built" dist/tenterhook-relay
if readelf -lW dist/tenterhook-relay | grep -q INTERP; then
  echo "dist/tenterhook-relay is not static" >&2
  exit 1
fi
echo "dist/tenterhook-relay: $(stat -c %s dist/tenterhook-relay) bytes, static, for $target"
