#!/usr/bin/env bash
# Starts a relay on loopback, pairs a desktop with it, makes one endpoint, and opens the app, or
# the terminal's face where there is no display. What it keeps is in .data of this folder.
set -euo pipefail
umask 077
bin=$1
data=.data
port=${PORT:-8790}
mkdir -p "$data"

field() { node -e 'process.stdout.write(String(JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))[process.argv[2]] ?? ""))' "$1" "$2"; }

"$bin/tenterhook-relay" serve --listen "127.0.0.1:$port" --data "$data/relay" \
  >"$data/ready.json" 2>"$data/relay.log" &
relay=$!
trap 'kill $relay 2>/dev/null || true; wait $relay 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

for _ in $(seq 100); do
  [ -s "$data/ready.json" ] && break
  kill -0 $relay 2>/dev/null || { cat "$data/relay.log" >&2; echo "the relay did not start; choose another port with: make run PORT=9000" >&2; exit 1; }
  sleep 0.1
done
[ -s "$data/ready.json" ] || { echo "the relay does not get ready; $data/relay.log says why" >&2; exit 1; }

url=$(field "$data/ready.json" url)
desk=("$bin/tenterhook" --data "$data/desktop")
if [ ! -s "$data/endpoint.json" ] || [[ $(field "$data/endpoint.json" url) != "$url"/* ]]; then
  "${desk[@]}" pair "$(field "$data/ready.json" connect)"
  "${desk[@]}" endpoint new --name first --json >"$data/endpoint.json"
fi
public=$(field "$data/endpoint.json" url)

cat <<TEXT

  public URL  $public
  token       $(field "$data/endpoint.json" token)
  try         curl -X POST '$public' -H 'Content-Type: application/json' -d '{"hello":"tenterhook"}'

TEXT

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  "$bin/tenterhook-desktop" --data "$data/desktop"
else
  echo "There is no display here, so this is the terminal's face (tenterhook listen); Ctrl-C ends it."
  "${desk[@]}" listen
fi
