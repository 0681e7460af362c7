import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Desk } from "./desk.svelte";
import { Palette } from "./palette.svelte";

const nothing = { getItem: () => null, setItem: () => undefined };

async function opened(language = "en") {
  const desk = new Desk(fakeBackend("?rows=3"), nothing, language);
  await desk.endpoints.load();
  await desk.status.load();
  return { desk, palette: new Palette(desk) };
}

const titles = (palette: Palette) => palette.rows.map(({ entry }) => entry.title);

test("a few letters find an action, an endpoint and a setting", async () => {
  const { palette } = await opened();
  palette.text = "sett";
  expect(titles(palette)[0]).toBe("Settings");
  palette.text = "gostr";
  expect(titles(palette)[0]).toBe("Go to Stripe");
  palette.text = "set key";
  expect(titles(palette)).toContain("Settings: Keys");
});

test("an action is found by its name in the other language too", async () => {
  const { palette } = await opened("zh");
  palette.text = "keyboard";
  expect(titles(palette)).toContain("键盘快捷键");
});

test("what cannot be done now is not offered", async () => {
  const { desk, palette } = await opened();
  expect(titles(palette)).toContain("New endpoint…");
  expect(titles(palette)).not.toContain("Notices");
  desk.status.hear({ ...(await desk.backend.status()), relay: null });
  expect(titles(palette)).not.toContain("New endpoint…");
});

test("what was done comes first the next time, once", async () => {
  const { desk, palette } = await opened();
  palette.text = "clock";
  palette.run(0);
  expect(desk.prefs.looks.isAbsolute).toBe(true);
  const next = new Palette(desk);
  expect(next.shelves[0]?.kind).toBe("recent");
  expect(titles(next).filter((title) => title === "Ages or clock times")).toHaveLength(1);
  expect(titles(next)[0]).toBe("Ages or clock times");
});

test("the choice goes round, and back to the first when another is sought", async () => {
  const { palette } = await opened();
  palette.step(-1);
  expect(palette.chosen).toBe(palette.rows.length - 1);
  palette.step(1);
  expect(palette.chosen).toBe(0);
  palette.step(3);
  palette.text = "theme";
  expect(palette.chosen).toBe(0);
});

test("three hundred endpoints are found among, and few are shown", async () => {
  const desk = new Desk(fakeBackend("?scene=overfull&rows=1"), nothing, "en");
  await desk.endpoints.load();
  const palette = new Palette(desk);
  palette.text = "copy url";
  expect(palette.rows.length).toBeLessThanOrEqual(60);
  expect(palette.more).toBeGreaterThan(200);
  palette.text = "copy url 支付 299";
  expect(titles(palette)[0]).toContain("支付通知 299");
});

test("nothing runs where nothing is found", async () => {
  const { desk, palette } = await opened();
  palette.text = "qqqq";
  palette.run(0);
  expect(palette.rows).toEqual([]);
  expect(desk.prefs.looks.recent).toEqual([]);
});
