// What the window does while nobody looks at it: the bell, muting, the settings, closing, and a
// capture that is shown because a notification was clicked.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, shot, type Opening } from "./window";

const bell = (page: Page) => page.getByRole("button", { name: /^Notifications/ });
const settings = (page: Page) => engine(page, (fake) => fake.native.settings);
const asked = (page: Page, word: string) =>
  page.evaluate(`window.fake.asked.filter((one) => one.startsWith("${word}"))`);

/** The bell's section of the settings. */
async function opened(page: Page) {
  await bell(page).click();
  const section = page
    .getByRole("dialog", { name: "Settings" })
    .getByRole("region", { name: "Notifications" });
  await section.waitFor();
  return section;
}

test("the bell mutes, says so, and unmutes", async () => {
  const page = await open();
  const section = await opened(page);
  await section.getByRole("button", { name: "Mute 1 h" }).click();
  await section.getByText("Muted, back in").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Notifications are muted, back in/ }).waitFor();
  expect((await settings(page)).mutedUntilMs).toBeGreaterThan(Date.now());
  await (await opened(page)).getByRole("button", { name: "Unmute" }).click();
  await section.getByRole("button", { name: "Mute until tomorrow" }).waitFor();
  expect((await settings(page)).mutedUntilMs).toBe(null);
});

test("each change holds at once, and what needs another is off without it", async () => {
  const page = await open();
  const section = await opened(page);
  const github = section.getByRole("radiogroup", { name: "Notifications of GitHub" });
  await github.getByRole("radio", { name: "Failures" }).check({ force: true });
  expect(Object.values((await settings(page)).endpoints)).toEqual(["failures"]);
  const hidden = section.getByRole("checkbox", { name: "Start without the window" });
  expect(await hidden.isDisabled()).toBe(true);
  await section.getByRole("checkbox", { name: "Start when I log in" }).check();
  expect(await hidden.isDisabled()).toBe(false);
  await section.getByRole("radio", { name: "Quits" }).check({ force: true });
  expect((await settings(page)).onClose).toBe("quit");
  await section.getByRole("checkbox", { name: "Notify of what arrives" }).uncheck();
  await github.waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Notifications are off" }).waitFor();
});

test("a change that is refused is told, and undone", async () => {
  const page = await open();
  const section = await opened(page);
  await engine(page, (fake) => (fake.native.refusal = "no space left"));
  const login = section.getByRole("checkbox", { name: "Start when I log in" });
  await login.click();
  await section.getByText("no space left").waitFor();
  expect(await login.isChecked()).toBe(false);
});

test("closing asks, and the answer goes to the window", async () => {
  const page = await open();
  for (const [label, answer] of [
    ["Keep running", "leave hide true"],
    ["Keep the window open", "leave stay true"],
  ] as const) {
    await engine(page, (fake) => {
      fake.native.tell({ kind: "closing" });
    });
    const dialog = page.getByRole("dialog", { name: "Keep Tenterhook running?" });
    await dialog.getByRole("button", { name: label }).click();
    await dialog.waitFor({ state: "detached" });
    // What its closing says comes a moment after.
    await expect.poll(() => asked(page, answer)).toHaveLength(1);
  }
  await page.getByRole("combobox", { name: "Filter" }).press("Control+q");
  expect(await asked(page, "leave quit false")).toHaveLength(1);
});

test("a capture that a notification names is shown, whatever is filtered", async () => {
  const page = await open({ rows: 5_000 });
  await page.getByRole("button", { name: /^Local receiver/ }).click();
  await engine(page, (fake) => {
    const capture = "01936f2e-7c1a-7000-8000-000000000190"; // the one at place 400
    fake.native.tell({ kind: "show", capture });
  });
  const chosen = page.locator("[role=option][aria-selected=true]");
  await chosen.waitFor();
  expect(await asked(page, "detail 01936f2e-7c1a-7000-8000-000000000190")).not.toEqual([]);
  await page.getByRole("tabpanel").waitFor();
});

test("a paused line says where the webhooks are, and is resumed", async () => {
  const page = await open();
  await page.getByRole("button", { name: /Connected/ }).click();
  await page.getByRole("button", { name: "Pause the line" }).click();
  await page.getByText("webhooks wait on the relay").waitFor();
  await expectNoBarriers(page);
  await shot(page, "background-paused");
  await page.getByRole("button", { name: "Resume the line" }).click();
  await page.getByRole("button", { name: "Pause the line" }).waitFor();
});

for (const theme of ["light", "dark"] as const) {
  for (const [language, name] of [
    ["en", /^Notifications/],
    ["zh", /^通知/],
  ] as const) {
    test(`nothing is in the way in ${theme}, ${language}`, async () => {
      const width = language === "en" ? 1280 : 900;
      const opening: Opening = { theme, language, width, height: language === "en" ? 800 : 600 };
      const page = await open(opening);
      await page.getByRole("button", { name }).click();
      await page.getByRole("dialog").waitFor();
      await expectNoBarriers(page);
      await shot(page, `background-${theme}-${language}`);
      await page.keyboard.press("Escape");
      await engine(page, (fake) => {
        fake.native.tell({ kind: "closing" });
      });
      await page.getByRole("dialog").waitFor();
      await expectNoBarriers(page);
      await shot(page, `closing-${theme}-${language}`);
    });
  }
}
