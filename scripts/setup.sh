#!/usr/bin/env bash
# Installs what is missing: `setup.sh run` for building and running, `setup.sh test` for the tests
# as well. Needs Rust and Node; on Debian and Ubuntu it gets the rest by itself.
set -euo pipefail

run=(build-essential pkg-config curl libwebkit2gtk-4.1-dev libayatana-appindicator3-1 libxdo-dev
     librsvg2-dev)
test=(python3 python3-dbus python3-gi python3-requests procps xvfb xauth webkit2gtk-driver dbus dunst gnome-keyring
      imagemagick xdotool x11-utils openbox chromium strace pebble systemd zsh wget httpie php-cli
      php-curl ruby)

say() { printf '%s\n' "$*" >&2; }

command -v cargo >/dev/null || { say "Rust is missing: install it from https://rustup.rs"; exit 1; }
command -v npm >/dev/null || { say "Node is missing: install Node 20.19 or newer"; exit 1; }
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
  { say "Node $(node --version) is too old: install Node 20.19 or newer"; exit 1; }

wanted=("${run[@]}")
[ "${1:-run}" = test ] && wanted+=("${test[@]}")

if command -v dpkg-query >/dev/null; then
  missing=()
  for package in "${wanted[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
      -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null
  fi
else
  say "this is no Debian or Ubuntu: README names the packages that are needed here"
fi

if [ "${1:-run}" = test ] && ! cargo nextest --version >/dev/null 2>&1; then
  say "installing cargo-nextest"
  cargo install --locked cargo-nextest
fi

# Too large to be installed for one test each.
if [ "${1:-run}" = test ]; then
  for tool in go javac; do
    command -v "$tool" >/dev/null || say "$tool is missing: what is exported for it will not be run"
  done
fi
