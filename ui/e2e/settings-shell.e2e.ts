// The settings of the window, the keys among them, and the list of the keys.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, settled, shot } from "./window";

const dialog = (page: Page) => page.getByRole("dialog", { name: "Settings", exact: true });

async function at(page: Page, section: string) {
  await page.keyboard.press("Control+,");
  await dialog(page).getByRole("button", { name: section }).click();
  return dialog(page);
}

const row = (page: Page, does: string) =>
  dialog(page).getByRole("listitem").filter({ hasText: does });

/** Gives `key` to the action that does `does`. */
async function record(page: Page, does: string, key: string) {
  await row(page, does)
    .getByRole("button", { name: `Add a key for “${does}”` })
    .click();
  await page.keyboard.press(key);
}

test("theme, language and times hold at once, and are remembered", async () => {
  const page = await open();
  await at(page, "Appearance");
  await page
    .getByRole("radiogroup", { name: "Theme" })
    .getByRole("radio", { name: "Dark" })
    .check();
  expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe(
    "dark",
  );
  await page
    .getByRole("radiogroup", { name: "Times" })
    .getByRole("radio", { name: "Clock times" })
    .check();
  await page
    .getByRole("radiogroup", { name: "Language" })
    .getByRole("radio", { name: "简体中文" })
    .check();
  await page.getByRole("dialog", { name: "设置", exact: true }).waitFor();
  await page.reload();
  await page.getByText("全部捕获").waitFor();
  await page.keyboard.press("Control+,");
  await page
    .getByRole("radiogroup", { name: "语言" })
    .getByRole("radio", { name: "跟随系统" })
    .check();
  await dialog(page).waitFor();
});

test("a setting is found by its words in either language", async () => {
  const page = await open();
  await page.keyboard.press("Control+,");
  await page.keyboard.type("时间");
  await page.getByRole("radiogroup", { name: "Times" }).waitFor();
  expect(await page.getByRole("radiogroup", { name: "Theme" }).count()).toBe(0);
  await page.getByRole("textbox", { name: "Find a setting" }).fill("zebra");
  await page.getByText("No setting is about “zebra”").waitFor();
});

test("a recorded key does its action, and the usual ones come back", async () => {
  const page = await open();
  await at(page, "Keys");
  await record(page, "Newest capture", "g");
  await row(page, "Newest capture").getByText("g", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.getByRole("option", { selected: true }).waitFor();
  await page.reload();
  await page.getByRole("option").first().waitFor();
  await at(page, "Keys");
  await row(page, "Newest capture")
    .getByRole("button", { name: /^The usual keys/ })
    .click();
  expect(await row(page, "Newest capture").locator("kbd").count()).toBe(0);
});

test("a key that does something else asks, and is left or taken", async () => {
  const page = await open();
  await at(page, "Keys");
  await record(page, "Newest capture", "t");
  const asked = page.getByRole("alert");
  expect(await asked.innerText()).toContain("t does “Ages or clock times” now.");
  await page.getByRole("button", { name: "Leave it there" }).click();
  expect(await row(page, "Ages or clock times").locator("kbd").allInnerTexts()).toEqual(["t"]);
  await record(page, "Newest capture", "t");
  await page.getByRole("button", { name: "Give it here" }).click();
  expect(await row(page, "Ages or clock times").locator("kbd").count()).toBe(0);
  expect(await row(page, "Newest capture").locator("kbd").allInnerTexts()).toEqual(["t"]);
  await page.getByRole("button", { name: "All keys as usual" }).click();
  expect(await row(page, "Ages or clock times").locator("kbd").allInnerTexts()).toEqual(["t"]);
});

test("Escape leaves a key as it is, and a key that lists need is refused", async () => {
  const page = await open();
  await at(page, "Keys");
  await record(page, "Newest capture", "Escape");
  await dialog(page).waitFor();
  expect(await row(page, "Newest capture").locator("kbd").count()).toBe(0);
  await record(page, "Newest capture", "Enter");
  await page.getByText("Enter is needed by lists and text fields.").waitFor();
});

test("the list of the keys shows the present ones, and a word finds one", async () => {
  const page = await open();
  await at(page, "Keys");
  await record(page, "Newest capture", "Alt+ArrowUp");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keyboard" });
  await keys.getByRole("textbox").fill("newest cap");
  expect(await keys.getByRole("definition").allInnerTexts()).toEqual(["Newest capture"]);
  expect(await keys.locator("kbd").allInnerTexts()).toEqual(["Alt", "↑"]);
  await keys.getByRole("button", { name: "Change the keys…" }).click();
  await row(page, "Newest capture").waitFor();
});

test("the receiver is shown, and tried from its settings", async () => {
  const page = await open();
  await at(page, "Local receiver");
  await page.getByRole("button", { name: "Copy the address" }).click();
  expect(await engine(page, (fake) => fake.copied.at(-1))).toBe("http://127.0.0.1:8787");
  await page.getByRole("button", { name: "Send a test webhook" }).click();
  expect(await engine(page, (fake) => fake.asked.includes("sendTest"))).toBe(true);
});

test("without a relay its section pairs, and then says with which", async () => {
  const page = await open({ scene: "unpaired" });
  await at(page, "Relay");
  await page.getByRole("textbox", { name: "Connect string" }).fill("tenterhook://x");
  await page.keyboard.press("Enter");
  await page.getByText("Paired with https://hooks.example.dev.").waitFor();
});

test("a relay is forgotten once that was asked, with its addresses", async () => {
  const page = await open();
  await at(page, "Relay");
  await page.getByRole("button", { name: "Forget…" }).click();
  await page.getByRole("button", { name: "Keep it" }).click();
  expect(await engine(page, (fake) => fake.asked.includes("unpair"))).toBe(false);
  await page.getByRole("button", { name: "Forget…" }).click();
  await page.getByRole("button", { name: "Forget the relay" }).click();
  await page.getByText("This computer is paired with no relay.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("No public endpoint yet.").waitFor();
});

test("the focus goes back to where the settings were opened from", async () => {
  const page = await open();
  const opener = page.getByRole("button", { name: "Settings", exact: true });
  await opener.click();
  await dialog(page).waitFor();
  await page.keyboard.press("Escape");
  await settled(page);
  expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
});

for (const language of ["en", "zh"] as const) {
  test(`each section has no barriers and is looked at, ${language}`, async () => {
    const page = await open({ language });
    await page.keyboard.press("Control+,");
    const places = page.getByRole("dialog").getByRole("navigation").getByRole("button");
    for (let section = 0; section < (await places.count()); section += 1) {
      await places.nth(section).click();
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await shot(page, `preferences-${section}-${language}-${theme}`);
        await expectNoBarriers(page);
      }
    }
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await shot(page, `keys-${language}`);
    await expectNoBarriers(page);
  });
}

test("a conflict and a search, in a small window", async () => {
  const page = await open({ width: 700, height: 600, theme: "dark" });
  await at(page, "Keys");
  await record(page, "Newest capture", "t");
  await shot(page, "preferences-conflict");
  await expectNoBarriers(page);
  await page.getByRole("textbox", { name: "Find a setting" }).fill("capture");
  await shot(page, "preferences-search");
  await expectNoBarriers(page);
});
