#!/usr/bin/env python3
"""Writes what each fuzz target begins with to fuzz/corpus: the golden bytes of the protocol, the
files in fuzz/seeds, the sender's test events that the tests use, and, when they lie beside the
checkout, the cases of ../shared/conformance."""

import base64
import hashlib
import json
import pathlib
import re
import sys

FUZZ = pathlib.Path(__file__).resolve().parent
ROOT = FUZZ.parent
CASES = ROOT.parent / "shared" / "conformance"


def seed(target, data):
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    if len(data) <= 1 << 16:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def golden():
    for path in sorted((ROOT / "crates/wire/tests/golden/v1").glob("*.hex")):
        data = bytes.fromhex("".join(path.read_text().split()))
        seed({"envelope": "envelope", "sealed": "seal"}.get(path.stem, "frame"), data)
    text = (ROOT / "crates/wire/PROTOCOL.md").read_text()
    for block in re.findall(r"```json\n(.*?)```", text, re.S):
        for line in block.splitlines():
            seed("json", line.encode())
            seed("relay", call("POST", "/api/endpoints", line))
            seed("relay", call("PUT", "/api/endpoints/@E@", line))


def files():
    for path in sorted((FUZZ / "seeds").iterdir()):
        data = path.read_bytes()
        if path.name.endswith(".lines"):
            for line in data.splitlines():
                seed(path.name.split(".")[0], line.replace(b"\\r", b"\r").replace(b"\\n", b"\n"))
        else:
            seed("hooks", data)
    for path in sorted((ROOT / "crates/webhook/src/verify/sample").glob("*.json")):
        seed("json", path.read_bytes())


def call(method, path, body="", more=""):
    head = f"{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer @T@\r\n{more}"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}".encode()


def calls():
    """Requests to the relay's own interface, and frames behind a WebSocket's handshake."""
    for method, path in [("GET", "/api/device"), ("GET", "/api/endpoints"), ("POST", "/api/token"),
                         ("POST", "/api/endpoints/@E@/rotate"), ("DELETE", "/api/endpoints/x"),
                         ("POST", "/api/endpoints/x/restore"), ("POST", "/h/@E@"),
                         ("POST", "/data?token=@T@"), ("OPTIONS", "/h/@E@")]:
        seed("relay", call(method, path))
    seed("relay", call("POST", "/h/@E@", "{}", "X-Forwarded-For: 192.0.2.1, ::1, junk\r\n"))
    seed("relay", call("POST", "/h/@E@", "{}", "Tenterhook-Probe: 0123456789abcdef\r\n"))
    upgrade = ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: tenterhook.v1\r\n")
    frames = b""
    for name in ["hello", "ping", "ack", "credit", "reset", "goaway"]:
        data = bytes.fromhex("".join((ROOT / f"crates/wire/tests/golden/v1/{name}.hex").read_text().split()))
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        frames += b"\x82" + length + bytes(4) + data
        seed("relay", call("GET", "/api/tunnel", "", upgrade) + frames)


def outside():
    if not CASES.is_dir():
        print("the cases of ../shared/conformance are not there: beginning without them", file=sys.stderr)
        return
    for case in json.loads((CASES / "http_cases.json").read_text())["cases"]:
        raw = base64.b64decode(case.get("raw_b64") or "")
        raw = re.sub(rb"@@FILL:\d+@@", b"F" * 64, raw).replace(b"@@H@@", b"a").replace(b"@@ID@@", b"1")
        seed("connection", b"\xff" + raw.replace(b"@@P@@", b"/in").replace(b"@@API@@", b"/api"))
        seed("relay", raw.replace(b"@@P@@", b"/h/@E@").replace(b"@@API@@", b"/api/device"))
        head, _, body = raw.partition(b"\r\n\r\n")
        seed("request_parts", head + b"\r\n\r\n")
        seed("rules", b"application/json\na=1\nsha1=00\n" + body)
    for case in json.loads((CASES / "signature_cases.json").read_text())["vectors"]:
        lines = [case["provider"], (case.get("secrets") or [case.get("secret") or ""])[0], case["url"]]
        lines += [f"{name}: {value}" for name, value in case["headers"]]
        seed("verify", "\n".join(lines + ["", ""]).encode() + base64.b64decode(case["body_b64"]))
    for case in json.loads((CASES / "handshake_cases.json").read_text())["vectors"]:
        lines = [case["provider"], case["secret"] or "", "https://a.example.test" + case["target"]]
        lines += [f"{name}: {value}" for name, value in case["headers"]]
        seed("verify", "\n".join(lines + ["", ""]).encode() + base64.b64decode(case["body_b64"]))
    for case in json.loads((CASES / "hooks_cases.json").read_text())["cases"]:
        if "hook" in case:
            seed("hooks", json.dumps([case["hook"]]).encode())
        request = case.get("request") or {}
        body = request.get("body") or ""
        headers = dict(request.get("headers") or {})
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        seed("rules", f"{kind}\na=1\nsha1=00\n{body}".encode())
    for path in sorted((CASES / "go" / "yaml").iterdir()):
        seed("hooks", path.read_bytes())
    for case in (CASES / "go" / "template_cases.txt").read_bytes().splitlines():
        seed("template", case)


golden()
files()
calls()
outside()
