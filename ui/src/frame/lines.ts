// How each state of the line looks and how sure it is. The shape differs as much as the colour.

import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleDot from "@lucide/svelte/icons/circle-dot";
import OctagonX from "@lucide/svelte/icons/octagon-x";
import Timer from "@lucide/svelte/icons/timer";
import Unplug from "@lucide/svelte/icons/unplug";

import type { LineState } from "../bindings/LineState";

export type Tone = "good" | "wait" | "bad" | "quiet";

/** The other end is asked for a sign of life after 15 s of silence and given 10 s more. */
const QUIET_MS = 30_000;

const LOOKS = {
  unpaired: { Icon: Unplug, tone: "quiet" },
  connecting: { Icon: CircleDashed, tone: "wait" },
  connected: { Icon: CircleCheck, tone: "good" },
  waiting: { Icon: Timer, tone: "wait" },
  stopped: { Icon: OctagonX, tone: "bad" },
  elsewhere: { Icon: CircleDot, tone: "quiet" },
} as const;

/** The shape and tone of a state; a line that is silent for too long is not called good. */
export function lookOf(line: LineState, nowMs: number): { Icon: typeof Timer; tone: Tone } {
  return isQuiet(line, nowMs) ? { Icon: CircleAlert, tone: "wait" } : LOOKS[line.state];
}

/** Whether a connected line has not been heard of for longer than it should. */
export function isQuiet(line: LineState, nowMs: number): boolean {
  return line.state === "connected" && nowMs - line.heardAtMs > QUIET_MS;
}
