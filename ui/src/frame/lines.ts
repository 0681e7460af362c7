// How the state of the line is told: a word, a shape and a colour, and how old the proof of it is.
// The shapes differ as much as the colours, and nothing is called good that was not proved.

import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleDot from "@lucide/svelte/icons/circle-dot";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CircleHelp from "@lucide/svelte/icons/circle-question-mark";
import OctagonX from "@lucide/svelte/icons/octagon-x";
import PlugZap from "@lucide/svelte/icons/plug-zap";
import Timer from "@lucide/svelte/icons/timer";
import Unplug from "@lucide/svelte/icons/unplug";

import type { Leg } from "../bindings/Leg";
import type { Probe } from "../bindings/Probe";
import type { Status } from "../bindings/Status";
import type { Words } from "../text/en";
import type { Format } from "../text/format";

/** The other end is asked for a sign of life after 15 s of silence and given 10 s more. */
const QUIET_MS = 30_000;

type LegState = "ok" | "failed" | "unknown";

const LOOKS = {
  unpaired: { Icon: Unplug, tone: "quiet" },
  connecting: { Icon: CircleDashed, tone: "wait" },
  connected: { Icon: CircleCheck, tone: "good" },
  silent: { Icon: CircleHelp, tone: "wait" },
  deaf: { Icon: PlugZap, tone: "wait" },
  unreachable: { Icon: CircleAlert, tone: "bad" },
  waiting: { Icon: Timer, tone: "wait" },
  stopped: { Icon: OctagonX, tone: "bad" },
  elsewhere: { Icon: CircleDot, tone: "quiet" },
  paused: { Icon: CirclePause, tone: "wait" },
} as const;

/** What is to be said of the line: its state, or why a connected one is not simply good. */
export function standing({ line, probe }: Status, nowMs: number): keyof typeof LOOKS {
  if (line.state !== "connected") return line.state;
  if (nowMs - line.heardAtMs > QUIET_MS) return "silent";
  if (!probe?.failed) return "connected";
  return probe.failed.leg === "app" ? "deaf" : "unreachable";
}

/** The shape and the tone of a standing. */
export function lookOf(standing: keyof typeof LOOKS): { Icon: typeof Timer; tone: string } {
  return LOOKS[standing];
}

/** The word for a standing. */
export function wordOf(standing: keyof typeof LOOKS, words: Words["line"]): string {
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
