// Captures sent again: one, one that was edited, many; and how captures go on by themselves.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, settled, shot, type Opening } from "./window";

const LOOKS: Opening[] = [
  { theme: "light", language: "en" },
  { theme: "dark", language: "zh" },
  { theme: "light", language: "zh", width: 900, height: 600 },
  { theme: "dark", language: "en", width: 900, height: 600 },
];
const nameOf = ({ theme, language, width = 1280 }: Opening) =>
  [theme, language, String(width)].join("-");

const options = (page: Page) => page.getByRole("option");
const draft = (page: Page) => page.getByRole("dialog", { name: "Edit & replay" });

/** Sends the capture looked at to `to`, by way of the menu beside Replay. */
async function replayTo(page: Page, to: string): Promise<void> {
  await page.getByRole("button", { name: "More ways to replay" }).click();
  await page.getByRole("menuitem", { name: "Replay to…" }).click();
  await page.getByRole("textbox", { name: "Send to" }).fill(to);
  await page.keyboard.press("Enter");
}

test("r sends the capture again, and the Response tab shows it as a replay", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(2).click();
  await replayTo(page, "localhost:4000/hook");
  await page.getByText(/^Replayed: 200 in /).waitFor();
  const region = page.getByRole("region", { name: "What your application answered" });
  await region.getByText("replay", { exact: true }).first().waitFor();
  await region.getByText("Content-Length recomputed").first().waitFor();
  await shot(page, "again-response-light-en");
  await expectNoBarriers(page);
  await options(page).nth(2).press("r");
  await expect.poll(() => region.getByText("replay", { exact: true }).count()).toBe(2);
});

test("another computer is asked about once, and a failure says what to do", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(2).click();
  await replayTo(page, "https://hooks.example.com/in");
  await page.getByText("hooks.example.com is another computer").waitFor();
  await shot(page, "again-remote-light-en");
  await expectNoBarriers(page);
  await page.getByRole("button", { name: "Allow hooks.example.com and send" }).click();
  await page.getByText(/^Replayed: 200 in /).waitFor();
  await replayTo(page, "http://localhost:9/");
  await page.getByText("No answer from http://localhost:9/: connection refused").waitFor();
  await page.getByRole("status").getByRole("button", { name: "Replay to…" }).click();
  const field = page.getByRole("textbox", { name: "Send to" });
  expect(await field.inputValue()).toBe("http://localhost:9/");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
});

test("e edits, Escape asks before it loses anything, and Send keeps a capture of its own", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(2).click();
  await page.keyboard.press("e");
  await draft(page).getByRole("textbox", { name: "Method" }).fill("PUT");
  await draft(page).getByRole("button", { name: "Add a header" }).click();
  await page.keyboard.type("X-Again");
  await page.keyboard.press("Escape");
  await draft(page).getByText("What you changed is not sent yet.").waitFor();
  await draft(page).getByRole("button", { name: "Keep editing" }).click();
  await draft(page).getByText("Changed: method, headers").waitFor();
  await draft(page).getByRole("textbox", { name: "Send to" }).fill("3000");
  await draft(page).getByRole("button", { name: "Send", exact: true }).click();
  await draft(page).waitFor({ state: "detached" });
  await page.getByText("Edited from another capture.").waitFor();
  const asked = await engine(page, (fake) => fake.asked.find((one) => one.startsWith("replay ")));
  expect(asked).toContain('"method":"PUT"');
  expect(asked).toContain('{"line":"written","name":"X-Again","value":""}');
  await shot(page, "again-edited-light-en");
  await page.getByRole("button", { name: "Compare with it" }).click();
  const tab = page.getByRole("tab", { name: "Diff" });
  await expect.poll(() => tab.getAttribute("aria-selected")).toBe("true");
});

test("many go by the strip to a report that answers whether twice is as once", async () => {
  const page = await open({ rows: 30 });
  await engine(page, (fake) => (fake.holdsReplays = true));
  await page.getByRole("button", { name: "Replay this list…" }).click();
  const drawer = page.getByRole("dialog", { name: "Replay 30 captures" });
  await drawer.getByRole("textbox", { name: "Send to" }).fill("3000");
  await drawer.getByRole("checkbox", { name: "Each twice" }).check();
  await drawer.getByRole("textbox", { name: "Left out" }).fill("120");
  await drawer.getByText("A share is from 0 to 100.").waitFor();
  await drawer.getByRole("textbox", { name: "Left out" }).fill("0");
  await drawer.getByRole("button", { name: "Start" }).click();
  const strip = page.getByRole("region", { name: "Replay under way" });
  await strip.getByText("Replaying: 1 of 30").waitFor();
  await strip.getByRole("button", { name: "Pause" }).click();
  await strip.getByText("Replay paused at 1 of 30").waitFor();
  await shot(page, "again-strip-light-en");
  await expectNoBarriers(page);
  await strip.getByRole("button", { name: "Resume" }).click();
  await engine(page, (fake) => {
    fake.endReplay(1);
  });
  await strip.getByText("Replayed 30").waitFor();
  await strip.getByRole("button", { name: "Report" }).click();
  const report = page.getByRole("dialog", { name: "Replay 1" });
  await report.getByText("6 answered differently the second time").waitFor();
  await report.getByRole("radio", { name: "Differ" }).check({ force: true });
  expect(await report.getByRole("row").count()).toBe(7);
  await report.getByRole("button", { name: "Copy as text" }).click();
  await page.getByText("Report copied").waitFor();
  const [copied] = await engine(page, (fake) => fake.copied);
  expect(copied).toContain("30 of 30");
});

test("those that are picked go, and no others", async () => {
  const page = await open({ rows: 300 });
  await options(page).nth(1).click();
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByText("2 selected").waitFor();
  await page.keyboard.press("r");
  const drawer = page.getByRole("dialog", { name: "Replay 2 captures" });
  await drawer.getByRole("textbox", { name: "Send to" }).fill("3000");
  await drawer.getByRole("button", { name: "Start" }).click();
  await page.getByText("Replayed 2").waitFor();
});

test("what an application missed is sent again with one click", async () => {
  const page = await open({ rows: 300 });
  await engine(page, (fake) => {
    const id = (seq: number) => `01936f2e-7c1a-7000-8000-${seq.toString(16).padStart(12, "0")}`;
    const [endpoint] = fake.start.endpoints.filter(({ forwards }) => forwards.length > 0);
    const target = endpoint?.forwards[0]?.target ?? "";
    fake.miss(endpoint?.id ?? "", target, [id(1), id(2), id(3)]);
    fake.arrive(1);
    fake.deliver();
  });
  await page.getByRole("button", { name: /^3 missed by / }).click({ timeout: 10_000 });
  await page.getByText("Replayed 3").waitFor();
  await page.getByRole("button", { name: /^3 missed by / }).waitFor({ state: "detached" });
});

test("how captures go to a target is set in the endpoint's settings, faults pointed out", async () => {
  const page = await open({ rows: 300 });
  await page
    .getByRole("button", { name: /^GitHub/ })
    .first()
    .click();
  await page.keyboard.press("s");
  const drawer = page.getByRole("dialog", { name: "Settings of GitHub" });
  await drawer.getByText(/^How captures go to /).click();
  const filter = drawer.getByRole("textbox", { name: "Only what matches" });
  await filter.fill("nonsense:maybe");
  await drawer.locator("mark").waitFor();
  await filter.fill("type:push");
  await drawer.locator("mark").waitFor({ state: "detached" });
  await drawer.getByRole("textbox", { name: "Retries" }).fill("101");
  await drawer.getByText("Retries are from 0 to 100.").waitFor();
  await drawer.getByRole("textbox", { name: "Retries" }).fill("5");
  await drawer.getByRole("checkbox", { name: "One by one, in order" }).check();
  await shot(page, "again-ways-light-en");
  await expectNoBarriers(page);
  await drawer.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").waitFor();
  const asked = await engine(page, (fake) =>
    fake.asked.find((one) => one.startsWith("putForward")),
  );
  expect(asked).toContain('"filter":"type:push","retries":5');
  expect(asked).toContain('"isOrdered":true');
});

test("a computer that was confirmed is listed in the settings, and forgotten there", async () => {
  const page = await open({ rows: 300, theme: "dark" });
  await options(page).nth(2).click();
  await replayTo(page, "https://hooks.example.com/in");
  await page.getByRole("button", { name: "Allow hooks.example.com and send" }).click();
  await page.getByText(/^Replayed: 200 in /).waitFor();
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("textbox").first().fill("computers you may send");
  await settings.getByText("https://hooks.example.com", { exact: true }).waitFor();
  await shot(page, "again-allowed-dark-en");
  await expectNoBarriers(page);
  await settings.getByRole("button", { name: "Forget https://hooks.example.com" }).click();
  await settings.getByText("None yet. You are asked when one is needed.").waitFor();
});

test.each(LOOKS)("all of it looks right and has no barriers: %o", async (look) => {
  const page = await open({ rows: 300, ...look });
  await settled(page);
  await options(page).nth(2).click();
  await page.keyboard.press("e");
  await page.getByRole("dialog").waitFor();
  await page.getByRole("dialog").locator("input").first().fill("PUT");
  await shot(page, `again-edit-${nameOf(look)}`);
  await expectNoBarriers(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").locator("footer button").first().click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.evaluate("document.querySelector('[role=listbox]')?.focus()");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("r");
  await page.getByRole("dialog").waitFor();
  await shot(page, `again-many-${nameOf(look)}`);
  await expectNoBarriers(page);
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[type=text]").first().fill("3000");
  await dialog.locator("input[type=checkbox]").nth(1).check();
  await dialog.locator("footer button").last().click();
  await dialog.waitFor({ state: "detached" });
  const strip = page.locator("section:has(> [role=status])");
  await strip.getByRole("button").first().click();
  await page.getByRole("dialog").getByRole("table").waitFor();
  await shot(page, `again-report-${nameOf(look)}`);
  await expectNoBarriers(page);
});
