#!/bin/sh
# Makes every icon that a package needs from tenterhook.svg, into src-tauri/icons/. Run it after the
# drawing changed; what it makes is committed, so that a build needs none of these programs.
# Needs (Debian): librsvg2-bin imagemagick icnsutils.
set -eu
cd "$(dirname "$0")"
out=../src-tauri/icons
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

draw() { rsvg-convert --width "$1" --height "$1" tenterhook.svg --output "$2"; }

# Linux: the sizes of the hicolor theme that desktops ask for; Tauri names them so.
draw 32 "$out/32x32.png"
draw 64 "$out/64x64.png"
draw 128 "$out/128x128.png"
draw 256 "$out/128x128@2x.png"
draw 512 "$out/icon.png"

for size in 16 20 24 32 40 48 64 128 256 512; do draw "$size" "$work/$size.png"; done

# Windows: one file, each size drawn by itself; the largest stays PNG inside.
convert "$work/16.png" "$work/20.png" "$work/24.png" "$work/32.png" "$work/40.png" \
    "$work/48.png" "$work/64.png" "$work/256.png" "$out/icon.ico"

# macOS: the sizes that png2icns knows.
png2icns "$out/icon.icns" "$work/16.png" "$work/32.png" "$work/48.png" "$work/128.png" \
    "$work/256.png" "$work/512.png" >/dev/null
