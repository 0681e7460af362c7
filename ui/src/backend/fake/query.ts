// As much of the language of queries as the fake engine's lists need. The whole of it is Rust's.

import type { QueryHelp } from "../../bindings/QueryHelp";
import type { Sample } from "./samples";

const FIELDS = ["provider:", "type:", "status:", "method:", "path:", "header.", "body.", "is:"];
const MARKS = ["held", "replayed", "pinned", "failed"];

/** Whether the terms of `query` hold for `sample`. */
export function lets(
  query: string,
  { method, target, isHeld }: Sample,
  marks: { isPinned: boolean; isNoted: boolean },
): boolean {
  const row = `${method} ${target}`.toLowerCase();
  const holds = (term: string): boolean => {
    if (term.startsWith("-")) return !holds(term.slice(1));
    if (term.startsWith("method:")) return method.toLowerCase() === term.slice(7);
    if (term === "is:pinned") return marks.isPinned;
    if (term === "is:noted") return marks.isNoted;
    if (term.startsWith("is:")) return term === "is:held" && isHeld;
    return row.includes(term);
  };
  return query.toLowerCase().split(/\s+/).every(holds);
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
