// What came of a replay as plain text, one capture a line, the failed ones first.

import type { CaptureRow } from "../bindings/CaptureRow";
import type { ReplayedOne } from "../bindings/ReplayedOne";
import type { ReplayReport } from "../bindings/ReplayReport";
import type { ReplaySend } from "../bindings/ReplaySend";
import { hasFailed, sorted } from "../state/many.svelte";

/** So many captures of a report are shown; its text has all. */
export const MOST_LINES = 200;

/** How a send ended, in a word. */
function outcomeOf({ status, error }: ReplaySend): string {
  return status === null ? (error ?? "-") : String(status);
}

/** What a capture is called in a report: who sent what, or else where to. */
export function nameOf(capture: string, row: CaptureRow | undefined): string {
  if (!row) return capture;
  return [row.sender?.name, row.summary ?? `${row.method} ${row.target}`].filter(Boolean).join(" ");
}

/** The whole report as text, with tabs between its columns. */
export function asText(
  { progress, seed, captures, differing }: ReplayReport,
  rows: Readonly<Partial<Record<string, CaptureRow>>>,
): string {
  const failed = captures.filter(hasFailed).length;
  const head = `replay ${String(progress.run)}: ${String(progress.done)} of ${String(progress.total)}, ${String(failed)} failed, ${String(differing)} differing, seed ${String(seed)}`;
  const lines = sorted(captures).map((one) => line(one, rows[one.capture]));
  return [head, ...lines, ""].join("\n");
}

function line(one: ReplayedOne, row: CaptureRow | undefined): string {
  const { capture, sends, isDropped, truncatedTo, differs, error } = one;
  const notes = [
    isDropped ? "left out" : "",
    truncatedTo === null ? "" : `cut to ${String(truncatedTo)} bytes`,
    differs.length === 0 ? "" : `differs: ${differs.join(", ")}`,
    error ?? "",
  ].filter((note) => note !== "");
  const ended = sends.map((send) => `${outcomeOf(send)} ${String(Math.round(send.totalMs))} ms`);
  return [capture, ...(row ? [nameOf(capture, row)] : []), ...ended, ...notes].join("\t");
}
