import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { en } from "./en";
import { zh } from "./zh";

type Leaf = [path: string, value: unknown];

function leaves(words: object, path = ""): Leaf[] {
  return Object.entries(words).flatMap(([name, value]: Leaf) => {
    const here = path === "" ? name : `${path}.${name}`;
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    return isGroup ? leaves(value, here) : [[here, value] satisfies Leaf];
  });
}

/** What a word says; a sentence with gaps is given marks for them. */
const said = (value: unknown): string =>
  String(typeof value === "function" ? (value as (...gaps: unknown[]) => string)("1", "2") : value);

const source = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(svelte|ts)$/.test(file) && !file.startsWith("text"))
  .map((file) => readFileSync(join("src", file), "utf8"))
  .join("\n");

test("every word is used somewhere", () => {
  const dynamic =
    /^(line|bar\.themes|background\.(ways|loudness)|detail\.tabs|body\.views|body\.kinds|response\.changes|history\.works|settings\.flaws|verify\.(verdicts|covered|whys)|diff\.(parts|bodies|kinship)|find\.spans|find\.outcomes|error|palette\.kinds|preferences\.(sections|themes|languages)|keys\.groups|again\.(bodyWays|parts|draftFlaws|paces|strip|filters|differWords|manyFlaws|wayFlaws)|guide\.steps|rules\.(parts|guards|outcomes|joins|states))/;
  const idle = leaves(en).filter(([path]) => {
    const name = path.split(".").at(-1) ?? "";
    return !dynamic.test(path) && !new RegExp(`\\.${name}\\b`).test(source);
  });
  expect(idle.map(([path]) => path)).toEqual([]);
});

test("what is said in Chinese is Chinese", () => {
  const sameEverywhere = new Set([
    ...["error", "appName", "pair.hint", "preferences.languages.en", "again.paces.ten"],
    ...["again.toHint", "again.bodyHexHint", "again.wayFilterHint", "again.pinHint"],
  ]);
  const foreign = leaves(zh).filter(
    ([path, value]) => !sameEverywhere.has(path) && !/\p{Script=Han}/u.test(said(value)),
  );
  expect(foreign.map(([path]) => path)).toEqual([]);
});

test("no sentence leaves out what the English one tells", () => {
  const gaps = (text: string) => [...text.matchAll(/[12]/g)].map(String).sort();
  const chinese = new Map(leaves(zh));
  for (const [path, value] of leaves(en)) {
    if (typeof value === "function")
      expect(gaps(said(chinese.get(path))), path).toEqual(gaps(said(value)));
  }
});

test("a known failure is said in Chinese with the engine's own words after it", () => {
  expect(zh.error("store", "disk full")).toBe("无法读写历史记录（disk full）");
  expect(zh.error("of a later version", "odd")).toBe("odd");
  expect(en.error("store", "disk full")).toBe("Disk full");
});
