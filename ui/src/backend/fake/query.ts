// As much of the language of queries as the fake engine's lists need. The whole of it is Rust's.

import type { CaptureRow } from "../../bindings/CaptureRow";
import type { QueryHelp } from "../../bindings/QueryHelp";
import type { Sample } from "./samples";

const FIELDS = [
  "provider:",
  "type:",
  "status:",
  "verify:",
  "method:",
  "path:",
  "header.",
  "body.",
  "is:",
  "before:",
  "after:",
  "endpoint:",
  "delivery:",
];
const MARKS = [
  "held",
  "replayed",
  "edited",
  "ran",
  "pinned",
  "noted",
  "failed",
  "flawed",
  "forwarded",
  "answered",
  "retry",
];

/** Whether the terms of `query` hold for a sample, and for its row where they need that. */
export function lets(
  query: string,
  { method, target, isHeld }: Sample,
  rowOf: () => CaptureRow,
): boolean {
  const row = `${method} ${target}`.toLowerCase();
  const holds = (term: string): boolean => {
    if (term.startsWith("-")) return !holds(term.slice(1));
    if (term.startsWith("method:")) return method.toLowerCase() === term.slice(7);
    if (term === "is:pinned") return rowOf().isPinned;
    if (term === "is:noted") return rowOf().note !== null;
    if (term === "is:retry") return rowOf().nthTry > 1;
    if (term === "is:failed") return hasFailed(rowOf());
    if (term === "is:flawed") return rowOf().flaws.length > 0;
    if (term === "is:forwarded") return rowOf().delivery !== null;
    if (term === "is:answered") return rowOf().delivery?.status != null;
    if (term.startsWith("verify:")) return verdictOf(rowOf()) === term.slice(7);
    if (term.startsWith("is:")) return term === "is:held" && isHeld;
    if (term.startsWith("status:"))
      return String(rowOf().delivery?.status ?? "none") === term.slice(7);
    if (term.startsWith("delivery:")) return rowOf().deliveryId === term.slice(9);
    if (term.startsWith("endpoint:")) return rowOf().endpoint.toLowerCase() === term.slice(9);
    if (term.startsWith("after:")) return rowOf().receivedAtMs >= moment(term.slice(6));
    if (term.startsWith("before:")) return rowOf().receivedAtMs < moment(term.slice(7));
    return row.includes(term);
  };
  return query.toLowerCase().split(/\s+/).every(holds);
}

/** What a query calls the verdict of a row. */
function verdictOf({ verdict }: CaptureRow): string {
  if (verdict === null) return "none";
  const words: Record<string, string> = { ok: "valid", unknown: "unknown", unsigned: "unsigned" };
  return words[verdict.reason] ?? "invalid";
}

function hasFailed({ delivery }: CaptureRow): boolean {
  return !!delivery && (delivery.isBroken || (delivery.status ?? 500) >= 400);
}

/** `2h`, `today` or `2026-01-31t10:30` in milliseconds. */
function moment(text: string): number {
  if (text === "today") return new Date().setHours(0, 0, 0, 0);
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const lengths: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  if (count && unit) return Date.now() - Number(count) * (lengths[unit] ?? 0);
  return new Date(text.toUpperCase()).getTime();
}

/** What is wrong with `text`: fields that are not known, and fields without a value. */
export function helpWith(text: string, cursor: number): QueryHelp {
  const problems = [...text.matchAll(/(?<![^\s-])([a-z]+):(\S*)/gi)].flatMap((found) => {
    const [, name = "", value = ""] = found;
    const end = found.index + name.length;
    if (!FIELDS.includes(`${name}:`)) {
      const message = `there is no field \`${name}\``;
      return [{ from: found.index, to: end, code: "unknown_field", message }];
    }
    if (value !== "") return [];
    const message = `expected a value behind \`${name}:\``;
    return [{ from: end + 1, to: end + 1, code: "no_value", message }];
  });
  const word = /[^\s-]*$/.exec(text.slice(0, cursor))?.[0] ?? "";
  const isMark = word.startsWith("is:");
  const typed = isMark ? word.slice(3) : word;
  const suggestions = (isMark ? MARKS : FIELDS).filter((one) => one.startsWith(typed));
  return {
    problems,
    from: cursor - typed.length,
    to: cursor,
    suggestions: suggestions.filter((one) => one !== typed),
  };
}
