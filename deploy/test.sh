#!/usr/bin/env bash
# Tries all of deploy/ for real: lints, the static file, the image started by podman, the compose
# file, the relay behind nginx, Caddy and Traefik. Minutes, most of them the build. On Debian or
# Ubuntu, as root, for the containers' engine is root's; nothing outlives it but packages (podman,
# runc, …) and the folder deploy-tools beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."

[ "$(id -u)" = 0 ] || { echo "run this as root, in a machine for tests" >&2; exit 1; }

tools=$(realpath -m "${CARGO_TARGET_DIR:-target}/deploy-tools")
mkdir -p "$tools/bin"
export DEPLOY_TOOLS=$tools/bin

packages=(python3 python3-venv podman runc containernetworking-plugins iptables curl
          systemd dbus iproute2 util-linux)
missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
export DEBIAN_FRONTEND=noninteractive
if [ ${#missing[@]} -gt 0 ] || [ ! -x "$tools/nginx/usr/sbin/nginx" ]; then
  apt-get update -qq
fi
if [ ${#missing[@]} -gt 0 ]; then
  apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null
fi
# The program alone: as a package it would be a server of this machine from now on.
if [ ! -x "$tools/nginx/usr/sbin/nginx" ]; then
  rm -rf "$tools/nginx.new" && mkdir "$tools/nginx.new"
  (cd "$tools/nginx.new" && apt-get download -qq nginx && dpkg -x nginx_*.deb .)
  rm -rf "$tools/nginx" && mv "$tools/nginx.new" "$tools/nginx"
fi
if ! cmp -s deploy/requirements.txt "$tools/requirements.txt"; then
  python3 -m venv --clear "$tools/python"
  "$tools/python/bin/pip" install -q --disable-pip-version-check -r deploy/requirements.txt
  cp deploy/requirements.txt "$tools/requirements.txt"
fi
ln -sf "$tools"/python/bin/{caddy,docker-compose,hadolint,traefik} "$tools/nginx/usr/sbin/nginx" "$tools/bin/"

# An engine with a store of its own, in the ways that work where there is no systemd and no kernel
# module for layers.
cat >"$tools/containers.conf" <<TEXT
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
TEXT
cat >"$tools/bin/podman" <<TEXT
#!/bin/sh
export CONTAINERS_CONF="$tools/containers.conf"
exec podman --root "$tools/store" --runroot "$tools/run" --storage-driver vfs --runtime runc \\
  --cgroup-manager cgroupfs "\$@"
TEXT
chmod +x "$tools/bin/podman"
podman=$tools/bin/podman

echo "== lint"
"$tools/bin/hadolint" deploy/Dockerfile deploy/hooks/Dockerfile
"$tools/bin/docker-compose" -f deploy/hooks/compose.yaml config -q
HOST=hooks.example.dev EMAIL=you@example.dev "$tools/bin/docker-compose" -f deploy/compose.yaml config -q
"$tools/python/bin/python" deploy/check.py

echo "== build"
scripts/relay.sh
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
"$podman" build -q --isolation chroot --format docker -t "tenterhook-relay:$version" -f deploy/Dockerfile dist
# Traefik's image as the compose file names it, of the same program, for none can be pulled here.
traefik=$(sed -n 's/^ *image: \(traefik:.*\)/\1/p' deploy/compose.yaml)
rm -rf "$tools/traefik" && mkdir "$tools/traefik"
cp -L "$tools/bin/traefik" "$tools/traefik/"
printf 'FROM scratch\nCOPY traefik /traefik\nENTRYPOINT ["/traefik"]\n' |
  "$podman" build -q --isolation chroot -t "docker.io/library/$traefik" -f - "$tools/traefik"

echo "== test"
cargo build -p tenterhook-relay -p tenterhook-cli -p tests
cargo clippy -p tests --features deploy --all-targets -- -D warnings
cargo nextest run -p tests --features deploy \
  -E 'binary(deploy) or binary(proxies) or binary(containers) or binary(unit) or binary(hooks_host)'
"$podman" image ls --format '{{.Repository}}:{{.Tag}}  {{.Size}}'
"$podman" image prune -f >/dev/null
