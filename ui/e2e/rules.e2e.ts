// Rules and runs: written, checked, tried and saved beside the list; run on a capture; and what is
// told of it in the bar at the bottom.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, settled, shot, type Opening } from "./window";

const OPEN = "- id: notify\n  execute-command: /srv/notify.sh\n  response-message: thanks\n";
const SIGNED = `- id: deploy
  execute-command: /srv/shop/deploy.sh
  trigger-rule:
    and:
      - match: {type: payload-hmac-sha256, secret: hush, parameter: {source: header, name: X-Hub-Signature-256}}
      - match: {type: value, value: refs/heads/main, parameter: {source: payload, name: ref}}
`;

/** Opens the rules of the endpoint GitHub, with its newest capture chosen. */
async function book(page: Page) {
  await page.getByRole("button", { name: /^GitHub/ }).click();
  await page.getByRole("option").first().click();
  await page.getByRole("button", { name: "Rules · Runs" }).click();
  const pane = page.getByRole("region", { name: "Rules and runs" });
  await pane.getByRole("textbox").waitFor();
  return pane;
}

/** Writes `text` as the rules and saves it. */
async function save(page: Page, text: string) {
  const pane = await book(page);
  await pane.getByRole("textbox").fill(text);
  await pane.getByRole("button", { name: "Save", exact: true }).click();
  await pane.getByRole("heading", { name: "Rules that are saved" }).waitFor();
  return pane;
}

/** The newest capture that a person looks at. */
const looked = (page: Page) => page.locator("[role=option][aria-selected=true]");

test("rules begin from an example whose faults are found at their lines", async () => {
  const page = await open();
  const pane = await book(page);
  await expectNoBarriers(page);
  await pane.getByRole("button", { name: "Start from an example" }).click();
  const found = pane.getByRole("list", { name: "What to know about the text" });
  await found.getByText("the secret is empty").waitFor();
  await found.getByRole("button", { name: /line 11/ }).click();
  const text = pane.getByRole("textbox", { name: "Hooks file of GitHub" });
  const at = await text.evaluate((area: HTMLTextAreaElement) => area.selectionStart);
  const before = (await text.inputValue()).slice(0, at);
  expect(before.split("\n")).toHaveLength(11);
  await expectNoBarriers(page);
});

test("what is written stays while another endpoint is looked at, and is not saved", async () => {
  const page = await open();
  const pane = await book(page);
  await pane.getByRole("textbox").fill(SIGNED);
  await pane.getByText("not saved").waitFor();
  await pane.getByLabel("Endpoint").selectOption("Stripe");
  await pane.getByRole("button", { name: "Start from an example" }).waitFor();
  await pane.getByLabel("Endpoint").selectOption("GitHub");
  await pane.getByText("not saved").waitFor();
  expect(await pane.getByRole("textbox").inputValue()).toBe(SIGNED);
  expect(await engine(page, (fake) => fake.asked.some((one) => one.startsWith("setRules")))).toBe(
    false,
  );
});

test("what does not load is refused with the reason", async () => {
  const page = await open();
  const pane = await book(page);
  await pane.getByRole("textbox").fill("{ no list");
  await pane.getByRole("button", { name: "Save", exact: true }).click();
  const refused = pane.getByRole("alert");
  await refused.waitFor();
  expect(await refused.innerText()).toContain("a hooks file is a list of hooks");
  await expectNoBarriers(page);
});

test("a rule that a stranger can trigger is confirmed in place, with what it runs", async () => {
  const page = await open();
  const pane = await save(page, OPEN);
  await pane.getByText("`response-message` has no effect here").waitFor();
  await pane.getByText("a stranger can trigger it").waitFor();
  await pane.getByRole("button", { name: "Confirm…" }).click();
  await pane.getByText("can have this computer run /srv/notify.sh").waitFor();
  await expectNoBarriers(page);
  await pane.getByRole("button", { name: "Let it run" }).click();
  await pane.getByText("does not run yet").waitFor({ state: "detached" });
});

test("a text that is not saved is tried on the list, and each clause on a capture", async () => {
  const page = await open();
  const pane = await book(page);
  await pane.getByRole("textbox").fill(SIGNED);
  await pane.getByRole("button", { name: "Try on past captures" }).click();
  await pane.getByText(/would have fired on \d+ of \d+/).waitFor();
  await pane.getByText("On the capture looked at").waitFor();
  await pane.locator(".culprit", { hasText: "payload ref" }).waitFor();
  expect(await pane.locator(".culprit").innerText()).toContain("refs/heads/try-a-thing");
  const asked = await engine(page, (fake) => fake.asked.find((one) => one.startsWith("tryRules")));
  expect(asked).toContain('"endpoint":"');
  await expectNoBarriers(page);
});

test("a rule is made of a field in the tree, and opened unsaved", async () => {
  const page = await open();
  await page.getByRole("button", { name: /^GitHub/ }).click();
  await page.getByRole("option").first().click();
  await page.getByRole("tree").getByText("ref", { exact: true }).first().click();
  await page.getByRole("button", { name: "Make a rule…" }).click();
  const pane = page.getByRole("region", { name: "Rules and runs" });
  await pane.getByText("not saved").waitFor();
  expect(await pane.getByRole("textbox").inputValue()).toContain('name: "ref"');
});

test("x runs the rule on the capture; its output is read while it runs; it can be stopped", async () => {
  const page = await open();
  await save(page, SIGNED);
  await page.getByRole("button", { name: "Close the rules" }).click();
  await looked(page).focus();
  await page.keyboard.press("x");
  const runs = page.getByRole("list", { name: "Runs, newest first" });
  await runs.getByText("running").waitFor();
  await runs.getByRole("button", { name: /deploy/ }).click();
  await engine(page, (fake) => fake.write(1, "Building the shop\n"));
  await runs.getByText("Building the shop").waitFor();
  await page.locator("footer").getByText("1 running").waitFor();
  await expectNoBarriers(page);
  await runs.getByRole("button", { name: "Stop" }).click();
  await runs.getByText("it was stopped").waitFor();
  await runs.getByRole("button", { name: "Run again" }).click();
  await runs.getByRole("listitem").nth(1).waitFor();
  await page.locator("footer").getByText("1 failed").click();
  await page.getByRole("button", { name: "Show the capture" }).first().waitFor();
  await page.locator("footer").getByText("1 failed").waitFor({ state: "detached" });
  await expectNoBarriers(page);
});

test("of several rules one is chosen", async () => {
  const page = await open();
  await save(page, `${SIGNED}${OPEN}`);
  await page.getByRole("button", { name: "Close the rules" }).click();
  await looked(page).focus();
  await page.keyboard.press("x");
  const dialog = page.getByRole("dialog", { name: "Which rule is to run?" });
  await dialog.waitFor();
  await expectNoBarriers(page);
  await dialog.getByRole("button", { name: "notify" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("list", { name: "Runs, newest first" }).getByText("notify").waitFor();
});

test("a capture on which nothing ran says what rules are for, and leads to them", async () => {
  const page = await open();
  await page.getByRole("option").first().click();
  await page.getByRole("tab", { name: "Runs" }).click();
  await page.getByText("No rule has run on this capture").waitFor();
  await expectNoBarriers(page);
  await page.getByRole("button", { name: "Rules of the endpoint" }).click();
  await page.getByRole("region", { name: "Rules and runs" }).getByRole("textbox").waitFor();
});

const LOOKS: (Opening & { name: string })[] = (["light", "dark"] as const).flatMap((theme) =>
  (["en", "zh"] as const).map((language) => ({
    name: `${theme}-${language}`,
    theme,
    language,
    ...(theme === "dark" && language === "en" ? { width: 900, height: 600 } : {}),
  })),
);

test.each(LOOKS)("rules and runs, $name", async ({ name, ...opening }) => {
  const page = await open(opening);
  await page
    .getByRole("button", { name: /^GitHub/ })
    .first()
    .click();
  await page.getByRole("option").first().click();
  const side = page.getByRole("button", { name: /Rules · Runs|规则 · 运行/ });
  await side.click();
  const pane = page.locator("section").filter({ has: page.locator("select") });
  await pane.getByRole("textbox").waitFor();
  await shot(page, `rules-empty-${name}`);
  await pane.getByRole("textbox").fill(`${SIGNED}${OPEN}`);
  await pane.locator(".written button").first().click();
  await pane.getByText("/srv/notify.sh").first().waitFor();
  await pane.locator(".do button").click();
  await pane.locator("[role=status]").filter({ hasText: /\d/ }).first().waitFor();
  await expectNoBarriers(page);
  await shot(page, `rules-${name}`);
  await pane.locator(".do").scrollIntoViewIfNeeded();
  await pane.locator(".clauses").last().scrollIntoViewIfNeeded();
  await shot(page, `rules-lab-${name}`);
  await engine(page, (fake) => {
    const id = "01936f2e-7c1a-7000-8000-0000000004b0";
    const local = fake.start.endpoints[0]?.id ?? "";
    const ended = fake.trigger(local, "deploy", id, "running");
    fake.write(ended, "Building the shop\nDone in 4 s\n");
    fake.end(ended, 0, null);
    fake.end(fake.trigger(local, "deploy", id, "running"), 1, "it left with status 1");
    fake.trigger(local, "notify", id, "unconfirmed");
    fake.trigger(local, "deploy", id, "running");
  });
  await page.locator("footer .mark").first().waitFor();
  await page.locator("footer .mark").first().click();
  await page.locator("li .open").last().click();
  await page.locator("pre").waitFor();
  await settled(page);
  await expectNoBarriers(page);
  await shot(page, `runs-${name}`);
});
