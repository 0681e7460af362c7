#!/usr/bin/env bash
# Builds `tenterhook` and puts beside it what shells and `man` want of it, laid out as a package or a
# prefix has it: copy dist/terminal/* to /usr/local, or to ~/.local.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
out=${1:-dist/terminal}
cargo build --release --locked -p tenterhook-cli
program=$target/release/tenterhook

install -Dm755 "$program" "$out/bin/tenterhook"
place() { install -Dm644 /dev/stdin "$out/share/$1"; }
"$program" completions bash | place bash-completion/completions/tenterhook
"$program" completions zsh | place zsh/site-functions/_tenterhook
"$program" completions fish | place fish/vendor_completions.d/tenterhook.fish
"$program" man --out "$out/share/man/man1"
echo "$out has the program, its completions and its manual pages"
