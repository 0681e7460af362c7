// What is done with captures in the list: pin, note, select, delete with undo, copy, save, the menu.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, settled, shot } from "./window";

const options = (page: Page) => page.getByRole("option");
const selected = (page: Page) => page.getByRole("option", { selected: true });
const ids = async (page: Page, count: number) => {
  await settled(page);
  return options(page).evaluateAll(
    (all, count) =>
      all
        .map((one) => [Number(one.getAttribute("aria-posinset")), one.textContent] as const)
        .sort(([one], [other]) => one - other)
        .slice(0, count)
        .map(([, text]) => text.replace(/\d+ ?\w* ago|now/, "")),
    count,
  );
};

test("Del deletes the chosen row, the next is looked at, and Undo brings it back", async () => {
  const page = await open({ rows: 300 });
  const before = await ids(page, 6);
  await options(page).nth(2).click();
  await page.keyboard.press("Delete");
  await page.getByText("Deleted 1 capture").waitFor();
  await page.getByText("299 captures").first().waitFor();
  expect(await ids(page, 5)).toEqual(before.toSpliced(2, 1));
  expect(await selected(page).getAttribute("aria-posinset")).toBe("3");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("300 captures").first().waitFor();
  expect(await ids(page, 6)).toEqual(before);
});

test("several are selected by mouse and keys, deleted at once, and back by Ctrl+Z", async () => {
  const page = await open({ rows: 300 });
  const before = await ids(page, 8);
  await options(page).nth(1).click();
  await options(page)
    .nth(4)
    .click({ modifiers: ["Control"] });
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByText("3 selected").waitFor();
  await options(page)
    .nth(6)
    .click({ modifiers: ["Control"] });
  await page.getByText("4 selected").waitFor();
  expect(await selected(page).count()).toBe(4);
  expect(await page.getByRole("listbox").getAttribute("aria-multiselectable")).toBe("true");
  await shot(page, "actions-selected-light-en");
  await expectNoBarriers(page);
  await page.keyboard.press("Delete");
  await page.getByText("Deleted 4 captures").waitFor();
  await page.getByText("296 captures").first().waitFor();
  await page.keyboard.press("Control+z");
  await page.getByText("4 captures back").waitFor();
  await page.getByText("300 captures").first().waitFor();
  expect(await ids(page, 8)).toEqual(before);
});

test("Ctrl+A selects all of the list, Space one, and Escape none", async () => {
  const page = await open({ rows: 3000 });
  await options(page).first().click();
  await page.keyboard.press("Control+a");
  await page.getByText("3,000 selected").waitFor();
  await page.keyboard.press("Space");
  await page.getByText("2,999 selected").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("3,000 captures").first().waitFor();
  await page.keyboard.press("Space");
  await page.getByText("1 selected").waitFor();
});

test("a pinned capture is on top, is found again, and folds away", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(3).click();
  await page.keyboard.press("p");
  const pinned = page.getByRole("region", { name: "Pinned" });
  await pinned.getByRole("listitem").waitFor();
  await page.getByRole("listbox").press("End");
  await settled(page);
  await pinned.getByRole("listitem").getByRole("button").click();
  await settled(page);
  expect(await selected(page).getAttribute("aria-posinset")).toBe("4");
  await page.getByRole("button", { name: /^Pinned/ }).click();
  expect(await pinned.getByRole("listitem").count()).toBe(0);
  await page.getByRole("listbox").press("p");
  await page.getByText("Unpinned").waitFor();
  await pinned.waitFor({ state: "detached" });
});

test("a note is written with n, shown on the row and in the detail, and taken away", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(1).click();
  await page.keyboard.press("n");
  const field = page.getByRole("textbox", { name: "Note on this capture" });
  await field.fill("ask Ada about this");
  await page.keyboard.press("Enter");
  await options(page).nth(1).getByText("ask Ada").waitFor();
  await page.getByRole("button", { name: "Edit the note" }).click();
  expect(await field.inputValue()).toBe("ask Ada about this");
  await field.fill("never mind");
  await page.keyboard.press("Escape");
  await page.getByText("ask Ada about this").last().waitFor();
  await page.keyboard.press("n");
  await field.fill("");
  await page.keyboard.press("Enter");
  await page.getByText("ask Ada").first().waitFor({ state: "detached" });
});

test("the menu opens by mouse and key, is walked by keys, and acts", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(2).click({ button: "right" });
  const menu = page.getByRole("menu", { name: "Actions on the capture" });
  await menu.waitFor();
  expect(await selected(page).getAttribute("aria-posinset")).toBe("3");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  expect(await menu.count()).toBe(0);
  await page.keyboard.press("Shift+F10");
  await menu.waitFor();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.getByText("Deleted 1 capture").waitFor();
});

test("the menu narrows the list to what is like the capture", async () => {
  const page = await open({ rows: 300 });
  await options(page).filter({ hasText: "GitHub" }).first().click({ button: "right" });
  await page.getByRole("menuitem", { name: /^Only path/ }).click();
  await page
    .getByText(/\d+ matches/)
    .first()
    .waitFor();
  const filter = page.getByRole("combobox", { name: "Filter" });
  expect(await filter.inputValue()).toContain("path:/h/");
});

test("c copies as curl without secrets; the menu has every form and the switch", async () => {
  const page = await open({ rows: 30 });
  await options(page).first().click();
  await page.keyboard.press("c");
  await page.getByText("Copied as curl, secrets left out").waitFor();
  await page.getByRole("button", { name: "Copy as" }).click();
  const secrets = page.getByRole("menuitemcheckbox", { name: "With secrets" });
  await secrets.click();
  expect(await secrets.getAttribute("aria-checked")).toBe("true");
  await shot(page, "actions-copy-light-en");
  await expectNoBarriers(page);
  await page.getByRole("menuitem", { name: "Python, http.client" }).click();
  await page.getByText("secrets included").waitFor();
  const copied = await engine(page, (fake) => fake.copied);
  expect(copied.map((text) => text.includes("s3cret"))).toEqual([false, true]);
});

test("the whole list is saved, and the toast says where", async () => {
  const page = await open({ rows: 30 });
  await page.getByRole("button", { name: "Export all of this list to a file" }).click();
  await page.getByRole("menuitem", { name: "HAR 1.2" }).click();
  await page.getByText("Saved 30 captures: /home/ada/Downloads/captures.har").waitFor();
  expect(await engine(page, (fake) => fake.taken)).toEqual(["30 har"]);
});

for (const theme of ["light", "dark"] as const) {
  for (const language of ["en", "zh"] as const) {
    for (const [width, height] of [
      [1280, 800],
      [900, 600],
    ] as const) {
      test(`pins, notes and the menu in ${theme}, ${language}, ${String(width)} wide`, async () => {
        const page = await open({ rows: 300, theme, language, width, height });
        for (const at of [5, 1]) {
          await options(page).nth(at).click();
          await page.keyboard.press("p");
          // The pinned ones on top move the list.
          await options(page).nth(at).locator(".star").waitFor();
        }
        await page.keyboard.press("n");
        await page.locator(".note input").fill("ask Ada about the long retry of this one");
        await page.keyboard.press("Enter");
        await options(page).nth(1).getByText("ask Ada").waitFor();
        await options(page).nth(2).click({ button: "right" });
        await page.getByRole("menu").waitFor();
        await expectNoBarriers(page);
        await shot(page, `actions-menu-${theme}-${language}-${String(width)}`);
      });
    }
  }
}
