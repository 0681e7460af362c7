// The capture that is looked at: tabs, tree, headers, raw bytes, copies, hostile content.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, open, settled } from "./window";

/** Opens the window on the newest capture with this word in it. */
async function look(word: string, rows = 1204): Promise<Page> {
  const page = await open({ rows });
  await page.getByRole("combobox", { name: "Filter" }).fill(word);
  await page.getByRole("option").filter({ hasText: word }).first().click();
  await page.getByRole("tabpanel").waitFor();
  await settled(page);
  return page;
}

const selectedTab = (page: Page) => page.getByRole("tab", { selected: true }).innerText();
const lastCopied = (page: Page) => engine(page, (fake) => fake.copied.at(-1));
const items = (page: Page) => page.getByRole("treeitem");

test("number keys choose tabs, arrow keys move between them", async () => {
  const page = await look("github");
  for (const [key, name] of [
    ["2", "Headers"],
    ["3", "Query"],
    ["4", "Raw"],
    ["5", "Response"],
    ["6", "Verify"],
    ["7", "Diff"],
    ["8", "Runs"],
    ["1", "Body"],
  ] as const) {
    await page.keyboard.press(key);
    expect(await selectedTab(page)).toContain(name);
  }
  await page.getByRole("tab", { selected: true }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await selectedTab(page)).toContain("Headers");
  await page.keyboard.press("End");
  expect(await selectedTab(page)).toContain("Runs");
  expect(await page.locator("[role=tab][tabindex='0']").count()).toBe(1);
});

test("the tree folds and unfolds by mouse and by keys", async () => {
  const page = await look("stripe");
  const whole = await items(page).count();
  await page.getByRole("tree").focus();
  await page.keyboard.press("ArrowLeft");
  await settled(page);
  expect(await items(page).count()).toBe(1);
  expect(await items(page).first().getAttribute("aria-expanded")).toBe("false");
  await page.keyboard.press("ArrowRight");
  await settled(page);
  expect(await items(page).count()).toBe(whole);
  await items(page).filter({ hasText: /data:/ }).first().locator("button").click();
  await settled(page);
  expect(await items(page).count()).toBeLessThan(whole);
  await page.getByRole("button", { name: "Unfold all" }).click();
  await settled(page);
  expect(await items(page).count()).toBe(whole);
});

test("the tree's keys do not move the list", async () => {
  const page = await look("stripe");
  const before = await page.getByRole("option", { selected: true }).getAttribute("id");
  await page.getByRole("tree").focus();
  for (const key of ["ArrowDown", "ArrowDown", "PageDown", "Home", "End"])
    await page.keyboard.press(key);
  expect(await page.getByRole("option", { selected: true }).getAttribute("id")).toBe(before);
});

test("a value and its path are copied from the tree, and a toast says so", async () => {
  const page = await look("stripe");
  await items(page).filter({ hasText: "currency" }).click();
  await page.getByRole("button", { name: "Copy JSON path" }).click();
  expect(await lastCopied(page)).toBe("$.data.object.currency");
  expect(await page.getByRole("status").innerText()).toContain("$.data.object.currency");
  await page.getByRole("tree").focus();
  await page.keyboard.press("Control+c");
  await page.getByText("Value copied").waitFor();
  expect(await lastCopied(page)).toBe("eur");
});

test("the choice of view is remembered where it is possible", async () => {
  const page = await look("harbor");
  await page.getByRole("radio", { name: "Hex" }).check({ force: true });
  await page.getByRole("region", { name: "Body in hexadecimal" }).waitFor();
  await page.reload();
  await page.getByRole("option").filter({ hasText: "harbor" }).first().click();
  await page.getByRole("region", { name: "Body in hexadecimal" }).waitFor();
});

test("headers stand in the order and spelling in which they came", async () => {
  const page = await look("slack");
  await page.keyboard.press("2");
  const names = await page.locator("dt").allInnerTexts();
  const sent = ["Host", "Accept", "content-type", "X-Slack-Request-Timestamp", "X-Request-Id"];
  expect(names).toEqual([...sent, "Authorization", "content-length"]);
});

test("a secret is covered until it is asked for, and can be copied covered", async () => {
  const page = await look("slack");
  await page.keyboard.press("2");
  expect(await page.getByText(/Bearer [0-9a-f]{40}/).count()).toBe(0);
  await page.getByRole("button", { name: "Copy the value of Authorization" }).click();
  expect(await lastCopied(page)).toMatch(/^Bearer [0-9a-f]{40}$/);
  await page.getByRole("button", { name: "Show the value of Authorization" }).click();
  expect(await page.getByText(/Bearer [0-9a-f]{40}/).count()).toBe(1);
  await page.getByRole("button", { name: "Hide the value of Authorization" }).click();
  expect(await page.getByText(/Bearer [0-9a-f]{40}/).count()).toBe(0);
});

test("the query is decoded, and says what is not there", async () => {
  const page = await look("orders");
  await page.keyboard.press("3");
  expect(await page.locator("dd").allInnerTexts()).toEqual(["north", "1", "a b"]);
  await page.getByRole("combobox", { name: "Filter" }).fill("slack");
  await page.getByRole("option").first().click();
  await page.getByText("The address has no query").waitFor();
});

test("a request without a body says so", async () => {
  const page = await look("challenge");
  await page.getByText("This request has no body").waitFor();
});

test("JSON that breaks off names the place", async () => {
  const page = await open({ rows: 1204 });
  await page.getByRole("combobox", { name: "Filter" }).fill("stripe");
  for (let tries = 0; tries < 60; tries += 1) {
    await page.keyboard.press(tries === 0 ? "Enter" : "j");
    await settled(page);
    if ((await page.getByText(/Not valid JSON: line 4/).count()) > 0) return;
  }
  throw new Error("no broken body was found");
});

test("raw shows head then body with every byte, and says the size", async () => {
  const page = await look("orders");
  await page.keyboard.press("4");
  const raw = page.getByRole("region", { name: "Request as sent" });
  const text = (await raw.locator(".line").allInnerTexts()).join("");
  expect(text).toMatch(
    /^PUT \/h\/oRd55x\/orders\/\d+\?shop=north&retry=1&note=a%20b HTTP\/1.1\\r\\n/,
  );
  expect(text).toContain("\\r\\n\\r\\n<?xml");
  expect(text).toMatch(/<\/order>\\n$/);
  expect(await page.getByText(/all \d+ B shown/).count()).toBe(1);
});

test("a large request is read as far as it is scrolled, and says how far", async () => {
  const page = await open({ scene: "overfull", rows: 10 });
  await page.getByRole("option").first().click();
  await page.keyboard.press("4");
  await page.getByText(/loaded; scroll for more/).waitFor();
  const read = () =>
    engine(page, (fake) => fake.asked.filter((one) => one.startsWith("bytes body")).length);
  const before = await read();
  expect(before).toBeLessThan(4);
  const raw = page.getByRole("region", { name: "Request as sent" });
  await raw.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await settled(page);
  expect(await read()).toBeGreaterThan(before);
});

test("copies are exact and told by a toast", async () => {
  const page = await look("orders");
  await page.getByRole("button", { name: "Copy body" }).click();
  await page.getByText(/Body copied, \d+ B/).waitFor();
  expect(await lastCopied(page)).toMatch(/^<\?xml[^]*<\/order>\n$/);
  await page.getByRole("button", { name: "Copy head" }).click();
  await page.getByText(/Head copied/).waitFor();
  expect(await lastCopied(page)).toMatch(/^PUT [^]*\r\n\r\n$/);
});

test("bytes that are not text are refused with the reason", async () => {
  const page = await look("upload");
  await page.getByRole("region", { name: "Body in hexadecimal" }).waitFor();
  await page.getByRole("button", { name: "Copy body" }).click();
  await page.getByText("Not copied: these bytes are not text").waitFor();
  expect(await engine(page, (fake) => fake.copied.length)).toBe(0);
});

test("what strangers send is never markup, and cannot reorder what stands beside it", async () => {
  const page = await open({ scene: "overfull", rows: 10 });
  for (let row = 0; row < 5; row += 1) {
    await page.keyboard.press("j");
    for (const key of ["1", "2", "3", "4"]) {
      await page.keyboard.press(key);
      await settled(page);
      expect(await page.locator("img, script:not([src]), iframe, object").count()).toBe(0);
      const hidden = await page
        .locator("main")
        .evaluate((main) => /[\u202a-\u202e\u2066-\u2069\u200b]/.test(main.textContent));
      expect(hidden).toBe(false);
    }
  }
});
