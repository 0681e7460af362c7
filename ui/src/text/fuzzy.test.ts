import { expect, test } from "vitest";

import { fit, runsOf } from "./fuzzy";

/** The texts that fit, the best first. */
const best = (sought: string, ...texts: string[]) =>
  texts
    .flatMap((text) => {
      const found = fit(sought, text);
      return found ? [{ text, score: found.score }] : [];
    })
    .sort((one, other) => other.score - one.score)
    .map(({ text }) => text);

test("letters are found in their order, whatever their case", () => {
  expect(fit("gth", "GitHub")?.at).toEqual([0, 2, 3]);
  expect(fit("hg", "GitHub")).toBeNull();
  expect(fit("", "GitHub")).toEqual({ score: 0, at: [] });
});

test("a word as it was typed comes before letters that are scattered", () => {
  expect(best("theme", "The next me", "Theme: dark")[0]).toBe("Theme: dark");
  expect(best("set", "Show the text", "Settings")[0]).toBe("Settings");
});

test("beginnings of words come before the middle of one", () => {
  expect(best("cu", "Focus", "Copy URL")[0]).toBe("Copy URL");
  expect(fit("cu", "Copy URL")?.at).toEqual([0, 5]);
});

test("a leap to a later word is not taken where the rest would be lost", () => {
  expect(fit("lista", "list a list")).not.toBeNull();
  expect(fit("abc", "a bc b")).not.toBeNull();
});

test("other scripts are found by their letters", () => {
  expect(fit("设键", "设置：按键")?.at).toEqual([0, 4]);
});

test("the sought letters are told apart from those between", () => {
  expect(runsOf("Copy URL", [0, 5])).toEqual([
    { text: "C", isHit: true },
    { text: "opy ", isHit: false },
    { text: "U", isHit: true },
    { text: "RL", isHit: false },
  ]);
  expect(runsOf("🪝 hook", [2]).map(({ text }) => text)).toEqual(["🪝 ", "h", "ook"]);
});
