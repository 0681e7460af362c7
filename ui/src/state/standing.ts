// How the state of the line is told: a word, and how old the proof of it is. Nothing is called good
// that was not proved.

import type { Leg } from "../bindings/Leg";
import type { LineState } from "../bindings/LineState";
import type { Probe } from "../bindings/Probe";
import type { Status } from "../bindings/Status";
import type { Words } from "../text/en";
import type { Format } from "../text/format";

/** The other end is asked for a sign of life after 15 s of silence and given 10 s more. */
const QUIET_MS = 30_000;

/** What is said of the line: its state, or why a connected one is not simply good. */
export type Standing = LineState["state"] | "silent" | "deaf" | "unreachable";

type LegState = "ok" | "failed" | "unknown";

/** What is to be said of the line: its state, or why a connected one is not simply good. */
export function standing({ line, probe }: Status, nowMs: number): Standing {
  if (line.state !== "connected") return line.state;
  if (nowMs - line.heardAtMs > QUIET_MS) return "silent";
  if (!probe?.failed) return "connected";
  return probe.failed.leg === "app" ? "deaf" : "unreachable";
}

/** The word for a standing. */
export function wordOf(standing: Standing, words: Words["line"]): string {
  return standing === "silent" ? words.connected : words[standing];
}

/** What proves the state, or when it will be tried to better it. */
export function proofOf(
  { line, probe }: Status,
  nowMs: number,
  words: Words["line"],
  format: Format,
): string | null {
  if (line.state === "waiting") return words.retry(format.until(line.retryAtMs, nowMs));
  if (line.state === "stopped") return line.reason;
  if (line.state !== "connected") return null;
  if (!probe || nowMs - line.heardAtMs > QUIET_MS)
    return words.heard(format.ago(line.heardAtMs, nowMs));
  const age = format.ago(probe.atMs, nowMs);
  return probe.failed ? words.probeFailed(age) : words.probed(age);
}

/** The parts of the way of a webhook, in order. */
const LEGS: readonly Leg[] = ["dns", "tcp", "tls", "relay", "tunnel", "app"];

/** How each part of the way was, when it was tried last. */
export function legsOf(probe: Probe, hasApplication: boolean): { leg: Leg; state: LegState }[] {
  const failedAt = probe.failed ? LEGS.indexOf(probe.failed.leg) : LEGS.length;
  const state = (at: number): LegState =>
    at < failedAt ? "ok" : at === failedAt ? "failed" : "unknown";
  return LEGS.map((leg, at) => ({ leg, state: state(at) })).filter(
    ({ leg }) => leg !== "app" || hasApplication,
  );
}

/** The relay's address without what is the same for all. */
export function hostOf(relay: string): string {
  return relay.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
