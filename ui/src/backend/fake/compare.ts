// As much of comparing as the fake engine needs: names with values, JSON by its paths, other bodies
// by lines. The whole of it is Rust's.

import type { ChangePart } from "../../bindings/ChangePart";
import type { ChangeView } from "../../bindings/ChangeView";
import type { Sample } from "./samples";

type Facts = Map<string, string>;

/** What differs in `after`; what differed between all `kin` too says nothing. */
export function changes(before: Sample, after: Sample, kin: readonly Sample[]): ChangeView[] {
  const always = kin.slice(1).map((one, at) => new Set(places(kin[at] ?? one, one)));
  return differences(before, after).map((change) => ({
    ...change,
    isVolatile: always.length > 1 && always.every((changed) => changed.has(nameOf(change))),
  }));
}

function places(before: Sample, after: Sample): string[] {
  return differences(before, after)
    .filter(({ kind }) => kind === "changed")
    .map(nameOf);
}

/** Items of an array are all one. */
const nameOf = ({ part, place }: ChangeView) => `${part} ${place.replace(/\[\d+\]/g, "[*]")}`;

function differences(before: Sample, after: Sample): ChangeView[] {
  const path = ({ target }: Sample) => target.split("?")[0] ?? "";
  const query = ({ target }: Sample) => new Map(new URLSearchParams(target.split("?")[1] ?? ""));
  return [
    ...between(
      "request",
      new Map([["method", before.method], ["path", path(before)]]), // prettier-ignore
      new Map([["method", after.method], ["path", path(after)]]), // prettier-ignore
    ),
    ...between("headers", new Map(before.headers), new Map(after.headers)),
    ...between("query", query(before), query(after)),
    ...between("body", body(before), body(after)),
  ];
}

function between(part: ChangePart, before: Facts, after: Facts): ChangeView[] {
  const side = (place: string, text: string | undefined) =>
    text === undefined ? null : { place, text, bytes: text.length, isCut: false };
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((place) => before.get(place) !== after.get(place))
    .map((place) => ({
      kind: !before.has(place) ? "added" : after.has(place) ? "changed" : "removed",
      part,
      place,
      before: side(place, before.get(place)),
      after: side(place, after.get(place)),
      isVolatile: false,
      isSecret: part === "headers" && /^(authorization|cookie)$/i.test(place),
    }));
}

function body({ body, headers }: Sample): Facts {
  const text = new TextDecoder().decode(body);
  const facts: Facts = new Map();
  if (!isJson(headers)) {
    for (const [at, line] of text.split("\n").entries()) facts.set(`line ${at + 1}`, line);
    return facts;
  }
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) {
      facts.set(path, JSON.stringify(value));
      return;
    }
    for (const [key, inner] of Object.entries(value)) {
      walk(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    }
  };
  try {
    walk(JSON.parse(text), "$");
  } catch {
    facts.set("line 1", text);
  }
  return facts;
}

/** Whether the headers of a sample call its body JSON. */
export function isJson(headers: Sample["headers"]): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === "content-type" && value.includes("json"),
  );
}
