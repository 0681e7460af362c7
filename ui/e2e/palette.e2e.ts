// The palette: everything by its name, with the keys alone.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, settled, shot } from "./window";

const palette = (page: Page) => page.getByRole("dialog", { name: "Do anything by its name" });
const options = (page: Page) => palette(page).getByRole("option");

async function opened(page: Page, text = "") {
  await page.keyboard.press("Control+k");
  await palette(page).waitFor();
  await page.keyboard.type(text);
}

test("Ctrl K opens it, also while typing, and closes it again", async () => {
  const page = await open();
  await page.keyboard.press("/");
  await opened(page);
  expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("combobox");
  await page.keyboard.press("Control+k");
  expect(await palette(page).count()).toBe(0);
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Filter");
});

test("an endpoint is gone to by a few letters and Enter", async () => {
  const page = await open();
  await opened(page, "gohar");
  expect(await options(page).first().getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("Enter");
  expect(await palette(page).count()).toBe(0);
  const chosen = page.getByRole("button", { name: /^Harbor/ });
  expect(await chosen.getAttribute("aria-current")).toBe("true");
});

test("the URL of an endpoint is copied", async () => {
  const page = await open();
  await opened(page, "url of slack");
  await page.keyboard.press("Enter");
  await page.getByText("Address copied").waitFor();
  expect(await engine(page, (fake) => fake.copied.at(-1))).toContain("/h/");
});

test("an action that opens something opens it, and the focus comes back in the end", async () => {
  const page = await open();
  const opener = page.getByRole("button", { name: "Do anything by its name" });
  await opener.click();
  await page.keyboard.type("new endp");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Get my webhook" }).waitFor();
  await page.keyboard.press("Escape");
  await settled(page);
  expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
});

test("an action that goes elsewhere takes the focus with it", async () => {
  const page = await open();
  await opened(page, "filter");
  await page.keyboard.press("Enter");
  await settled(page);
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Filter");
});

test("each row tells the keys that do the same", async () => {
  const page = await open();
  await opened(page, "follow");
  expect(await options(page).first().locator("kbd").allInnerTexts()).toEqual(["l"]);
  await page.getByRole("combobox", { name: "Do anything" }).fill("settings");
  expect(await options(page).first().locator("kbd").allInnerTexts()).toEqual(["Ctrl", ","]);
});

test("what was done last comes first", async () => {
  const page = await open();
  await opened(page, "clock");
  await page.keyboard.press("Enter");
  await opened(page);
  expect(await options(page).first().innerText()).toContain("Ages or clock times");
  await page.reload();
  await page.locator("footer span").first().waitFor();
  await opened(page);
  expect(await options(page).first().innerText()).toContain("Ages or clock times");
});

test("the chosen row is told to the field, and is always in view", async () => {
  const page = await open({ scene: "overfull", rows: 5 });
  await opened(page, "go to");
  for (let press = 0; press < 5; press += 1) await page.keyboard.press("PageDown");
  const active = await page
    .getByRole("combobox", { name: "Do anything" })
    .getAttribute("aria-activedescendant");
  const row = palette(page).locator(`[id="${active ?? ""}"]`);
  expect(await row.getAttribute("aria-selected")).toBe("true");
  const [inside, around] = [
    await row.boundingBox(),
    await palette(page).getByRole("listbox").boundingBox(),
  ];
  if (!inside || !around) throw new Error("both are seen");
  expect(inside.y).toBeGreaterThanOrEqual(around.y);
  expect(inside.y + inside.height).toBeLessThanOrEqual(around.y + around.height);
});

test("a letter among three hundred endpoints asks the engine nothing", async () => {
  const page = await open({ scene: "overfull", rows: 5 });
  await opened(page);
  const before = await engine(page, (fake) => fake.asked.length);
  await page.keyboard.type("hooks 2");
  await options(page).first().waitFor();
  expect(await engine(page, (fake) => fake.asked.length)).toBe(before);
  await palette(page)
    .getByText(/more: type to narrow/)
    .waitFor();
});

for (const language of ["en", "zh"] as const) {
  test(`it has no barriers and is looked at, ${language}`, async () => {
    const page = await open({ language });
    for (const [name, text] of [
      ["all", ""],
      ["found", language === "zh" ? "设置" : "sett"],
      ["none", "qqqq"],
    ] as const) {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").fill(text);
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await shot(page, `palette-${name}-${language}-${theme}`);
        await expectNoBarriers(page);
      }
      await page.keyboard.press("Escape");
    }
  });
}

test("three hundred odd names, small window", async () => {
  const page = await open({ scene: "overfull", rows: 5, width: 900, height: 600 });
  await opened(page, "copy");
  await shot(page, "palette-overfull");
  await expectNoBarriers(page);
});
