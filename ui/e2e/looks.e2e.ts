// Every main state in both themes: axe finds nothing, and a picture is kept for a person to look at.

import { test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, shot, type Opening } from "./window";

const look = async (page: Page, word: string) => {
  await page.getByRole("combobox", { name: "Filter" }).fill(word);
  await page.getByRole("option").filter({ hasText: word }).first().click();
  await page.getByRole("tabpanel").waitFor();
};

interface State {
  opening?: Opening;
  reach?: (page: Page) => Promise<unknown>;
}

const first = (page: Page) => page.getByRole("option").first().click();

const STATES: Record<string, State> = {
  list: {},
  empty: { opening: { scene: "empty" } },
  unpaired: { opening: { scene: "unpaired" } },
  overfull: { opening: { scene: "overfull" }, reach: first },
  "overfull-headers": {
    opening: { scene: "overfull" },
    reach: async (page) => {
      await first(page);
      await page.keyboard.press("2");
    },
  },
  tree: { reach: (page) => look(page, "github") },
  text: {
    reach: async (page) => {
      await look(page, "harbor");
      await page.getByRole("radio", { name: "Text" }).check({ force: true });
    },
  },
  hex: { reach: (page) => look(page, "upload") },
  headers: {
    reach: async (page) => {
      await look(page, "slack");
      await page.keyboard.press("2");
    },
  },
  query: {
    reach: async (page) => {
      await look(page, "orders");
      await page.keyboard.press("3");
    },
  },
  raw: {
    reach: async (page) => {
      await look(page, "github");
      await page.keyboard.press("4");
    },
  },
  link: {
    opening: { scene: "overfull" },
    reach: async (page) => {
      await engine(page, (fake) => {
        const host = `${"a-very-long-name.".repeat(9)}example.org:8443`;
        const relay = `https://${host}`;
        fake.openLink({ kind: "pair", connect: `tenterhook://pair?relay=${relay}`, relay, host });
      });
      await page.getByRole("dialog").waitFor();
    },
  },
  suggestions: {
    reach: async (page) => {
      await page.getByRole("combobox", { name: "Filter" }).pressSequentially("github is:");
      await page.keyboard.press("ArrowDown");
    },
  },
  fault: {
    reach: async (page) => {
      await page.getByRole("combobox", { name: "Filter" }).fill("colour:red harbor");
      await page.locator("mark").waitFor();
    },
  },
  new: {
    reach: async (page) => {
      await page.getByRole("option").nth(3).click();
      await engine(page, (fake) => fake.arrive(12));
      await page.getByRole("button", { name: "12 new" }).waitFor();
    },
  },
  "no-match": {
    reach: async (page) => {
      await page.getByRole("combobox", { name: "Filter" }).fill("nothing is like this");
      await page.getByText("No capture matches").waitFor();
    },
  },
  keys: { reach: (page) => page.keyboard.press("?") },
  line: {
    opening: { scene: "overfull", rows: 20 },
    reach: (page) => page.getByRole("button", { name: /Waiting/ }).click(),
  },
  "new-endpoint": {
    reach: async (page) => {
      await page.getByRole("button", { name: "Copy address" }).click();
      await page.getByRole("button", { name: "New endpoint" }).click();
    },
  },
  chinese: { opening: { language: "zh" }, reach: first },
  "chinese-empty": { opening: { scene: "unpaired", language: "zh" } },
  "narrow-list": { opening: { width: 700, height: 600 } },
  "narrow-capture": { opening: { width: 700, height: 600 }, reach: first },
};

const THEMES = ["light", "dark"] as const;

for (const [name, { opening, reach }] of Object.entries(STATES)) {
  test(name, async () => {
    const page = await open(opening);
    await reach?.(page);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await shot(page, `${name}-${theme}`);
      await expectNoBarriers(page);
    }
  });
}

for (const [width, height] of [
  [900, 600],
  [2560, 1440],
] as const) {
  for (const scene of ["everyday", "empty", "overfull"] as const) {
    test(`${scene}, ${width} by ${height}`, async () => {
      const page = await open({ scene, width, height });
      if (scene !== "empty") await first(page);
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        await shot(page, `${scene}-${width}-${theme}`);
      }
    });
  }
}
