// Every main state in both themes: axe finds nothing, and a picture is kept for a person to look at.

import { test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, shot, type Opening } from "./window";

const look = async (page: Page, word: string) => {
  await page.getByRole("combobox", { name: "Filter" }).fill(word);
  await page.getByRole("option").filter({ hasText: word }).first().click();
  await page.getByRole("tabpanel").waitFor();
};

const settings = async (page: Page) => {
  await page.getByRole("button", { name: /^GitHub/ }).click({ button: "right" });
  await page.getByRole("textbox", { name: "Status" }).waitFor();
};

const response = async (page: Page, outcome: string) => {
  await page.getByRole("button", { name: /^GitHub/ }).click();
  await page
    .getByRole("option")
    .filter({ hasText: new RegExp(`${outcome}.*\\d+ ms`) })
    .first()
    .click();
  await page.keyboard.press("5");
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
      await page.getByRole("textbox", { name: "Own address" }).fill("my-shop");
    },
  },
  "made-endpoint": {
    reach: async (page) => {
      await page.getByRole("button", { name: "New endpoint" }).click();
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Show the token" }).click();
    },
  },
  settings: { reach: settings },
  "settings-wrong": {
    reach: async (page) => {
      await settings(page);
      await page.getByRole("radio", { name: /^My application/ }).check();
      await page
        .getByRole("textbox", { name: /Addresses of your/ })
        .fill("http://hooks.internal:9/x");
      await page.getByRole("textbox", { name: "Status" }).fill("99");
      await page.getByRole("button", { name: "Save" }).click();
    },
  },
  "settings-narrow": { opening: { width: 900, height: 600 }, reach: settings },
  "settings-overfull": {
    opening: { scene: "overfull", rows: 20 },
    reach: async (page) => {
      await page.locator("nav .item").nth(1).click();
      await page.keyboard.press("s");
      await page.getByRole("textbox", { name: "Status" }).waitFor();
      await page.getByRole("textbox", { name: "Status" }).fill("500");
      await page.keyboard.press("Escape");
    },
  },
  "settings-chinese": {
    opening: { language: "zh" },
    reach: async (page) => {
      await page.keyboard.press("s");
      await page.getByRole("radio", { name: /^我的应用/ }).check();
    },
  },
  removed: {
    reach: async (page) => {
      await settings(page);
      await page.getByRole("button", { name: "Remove the endpoint" }).click();
      await page.getByRole("button", { name: "Undo" }).waitFor();
    },
  },
  response: { reach: (page) => response(page, "200") },
  "response-failed": { reach: (page) => response(page, "failed") },
  "response-none": {
    reach: async (page) => {
      await look(page, "harbor");
      await page.keyboard.press("5");
    },
  },
  "response-chinese": {
    opening: { language: "zh", width: 900, height: 600 },
    reach: async (page) => {
      const passedOn = page.getByRole("option").filter({ hasText: "302" });
      await passedOn.first().click();
      await page.keyboard.press("5");
    },
  },
  "line-application": {
    reach: async (page) => {
      await engine(page, (fake) => {
        const failed = {
          leg: "app",
          at: "http://localhost:3000/github",
          reason:
            "nothing answers at localhost:3000: connection refused; is the application running?",
        } as const;
        fake.become({ probe: { atMs: Date.now(), tookMs: 84, failed } });
      });
      await page.getByRole("button", { name: /Application silent/ }).click();
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
