// The history as a whole, from the status bar: rules with a preview, backups, restoring, stopping.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, settled, shot } from "./window";

const asked = (page: Page, name: string) =>
  page.evaluate<string[]>(
    `window.fake.asked.filter((one) => one.startsWith(${JSON.stringify(name)}))`,
  );

async function opened(opening: Parameters<typeof open>[0] = {}) {
  const page = await open(opening);
  await page.locator("footer .history").click();
  const drawer = page.getByRole("dialog");
  await drawer.locator("dl").waitFor();
  return { page, drawer };
}

test("what would go is told while it is typed, and goes only by the button that says so", async () => {
  const { page, drawer } = await opened();
  await drawer.getByRole("textbox", { name: "All but the newest" }).fill("1000");
  await drawer.getByText(/192 captures would go now, the oldest of .*, about 6.1 MB/).waitFor();
  await drawer.getByText("12 more would, but are pinned and stay").waitFor();
  expect(await asked(page, "saveRetention")).toEqual([]);
  await drawer.getByRole("button", { name: "Save and remove them" }).click();
  await drawer.getByText("Saved. What is due goes in the background.").waitFor();
  expect(await asked(page, "saveRetention")).toHaveLength(1);
  await page.locator("footer").getByText("1,012 captures").waitFor();
  await page.keyboard.press("Escape");
  await settled(page);
  expect(await page.getByRole("grid", { name: "Captures" }).count()).toBeLessThanOrEqual(1);
  expect(await page.evaluate("document.activeElement.className")).toContain("history");
});

test("a field without a whole number says so and cannot be saved", async () => {
  const { drawer } = await opened();
  const days = drawer.getByRole("textbox", { name: "Older than, in days" });
  await days.fill("soon");
  await drawer.getByText("A whole number above 0").waitFor();
  expect(await days.getAttribute("aria-invalid")).toBe("true");
  expect(await drawer.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
});

test("a backup shows how far it is, can be stopped, and is listed when it is made", async () => {
  const { page, drawer } = await opened();
  const backups = drawer.getByRole("list", { name: "Backups" }).getByRole("listitem");
  expect(await backups.count()).toBe(2);
  await drawer.getByRole("button", { name: "Back up now" }).click();
  const bar = drawer.getByRole("progressbar", { name: "Copying the history…" });
  await bar.waitFor();
  await engine(page, (fake) => {
    fake.work(42);
  });
  await drawer.getByText("42 %").waitFor();
  expect(await drawer.getByRole("button", { name: "Compact" }).isDisabled()).toBe(true);
  await shot(page, "history-working");
  await drawer.getByRole("button", { name: "Stop" }).click();
  await drawer.getByRole("alert").getByText("Stopped; the history is as it was").waitFor();
  await drawer.getByRole("button", { name: "Back up now" }).click();
  await bar.waitFor();
  await engine(page, (fake) => {
    fake.work(null);
  });
  await drawer.getByText(/^Backed up to .*\.db, 23 MB\./).waitFor();
  await backups.nth(2).waitFor();
});

test("restoring says what is in the backup, asks, and says where the old history is", async () => {
  const { page, drawer } = await opened();
  await drawer
    .getByRole("button", { name: /^Restore history-/ })
    .first()
    .click();
  const question = drawer.getByRole("alertdialog");
  await question.getByText("It has 742 captures").waitFor();
  await expectNoBarriers(page);
  await shot(page, "history-asks");
  await question.getByRole("button", { name: "Cancel" }).click();
  expect(await asked(page, "restoreHistory")).toEqual([]);
  await drawer
    .getByRole("button", { name: /^Restore history-/ })
    .first()
    .click();
  await question.getByRole("button", { name: "Restore" }).click();
  await drawer.getByRole("progressbar", { name: "Restoring the history…" }).waitFor();
  await engine(page, (fake) => {
    fake.work(null);
  });
  await drawer.getByText(/The history of before is in .*before-restore/).waitFor();
});

test("a file that cannot be used is told at its place", async () => {
  const { drawer } = await opened();
  const file = drawer.getByRole("textbox", { name: /^A backup, another desktop/ });
  for (const [path, why] of [
    ["/tmp/newer.db", /has schema 9, and this program knows only 3/],
    ["/tmp/notes.txt", /is no history of Tenterhook/],
  ] as const) {
    await file.fill(path);
    await drawer.getByRole("button", { name: "Restore…", exact: true }).last().click();
    await drawer.getByRole("alert").getByText(why).waitFor();
  }
});

for (const language of ["en", "zh"] as const)
  for (const theme of ["light", "dark"] as const)
    for (const [width, height] of [
      [1280, 800],
      [900, 600],
    ] as const)
      test(`nothing stands in the way: ${language} ${theme} ${String(width)}`, async () => {
        const { page, drawer } = await opened({ language, theme, width, height });
        await drawer.locator(".content").getByRole("textbox").nth(1).fill("1000");
        await drawer.getByText("192").waitFor();
        await expectNoBarriers(page);
        const name = `history-${language}-${theme}-${String(width)}`;
        await shot(page, name);
        await drawer.locator(".groups").evaluate((groups) => {
          groups.lastElementChild?.scrollIntoView({ block: "end" });
        });
        await expectNoBarriers(page);
        await shot(page, `${name}-end`);
      });

test("an empty history shows its settings too", async () => {
  const { page, drawer } = await opened({ scene: "empty" });
  await drawer.getByText("–").waitFor();
  await expectNoBarriers(page);
  await shot(page, "history-empty");
});
