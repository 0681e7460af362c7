import { expect, test } from "vitest";

import type { Status } from "../bindings/Status";
import { en } from "../text/en";
import { Format } from "../text/format";
import { hostOf, legsOf, proofOf, standing } from "./standing";

const NOW_MS = 1_000_000;

/** A connected line heard and probed so long ago. */
function connected(heardAgoMs: number, probe?: Status["probe"]): Status {
  const line = { state: "connected", sinceMs: 0, heardAtMs: NOW_MS - heardAgoMs } as const;
  const quiet = { relay: "r", receiver: null, captures: 0, diskBytes: 0, notices: [] };
  return { ...quiet, line, ...(probe ? { probe } : {}) };
}

const proof = (status: Status) => proofOf(status, NOW_MS, en.line, new Format("en"));
const came = { atMs: NOW_MS - 12_000, tookMs: 80, failed: null };
const failed = { ...came, failed: { leg: "dns", reason: "no such name" } } as const;

test("a probe that came back is the proof of a connection, with its age", () => {
  expect(standing(connected(1000, came), NOW_MS)).toBe("connected");
  expect(proof(connected(1000, came))).toBe("probe ok 12s ago");
});

test("before the first probe the last sign of life is all that is claimed", () => {
  expect(proof(connected(4000))).toBe("heard 4s ago");
});

test("a line that is up while the probe failed is not called connected", () => {
  expect(standing(connected(1000, failed), NOW_MS)).toBe("unreachable");
  expect(proof(connected(1000, failed))).toBe("probe failed 12s ago");
});

test("silence beyond the heartbeat outweighs an older good probe", () => {
  expect(standing(connected(31_000, came), NOW_MS)).toBe("silent");
  expect(proof(connected(31_000, came))).toBe("heard 31s ago");
});

test("a relay is named by its host", () => {
  expect(hostOf("https://hooks.example.dev/")).toBe("hooks.example.dev");
  expect(hostOf("http://10.0.0.7:8080")).toBe("10.0.0.7:8080");
});

test("the way is good up to the part that failed, and unknown behind it", () => {
  const at = (leg: "tls" | "app") =>
    legsOf({ ...came, failed: { leg, reason: "" } }, true).map(({ state }) => state);
  expect(at("tls")).toEqual(["ok", "ok", "failed", "unknown", "unknown", "unknown"]);
  expect(at("app")).toEqual(["ok", "ok", "ok", "ok", "ok", "failed"]);
  expect(legsOf(came, false).map(({ leg }) => leg)).not.toContain("app");
});

test("an application that does not answer is not a relay that is not reached", () => {
  const probe = {
    ...came,
    failed: { leg: "app", at: "http://localhost:3000/", reason: "" },
  } as const;
  expect(standing(connected(1000, probe), NOW_MS)).toBe("deaf");
});
