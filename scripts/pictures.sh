#!/usr/bin/env bash
# Makes README's pictures anew, from what the real window shows in its test. Called from the root,
# after `make build`; needs ImageMagick.
set -euo pipefail
target=${CARGO_TARGET_DIR:-target}
cargo nextest run -p tests --test desktop_views
for name in first-steps list-light list-dark verify diff; do
  convert "$target/shots/readme-$name.png" -strip +dither -colors 128 "PNG8:docs/pictures/$name.png"
done
