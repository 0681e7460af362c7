// Reading a body: packed, in parts, as a tree, a table, a picture, as text; and finding in it.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { expectNoBarriers, engine, open, settled, shot, type Opening } from "./window";

/** Opens the window on the request to `/h/name`. */
async function look(name: string, opening: Opening = {}): Promise<Page> {
  const page = await open({ scene: "bodies", ...opening });
  await page
    .getByRole("option")
    .filter({ hasText: `/h/${name}` })
    .first()
    .click();
  await page.getByRole("tabpanel").waitFor();
  await settled(page);
  return page;
}

const choose = (page: Page, look: string) =>
  page.getByRole("radio", { name: look, exact: true }).check({ force: true });
const find = (page: Page) => page.getByRole("searchbox", { name: "Find in the body" });

test("a packed body is shown decoded with both sizes, and as sent on demand", async () => {
  const page = await look("packed");
  await page.getByText(/gzip, 1\.2 KB as sent, [\d.]+ KB decoded/).waitFor();
  await page.getByRole("treeitem").filter({ hasText: "evt_1" }).waitFor();
  await page.getByRole("button", { name: "Show as sent" }).click();
  await page.getByRole("region", { name: "Body in hexadecimal" }).waitFor();
  await page.getByRole("button", { name: "Show decoded" }).click();
  await page.getByRole("tree").waitFor();
});

test("what is sought in the tree is found wherever it is folded away", async () => {
  const page = await look("packed");
  await page.getByRole("button", { name: "Fold all", exact: true }).click();
  await settled(page);
  expect(await page.getByRole("treeitem").count()).toBe(4);
  await page.getByRole("tree").focus();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("NEEDLE");
  await page.getByText("1 of 1").waitFor();
  await page
    .getByRole("treeitem", { selected: true })
    .filter({ hasText: "the needle is here" })
    .waitFor();
  await find(page).fill("TH-1");
  await page.getByText("1 of 111").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("2 of 111").waitFor();
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  await page.getByText("111 of 111").waitFor();
  await page.keyboard.press("Escape");
  expect(await find(page).inputValue()).toBe("");
});

test("a string that holds JSON opens as a body of its own, and the way back is there", async () => {
  const page = await look("packed");
  await page.getByRole("treeitem").filter({ hasText: "message" }).click();
  await page.getByRole("button", { name: "Open as JSON" }).click();
  await page.getByRole("treeitem").filter({ hasText: "nested" }).waitFor();
  await page
    .getByRole("navigation", { name: "Where this part is" })
    .getByText("$.message")
    .waitFor();
  await page.getByRole("button", { name: "Body", exact: true }).click();
  await page.getByRole("treeitem").filter({ hasText: "evt_1" }).waitFor();
});

test("a form is its fields, and JSON in a field opens as a tree", async () => {
  const page = await look("form");
  const names = await page.locator("dt").allInnerTexts();
  expect(names).toEqual(["token", "user_name", "payload"]);
  await page.getByRole("button", { name: "Copy the value of user_name" }).click();
  await page.getByText("user_name copied").waitFor();
  expect(await engine(page, (fake) => fake.copied.at(-1))).toBe("mei");
  await page.getByRole("button", { name: "Open as JSON: payload" }).click();
  await page.getByRole("treeitem").filter({ hasText: "opened" }).waitFor();
});

test("a multipart body is its parts, each shown as what it is", async () => {
  const page = await look("parts");
  const rows = page.getByRole("listitem");
  expect(await rows.filter({ hasText: "chart.png" }).innerText()).toContain("picture");
  await rows.filter({ hasText: "chart.png" }).getByRole("button").click();
  await page.getByRole("img", { name: "The picture, 320 × 200" }).waitFor();
  await page.getByRole("button", { name: "Body", exact: true }).click();
  await rows.filter({ hasText: "event" }).getByRole("button").click();
  await page.getByRole("treeitem").filter({ hasText: "inbound" }).waitFor();
});

test("a picture is drawn from its bytes, and a broken one says so", async () => {
  const page = await look("picture");
  const picture = page.getByRole("img", { name: "The picture, 320 × 200" });
  await picture.waitFor();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320);
  await page.getByRole("option").filter({ hasText: "/h/brokenpicture" }).first().click();
  await page.getByText("This picture cannot be shown").waitFor();
});

test("a table has its rows, of which only those in view are read", async () => {
  const page = await look("csv");
  await page.getByText("5,001 rows × 4").waitFor();
  await page.getByRole("columnheader", { name: "amount" }).waitFor();
  const table = page.getByRole("table");
  await table.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await page.getByRole("cell", { name: "Grażyna 4999" }).waitFor();
});

test("text is coloured and found in the editor's view, under the content policy", async () => {
  const page = await look("minified");
  await choose(page, "Pretty");
  const text = page.getByRole("textbox", { name: "Body as text" });
  await text.getByText('"c"').waitFor();
  const key = text.locator("span", { hasText: '"c"' }).last();
  const plain = await text.evaluate((element) => getComputedStyle(element).color);
  expect(await key.evaluate((element) => getComputedStyle(element).color)).not.toBe(plain);
  await text.click();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("É");
  await page.getByText("1 of 1").waitFor();
  expect(await text.locator(".hit.current").innerText()).toBe("é");
  const before = await page.getByRole("option", { selected: true }).getAttribute("id");
  await text.click();
  await page.keyboard.press("ArrowDown");
  expect(await page.getByRole("option", { selected: true }).getAttribute("id")).toBe(before);
});

test("JSON that breaks off is text with the place marked", async () => {
  const page = await look("badjson");
  await page.getByText(/Not valid JSON: line 4, column 18/).waitFor();
  await page.locator(".fault").waitFor();
  expect(await page.locator(".faultLine").innerText()).toContain("oops");
});

test("one long line is shown by windows and searched by the engine", async () => {
  const page = await look("oneline");
  await page.getByRole("region", { name: "Body as text" }).waitFor();
  expect(await page.getByRole("textbox", { name: "Body as text" }).count()).toBe(0);
  await find(page).fill("start");
  await page.getByText("1 of 1").waitFor();
  expect(await page.locator("mark.current").innerText()).toBe("start");
});

test("what hides or reorders is marked in the editor's view too", async () => {
  const page = await look("source");
  const text = page.getByRole("textbox", { name: "Body as text" });
  await text.getByText("\\u{202e}").first().waitFor();
  expect(await text.evaluate((element) => /[\u202a-\u202e]/.test(element.textContent))).toBe(false);
});

test("text is shown in its charset, which is named", async () => {
  const page = await look("latin");
  await page.getByText("written in windows-1252").waitFor();
  await page.getByRole("textbox", { name: "Body as text" }).getByText("café crème").waitFor();
});

test.each(["light", "dark"] as const)("no kind has barriers in the %s theme", async (theme) => {
  const page = await look("packed", { theme });
  for (const name of ["packed", "form", "parts", "picture", "xml", "csv", "badjson", "minified"]) {
    await page
      .getByRole("option")
      .filter({ hasText: `/h/${name}` })
      .first()
      .click();
    if (name === "minified") await choose(page, "Pretty");
    await page.getByRole("tabpanel").waitFor();
    await settled(page);
    await expectNoBarriers(page);
    await shot(page, `body-${name}-${theme}`);
  }
});

test("the views fit a small window in Chinese", async () => {
  const page = await look("packed", { language: "zh", width: 900, height: 600 });
  await shot(page, "body-packed-zh-small");
  await page.getByRole("option").filter({ hasText: "/h/parts" }).first().click();
  await settled(page);
  await shot(page, "body-parts-zh-small");
});
