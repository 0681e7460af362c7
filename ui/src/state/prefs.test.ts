import { expect, test } from "vitest";

import { Prefs, type Shelf } from "./prefs.svelte";

function shelfWith(text: string | null): Shelf {
  const kept = new Map(text === null ? [] : [["tenterhook.looks", text]]);
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
  };
}

test("what was set is there in the next run", () => {
  const shelf = shelfWith(null);
  new Prefs(shelf, "en-GB").set({ sidePx: 222, bodyLooks: { json: "hex" }, isListOpen: false });
  expect(new Prefs(shelf, "en-GB").looks).toMatchObject({
    sidePx: 222,
    bodyLooks: { json: "hex" },
    isListOpen: false,
  });
});

test("whatever is broken on the shelf is taken as not set", () => {
  for (const text of ["", "{", "null", "7", '{"theme":"pink","sidePx":"wide","listPx":-1}']) {
    const { looks } = new Prefs(shelfWith(text), "en");
    expect(looks).toEqual(new Prefs(shelfWith(null), "en").looks);
  }
});

test("the system's language holds until one is chosen", () => {
  const shelf = shelfWith(null);
  const prefs = new Prefs(shelf, "zh-Hans-CN");
  expect(prefs.looks.language).toBe("zh");
  prefs.nextTheme();
  expect(new Prefs(shelf, "en-US").looks.language).toBe("en");
  prefs.otherLanguage();
  expect(new Prefs(shelf, "zh-CN").looks.language).toBe("en");
});

test("themes go round", () => {
  const prefs = new Prefs(shelfWith(null), "en");
  const seen = Array.from({ length: 4 }, () => {
    prefs.nextTheme();
    return prefs.looks.theme;
  });
  expect(seen).toEqual(["light", "dark", "system", "light"]);
});

test("a shelf that refuses does not stop the window", () => {
  const refuse = () => {
    throw new Error("denied");
  };
  const prefs = new Prefs({ getItem: refuse, setItem: refuse }, "en");
  prefs.set({ theme: "dark" });
  expect(prefs.looks.theme).toBe("dark");
});
