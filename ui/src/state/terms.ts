// The terms of a query as pieces of its text: taken out and put in without reading what they say.
// What a query means is known to the engine alone.

/** The terms that stand side by side in `query`, with their quotes and brackets. */
export function terms(query: string): string[] {
  const found: string[] = [];
  let [term, depth, isQuoted] = ["", 0, false];
  for (let at = 0; at < query.length; at += 1) {
    const letter = query[at] ?? "";
    if (isQuoted && letter === "\\") {
      term += letter + (query[(at += 1)] ?? "");
      continue;
    }
    if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && letter === "(") depth += 1;
    else if (!isQuoted && letter === ")") depth -= 1;
    if (/\s/.test(letter) && !isQuoted && depth <= 0) {
      if (term !== "") found.push(term);
      term = "";
    } else term += letter;
  }
  return term === "" ? found : [...found, term];
}

const isTime = (term: string): boolean => /^(after|before)[:=]/i.test(term);

/** `query` with `more` in place of what it says of the time. */
function timed(query: string, more: string[]): string {
  return [...terms(query).filter((term) => !isTime(term)), ...more].join(" ");
}

/** `query` for what was received from `fromMs` up to, not including, `toMs`. */
export function between(query: string, fromMs: number, toMs: number): string {
  return timed(query, [`after:${wallClock(fromMs)}`, `before:${wallClock(toMs)}`]);
}

/** `query` for what was received within `span`, such as `24h`; null is at any time. */
export function within(query: string, span: string | null): string {
  return timed(query, span === null ? [] : [`after:${span}`]);
}

/** What `query` says of the time: null when nothing, and of anything but `after:` all of it. */
export function spanOf(query: string): string | null {
  const times = terms(query).filter(isTime);
  if (times.length === 0) return null;
  const [only = ""] = times;
  return times.length === 1 && /^after:/i.test(only) ? only.slice(6) : times.join(" ");
}

/** Whether `query` asks what came of passing captures on. */
export function asksOutcome(query: string): boolean {
  return /(^|[\s(,-])(status[:=<>]|is:(failed|answered|forwarded)\b)/i.test(query);
}

/** `name:value`, in quotes where the value would end otherwise. */
export function term(name: string, value: string): string {
  const isBare = !/[\s\p{Cc}"(),*]/u.test(value) && value !== "";
  return `${name}:${isBare ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`;
}

/** A minute as the clock on the wall shows it: `2026-01-31T10:30`. */
function wallClock(ms: number): string {
  const at = new Date(ms);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
