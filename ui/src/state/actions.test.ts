import { expect, test } from "vitest";

import { isFree, keycaps } from "../text/chords";
import { ACTIONS, FIXED } from "./actions";

const repeated = (texts: string[]) => texts.filter((text, at) => texts.indexOf(text) !== at);

test("no two actions have the same usual key, nor a name in common", () => {
  const fixed = FIXED.flatMap(({ keys }) => keys).filter((chord) => isFree(chord));
  expect(repeated([...ACTIONS.flatMap(({ keys }) => keys), ...fixed])).toEqual([]);
  expect(repeated(ACTIONS.map(({ id }) => id))).toEqual([]);
});

test("each action has words of its own in both languages", () => {
  for (const language of ["en", "zh"] as const) {
    const all = [...ACTIONS, ...FIXED].map(({ words }) => words[language]);
    expect(all.filter((text) => text.trim() === "")).toEqual([]);
    expect(repeated(all)).toEqual([]);
  }
  const foreign = [...ACTIONS, ...FIXED].filter(({ words }) => !/\p{Script=Han}/u.test(words.zh));
  expect(foreign).toEqual([]);
});

test("each usual key is one that may be given, and is seen as keys", () => {
  for (const { keys } of ACTIONS) {
    for (const chord of keys) {
      expect(isFree(chord), chord).toBe(true);
      expect(
        keycaps(chord, true).every((cap) => cap !== ""),
        chord,
      ).toBe(true);
    }
  }
});
