// The Diff tab: the previous of a kind, any two, what always changes, and nothing to compare with.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { expectNoBarriers, open, settled, shot } from "./window";

const options = (page: Page) => page.getByRole("option");
const differences = (page: Page) => page.getByRole("region", { name: "Differences" });

test("d shows what differs from the previous of the kind, what always changes left out", async () => {
  const page = await open({ rows: 300 });
  await options(page).filter({ hasText: "GitHub" }).first().click();
  await page.keyboard.press("d");
  await page.getByText("Compared with the previous one of this event:").waitFor();
  const before = await differences(page).getByRole("listitem").count();
  await page.getByRole("checkbox", { name: /Show always changing/ }).check();
  await settled(page);
  expect(await differences(page).getByRole("listitem").count()).toBeGreaterThan(before);
  await differences(page).getByText("always changing").first().waitFor();
});

test("a secret is shown only when asked for", async () => {
  const page = await open({ rows: 300 });
  await options(page).filter({ hasText: "GitHub" }).first().click();
  await page.keyboard.press("d");
  await page.getByRole("checkbox").check();
  const secret = differences(page).getByRole("listitem").filter({ hasText: "Authorization" });
  expect(await secret.innerText()).not.toContain("Bearer");
  await secret.getByRole("button", { name: "Show the value of Authorization" }).click();
  expect(await secret.innerText()).toContain("Bearer");
});

test("Shift-click compares two, and the way back to the usual one is there", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(1).click();
  await options(page)
    .nth(4)
    .click({ modifiers: ["Shift"] });
  await page.getByText("Compared with:", { exact: true }).waitFor();
  expect(await page.getByRole("tab", { selected: true }).innerText()).toBe("Diff");
  await page.getByRole("button", { name: "Compare with previous" }).click();
  await page.getByText(/Compared with the previous/).waitFor();
});

test("two that are selected are compared from the bar", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(1).click();
  await options(page)
    .nth(3)
    .click({ modifiers: ["Control"] });
  await page.getByRole("button", { name: "Compare the two" }).click();
  await page.getByText("Compared with:", { exact: true }).waitFor();
});

test("one that is the first of its kind says so", async () => {
  const page = await open({ rows: 1 });
  await options(page).first().click();
  await page.keyboard.press("d");
  await page.getByText("Nothing to compare with").waitFor();
});

for (const theme of ["light", "dark"] as const) {
  for (const language of ["en", "zh"] as const) {
    for (const [width, height] of [
      [1280, 800],
      [900, 600],
    ] as const) {
      test(`differences in ${theme}, ${language}, ${String(width)} wide`, async () => {
        const page = await open({ rows: 300, theme, language, width, height });
        await options(page).filter({ hasText: "GitHub" }).first().click();
        await page.keyboard.press("d");
        await page.getByRole("checkbox").check();
        await settled(page);
        await expectNoBarriers(page);
        await shot(page, `diff-${theme}-${language}-${String(width)}`);
      });
    }
  }
}
