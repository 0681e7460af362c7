// What the fake engine's captures have for those who look for something: which are tries of one
// delivery, and when they came.

import type { CaptureRow } from "../../bindings/CaptureRow";
import type { Matches } from "../../bindings/Matches";
import type { Timeline } from "../../bindings/Timeline";

/** From one try of a delivery to the next. */
export const TRY_EVERY = 4;
/** Of so many captures four deliveries are tried thrice. */
const ROUND = 96;
const COUNTED = 1_000;
const SLOTS = 96;
const LENGTHS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 40_320];

/** Whether the capture with this number has a delivery's id. */
export const isTried = (seq: number): boolean => seq % 5 !== 3;

/** The how-manieth try it is. */
export function nthTry(seq: number): number {
  const first = 60;
  const at = seq % ROUND;
  const isOne = at >= first && at < first + 3 * TRY_EVERY && (at - first) % TRY_EVERY === 0;
  return isOne && [0, 1, 2].every((nth) => isTried(seq - at + first + nth * TRY_EVERY))
    ? (at - first) / TRY_EVERY + 1
    : 1;
}

/** What the sender calls the delivery of the capture with this number. */
export function deliveryId(seq: number): string {
  const first = seq - (nthTry(seq) - 1) * TRY_EVERY;
  return `72d3162e-cc78-11e3-81ab-${first.toString(16).padStart(12, "0")}`;
}

/** How many of `total` captures pass, from the newest on. */
export function matches(total: number, passes: (seq: number) => boolean): Matches {
  let count = 0;
  for (let seq = total - 1; seq >= 0 && count <= COUNTED; seq -= 1) if (passes(seq)) count += 1;
  return { count: Math.min(count, COUNTED), isMore: count > COUNTED };
}

/** When a capture came, and what came of it. */
type Came = Pick<CaptureRow, "receivedAtMs" | "delivery">;

/** When the `count` captures that `row` gives were received. */
export function timeline(count: number, row: (at: number) => Came): Timeline {
  if (count === 0) return { fromMs: 0, slotMs: 0, captures: [], ok: [], failed: [] };
  // Of very many, some stand for the others.
  const step = Math.ceil(count / 20_000);
  const first = row(0).receivedAtMs;
  const last = row(count - 1).receivedAtMs;
  const fits = (minutes: number) => (last - first) / (minutes * 60_000) < SLOTS - 1;
  const slotMs = (LENGTHS.find(fits) ?? 40_320) * 60_000;
  const fromMs = Math.floor(first / slotMs) * slotMs;
  const none = () => Array.from({ length: Math.floor((last - fromMs) / slotMs) + 1 }, () => 0);
  const line: Timeline = { fromMs, slotMs, captures: none(), ok: none(), failed: none() };
  const add = (to: number[], at: number) => (to[at] = (to[at] ?? 0) + step);
  for (let at = 0; at < count; at += step) {
    const { receivedAtMs, delivery } = row(at);
    const slot = Math.floor((receivedAtMs - fromMs) / slotMs);
    add(line.captures, slot);
    if (!delivery) continue;
    const isBad = delivery.isBroken || (delivery.status ?? 500) >= 400;
    add(isBad ? line.failed : line.ok, slot);
  }
  return line;
}
