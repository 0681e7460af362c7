// The list of captures: arrivals, live and pause, keys, filter, a burst, a million rows.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, frames, open, settled } from "./window";

const options = (page: Page) => page.getByRole("option");
const chosen = (page: Page) => page.getByRole("option", { selected: true });
const target = (page: Page) => page.getByRole("heading", { level: 2 }).last().innerText();

/** The place of the chosen row, counted from the newest. */
const place = (page: Page) => chosen(page).getAttribute("aria-posinset");

test("a test webhook from the empty window is its first row, and is looked at", async () => {
  const page = await open({ scene: "empty" });
  await page.getByRole("button", { name: "Send a test webhook" }).click();
  await chosen(page).waitFor();
  expect(await options(page).count()).toBe(1);
  await page.getByRole("button", { name: "Close the first steps" }).click();
  expect(await target(page)).toContain("POST");
  expect(await page.getByRole("button", { name: "Live", exact: true }).count()).toBe(1);
});

test("an arrival comes in at the top while live", async () => {
  const page = await open({ rows: 300 });
  await engine(page, (fake) => fake.arrive(1));
  await settled(page);
  expect(await options(page).first().getAttribute("id")).toBe("capture-300");
  expect(await page.getByText("301 captures").count()).toBeGreaterThan(0);
});

test("following goes on when the row chosen at the first arrival has left the view", async () => {
  const page = await open({ scene: "empty" });
  await engine(page, (fake) => fake.arrive(1));
  await chosen(page).waitFor();
  for (let arrived = 1; arrived < 60; arrived += 1) {
    await engine(page, (fake) => fake.arrive(1));
  }
  await page.getByText("60 captures").first().waitFor();
  await settled(page);
  expect(await options(page).first().getAttribute("id")).toBe("capture-59");
  expect(await page.getByRole("button", { name: "Live", exact: true }).count()).toBe(1);
});

test("choosing by hand pauses, and the banner brings back what came", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(2).click();
  const before = await options(page).allInnerTexts();
  await engine(page, (fake) => fake.arrive(7));
  await settled(page);
  const bare = (texts: string[]) => texts.map((text) => text.replace(/\d+[sm] ago|now/, ""));
  expect(bare(await options(page).allInnerTexts())).toEqual(bare(before));
  await page.getByRole("button", { name: "7 new" }).click();
  await settled(page);
  expect(await options(page).first().getAttribute("id")).toBe("capture-306");
  expect(await page.getByRole("button", { name: /\d new/ }).count()).toBe(0);
});

test("scrolling by hand pauses, and `l` follows again from the top", async () => {
  const page = await open({ rows: 3000 });
  await options(page).first().hover();
  await page.mouse.wheel(0, 2000);
  await page.getByRole("button", { name: "Paused" }).waitFor();
  await engine(page, (fake) => fake.arrive(2));
  await page.getByRole("button", { name: "2 new" }).waitFor();
  await page.keyboard.press("l");
  await settled(page);
  expect(await options(page).first().getAttribute("id")).toBe("capture-3001");
});

test("the keys walk the list and what is chosen stays in view", async () => {
  const page = await open({ rows: 1204 });
  const walk: [key: string, place: string][] = [
    ["j", "1"],
    ["j", "2"],
    ["ArrowDown", "3"],
    ["k", "2"],
    ["ArrowUp", "1"],
    ["ArrowUp", "1"],
  ];
  for (const [key, expected] of walk) {
    await page.keyboard.press(key);
    expect(await place(page), key).toBe(expected);
  }
  await page.getByRole("listbox").focus();
  await page.keyboard.press("End");
  await settled(page);
  expect(await place(page)).toBe("1204");
  await page.keyboard.press("PageUp");
  await settled(page);
  expect(Number(await place(page))).toBeLessThan(1204);
  const box = await chosen(page).boundingBox();
  expect(box?.y).toBeGreaterThan(0);
  expect(box?.y).toBeLessThan(800);
  await page.keyboard.press("Home");
  await settled(page);
  expect(await place(page)).toBe("1");
});

test("the list tells assistive programs its size and the chosen row", async () => {
  const page = await open({ rows: 1204 });
  await page.keyboard.press("j");
  const list = page.getByRole("listbox");
  expect(await list.getAttribute("aria-activedescendant")).toBe(
    await chosen(page).getAttribute("id"),
  );
  expect(await chosen(page).getAttribute("aria-setsize")).toBe("1204");
});

test("Enter goes to the capture and Escape back to the list", async () => {
  const page = await open();
  await page.getByRole("listbox").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await settled(page);
  expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("tab");
  await page.keyboard.press("Escape");
  await settled(page);
  expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("listbox");
});

test("`/` filters by words, Enter keeps the filter, Escape clears it", async () => {
  const page = await open({ rows: 2000 });
  await page.keyboard.press("/");
  await page.keyboard.type("harbor");
  await settled(page);
  expect(await page.getByText(/\d+ matches/).count()).toBe(1);
  for (const text of await options(page).allInnerTexts()) expect(text).toContain("harbor");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("listbox");
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await settled(page);
  expect(await page.getByText("2,000 captures").count()).toBeGreaterThan(0);
});

test("letters typed into the filter are not shortcuts", async () => {
  const page = await open({ rows: 50 });
  await page.keyboard.press("/");
  await page.keyboard.type("jkl[?12");
  await settled(page);
  expect(await page.getByRole("combobox", { name: "Filter" }).inputValue()).toBe("jkl[?12");
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await page.getByRole("navigation").count()).toBe(1);
});

test("no match says so and offers the way back", async () => {
  const page = await open({ rows: 50 });
  await page.getByRole("combobox", { name: "Filter" }).fill("nothing is like this");
  await page.getByText("No capture matches").waitFor();
  await page.getByRole("button", { name: "Clear the filter" }).last().click();
  await options(page).first().waitFor();
});

test("an endpoint narrows the list", async () => {
  const page = await open({ rows: 500 });
  await page.getByRole("button", { name: /^Harbor/ }).click();
  await settled(page);
  for (const text of await options(page).allInnerTexts()) expect(text).toContain("Harbor");
  await page.getByRole("button", { name: /^All captures/ }).click();
  await settled(page);
  expect(await page.getByText("500 captures").count()).toBeGreaterThan(0);
});

test("two thousand arrivals cost a few questions a frame and a few rows", async () => {
  const page = await open({ rows: 500 });
  const before = await engine(page, (fake) => fake.asked.length);
  const drawn = await frames(page, 20, (fake) => fake.arrive(100));
  await settled(page);
  const asked = await engine(page, (fake) => fake.asked);
  const grown = asked.slice(before).filter((one) => one.startsWith("growList")).length;
  const fetched = asked.slice(before).filter((one) => one.startsWith("rows"));
  expect(drawn).toBe(20);
  expect(grown).toBeLessThanOrEqual(22);
  expect(fetched.length).toBeLessThanOrEqual(3 * 22);
  expect(fetched.every((one) => Number(one.split(" ")[3]) <= 64)).toBe(true);
  expect(await options(page).count()).toBeLessThan(40);
  expect(await options(page).first().getAttribute("id")).toBe("capture-2499");
  expect(await page.getByText("2,500 captures").count()).toBeGreaterThan(0);
});

test("a million rows scroll from end to end with a handful of elements", async () => {
  const page = await open({ rows: 1_000_000 });
  const list = page.getByRole("listbox");
  expect(await list.evaluate((element) => element.scrollHeight)).toBeLessThanOrEqual(16_000_000);
  await list.focus();
  await page.keyboard.press("End");
  await settled(page);
  expect(await place(page)).toBe("1000000");
  expect(await chosen(page).getAttribute("id")).toBe("capture-0");
  await list.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
  await settled(page);
  await page.getByText("now").first().waitFor({ state: "detached" });
  const middle = Number((await options(page).first().getAttribute("id"))?.slice(8));
  expect(Math.abs(middle - 500_000)).toBeLessThan(2000);
  expect(await options(page).count()).toBeLessThan(40);
  const kept = await engine(
    page,
    (fake) => fake.asked.filter((one) => one.startsWith("rows")).length,
  );
  expect(kept).toBeLessThan(20);
});

test("every row in view is drawn while the list is flung about", async () => {
  const page = await open({ rows: 100_000 });
  const list = page.getByRole("listbox");
  for (const part of [0.1, 0.9, 0.33, 0.66, 0.5]) {
    await list.evaluate((element, to) => (element.scrollTop = element.scrollHeight * to), part);
    await settled(page);
    await settled(page);
    const holes = await list.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      const rows = [...element.querySelectorAll("[role=option]")].map((row) =>
        row.getBoundingClientRect(),
      );
      const seen = rows.filter((row) => row.bottom > top && row.top < bottom);
      return (
        bottom -
        top -
        seen.reduce((sum, row) => sum + Math.min(row.bottom, bottom) - Math.max(row.top, top), 0)
      );
    });
    expect(Math.abs(holes)).toBeLessThan(1);
  }
});

const filter = (page: Page) => page.getByRole("combobox", { name: "Filter" });
const suggestion = (page: Page, name: string) =>
  page.getByRole("listbox", { name: "What may come next" }).getByRole("option", { name });

test("a query is completed by the keys, and narrows the list", async () => {
  const page = await open({ rows: 1204 });
  await page.keyboard.press("/");
  await filter(page).pressSequentially("is:h");
  await suggestion(page, "held").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  expect(await filter(page).inputValue()).toBe("is:held");
  await page.getByText(/\d+ match/).waitFor();
  await page.keyboard.press("Enter");
  expect(await suggestion(page, "held").count()).toBe(0);
  await chosen(page).or(page.getByRole("listbox")).first().waitFor();
});

test("a suggestion that is clicked leaves the cursor behind it", async () => {
  const page = await open({ rows: 300 });
  await filter(page).pressSequentially("me");
  await suggestion(page, "method:").click();
  await page.keyboard.type("get");
  expect(await filter(page).inputValue()).toBe("method:get");
});

test("a query that cannot be read says where, and keeps the list", async () => {
  const page = await open({ rows: 1204 });
  await filter(page).fill("colour:red harbor");
  const fault = page.getByRole("status").filter({ hasText: "There is no field" });
  await fault.waitFor();
  expect(await fault.locator("mark").innerText()).toBe("colour");
  expect(await filter(page).getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByText("1,204 captures").count()).toBeGreaterThan(0);
  await filter(page).fill("harbor");
  await page.getByText(/\d+ match/).waitFor();
  expect(await fault.count()).toBe(0);
});
