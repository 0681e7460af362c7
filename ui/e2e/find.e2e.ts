// Finding: the timeline above the list, filters that are kept, and the tries of one delivery.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { engine, expectNoBarriers, open, settled, shot } from "./window";

const filter = (page: Page) => page.getByRole("combobox", { name: "Filter" });
const counted = (page: Page) => page.locator(".strip span").last();
const bars = (page: Page) => page.locator(".u-over");
const saved = (page: Page, name: string) =>
  page.locator(".choose[aria-keyshortcuts]", { hasText: name });

/** Waits until the strip says `text`. */
const says = (page: Page, text: RegExp) => counted(page).filter({ hasText: text }).waitFor();

async function keep(page: Page, query: string, name: string) {
  await filter(page).fill(query);
  await says(page, /match/);
  await page.getByRole("button", { name: "Save this filter" }).click();
  await page.getByRole("textbox", { name: "Name of the filter" }).fill(name);
  await page.keyboard.press("Enter");
  await saved(page, name).waitFor();
}

test("the timeline shows all captures of the list, and is not there without any", async () => {
  const page = await open();
  await bars(page).waitFor();
  const label = await page
    .getByRole("img", { name: /Arrivals over time/ })
    .getAttribute("aria-label");
  expect(label).toMatch(/1,204, failed \d+/);
  expect(await page.locator(".u-wrap canvas").count()).toBe(1);
  await filter(page).fill("method:put");
  await page.getByRole("img", { name: /Arrivals over time: \d{2,3},/ }).waitFor();
});

test("an empty history has no timeline", async () => {
  const page = await open({ scene: "empty" });
  expect(await page.getByRole("region", { name: "Timeline" }).count()).toBe(0);
  await engine(page, (fake) => fake.arrive(3));
  await bars(page).waitFor();
});

test("a span that is drawn becomes the filter", async () => {
  const page = await open();
  await bars(page).waitFor();
  const box = await bars(page).boundingBox();
  if (!box) throw new Error("the chart has a place");
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.4, middle);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, middle, { steps: 4 });
  await shot(page, "find-brush");
  await page.mouse.up();
  await says(page, /match/);
  const query = await filter(page).inputValue();
  expect(query).toMatch(/^after:\d{4}-\d\d-\d\dT\d\d:\d\d before:\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  const found = Number((await counted(page).textContent())?.replace(/\D/g, ""));
  expect(found).toBeGreaterThan(100);
  expect(found).toBeLessThan(500);
});

test("spans are chosen by keyboard, and the timeline folds away and stays so", async () => {
  const page = await open();
  await bars(page).waitFor();
  await page.getByRole("radio", { name: "All" }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await says(page, /match/);
  expect(await filter(page).inputValue()).toBe("after:1h");
  expect(Number((await counted(page).textContent())?.replace(/\D/g, ""))).toBeLessThan(100);
  await page.getByRole("button", { name: "Timeline" }).press("Enter");
  expect(await bars(page).count()).toBe(0);
  await page.reload();
  await page.locator("footer span").first().waitFor();
  expect(await page.getByRole("button", { name: "Timeline" }).getAttribute("aria-expanded")).toBe(
    "false",
  );
});

test("a filter is kept, used, renamed, moved, deleted and brought back", async () => {
  const page = await open();
  await keep(page, "is:held", "came late");
  await keep(page, "is:failed", "failures");
  await keep(page, "method:put", "orders");
  await settled(page);
  expect(await saved(page, "failures").locator(".count").textContent()).toMatch(/^\d+$/);
  await saved(page, "came late").click();
  await says(page, /match/);
  expect(await filter(page).inputValue()).toBe("is:held");
  expect(await saved(page, "came late").getAttribute("aria-current")).toBe("true");
  await expectNoBarriers(page);
  await shot(page, "find-saved-light");

  await saved(page, "came late").press("Alt+ArrowDown");
  const names = () => page.locator(".choose[aria-keyshortcuts] .name").allTextContents();
  await expect.poll(names).toEqual(["failures", "came late", "orders"]);

  await saved(page, "came late").press("F2");
  await page.getByRole("textbox", { name: "Name of the filter" }).fill("ORDERS");
  await page.keyboard.press("Enter");
  await page.getByText("There is a filter `orders` already").waitFor();
  await expectNoBarriers(page);
  await shot(page, "find-saved-edit");
  await page.getByRole("textbox", { name: "Name of the filter" }).fill("held back");
  await page.keyboard.press("Enter");
  await expect.poll(names).toEqual(["failures", "held back", "orders"]);
  // The focus is back where it came from.
  await expect.poll(() => page.evaluate("document.activeElement?.title")).toBe("is:held");

  await page.keyboard.press("Delete");
  await expect.poll(names).toEqual(["failures", "orders"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(names).toEqual(["failures", "held back", "orders"]);
});

test("a retry is marked, and leads to the other tries of its delivery", async () => {
  const page = await open();
  await filter(page).fill("is:retry");
  await says(page, /match/);
  const row = page.getByRole("option").filter({ hasText: "↻3" }).first();
  await row.click();
  const tries = page.getByRole("list", { name: "Tries of this delivery" });
  await tries.getByRole("button").nth(2).waitFor();
  expect(await tries.getByRole("button").nth(2).getAttribute("aria-current")).toBe("true");
  expect(await page.getByText("3rd try of this delivery").count()).toBe(1);
  await expectNoBarriers(page);
  await shot(page, "find-tries-light");
  await tries.getByRole("button").first().click();
  await page.getByText("1st try of this delivery").waitFor();
  await page.getByRole("button", { name: "Show in the list" }).click();
  await says(page, /^3 matches/);
  expect(await filter(page).inputValue()).toMatch(/^delivery:72d3162e/);
});

test("a click on the mark of a retry shows its delivery", async () => {
  const page = await open();
  await filter(page).fill("is:retry");
  await says(page, /match/);
  await page.getByText("↻2").first().click();
  await says(page, /^3 matches/);
});

test("what a signature proved is a filter too, and the mark of each row agrees", async () => {
  const page = await open();
  await filter(page).fill("verify:invalid");
  await says(page, /^\d+ matches/);
  const rows = page.getByRole("option");
  await rows.first().waitFor();
  expect(await rows.filter({ hasText: "mismatch" }).count()).toBe(await rows.count());
});

test("it is said that the index lacks captures, until it has them", async () => {
  const page = await open();
  await engine(page, (fake) => fake.lag(12_345));
  await filter(page).fill("is:held");
  await page.getByText(/Indexing, 12,345 left/).waitFor();
  await shot(page, "find-behind");
  await engine(page, (fake) => fake.lag(0));
  await page.getByText(/Indexing/).waitFor({ state: "detached" });
});

test.each([
  { theme: "light", language: "en" },
  { theme: "light", language: "zh" },
  { theme: "dark", language: "en" },
  { theme: "dark", language: "zh" },
] as const)("it looks right wide and narrow, $theme and in $language", async (looks) => {
  const page = await open({ ...looks, width: 1280, height: 800 });
  await bars(page).waitFor();
  await page.mouse.move(380, 145);
  await expectNoBarriers(page);
  await shot(page, `find-${looks.theme}-${looks.language}-1280`);
  await page.setViewportSize({ width: 900, height: 600 });
  // The chart gives way with its pane.
  const width = async () => (await bars(page).boundingBox())?.width ?? 0;
  await expect.poll(width).toBeLessThan(340);
  await settled(page);
  await shot(page, `find-${looks.theme}-${looks.language}-900`);
});

test("an overfull history keeps the timeline in its place", async () => {
  const page = await open({ scene: "overfull", rows: 10, theme: "dark" });
  await bars(page).waitFor();
  await expectNoBarriers(page);
  await shot(page, "find-overfull");
});
