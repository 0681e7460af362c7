import { expect, test } from "vitest";

import { SECTIONS } from "../state/sections";
import { hasAbout } from "./sections";
import { SENDERS } from "./start/senders";

const about = (sought: string) => SECTIONS.filter((section) => hasAbout(section, sought));

test("a setting is found by words of either language, in any order", () => {
  expect(about("theme dark")).toContain("appearance");
  expect(about("主题")).toContain("appearance");
  expect(about("newest capture")).toEqual(["keys"]);
  expect(about("connect string")).toEqual(["relay"]);
  expect(about("")).toEqual([...SECTIONS]);
});

test("what nothing is about is found nowhere", () => {
  expect(about("zebra")).toEqual([]);
});

test("each sender tells where its URL belongs, in both languages", () => {
  for (const { id, where, note } of SENDERS) {
    for (const said of [where, note]) {
      expect(said.en, id).not.toMatch(/\p{Script=Han}/u);
      expect(said.zh, id).toMatch(/\p{Script=Han}/u);
    }
  }
});
