// What a capture's signature proves: in the list, and in the tab with its steps, its doctor and the
// endpoint's secrets.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, settled, shot, type Opening } from "./window";

/** Opens the newest capture of `endpoint` whose verdict is `word`, at what its signature proves. */
async function judged(page: Page, endpoint: string, word: string) {
  await page.getByRole("button", { name: new RegExp(`^${endpoint}`) }).click();
  await settled(page);
  const mark = page.locator(".verdict", { hasText: word });
  await page.getByRole("option").filter({ has: mark }).first().click();
  await page.keyboard.press("v");
  return page.getByRole("region", { name: "What the signature proves" });
}

test("a row says what its signature proves, by a shape and a word", async () => {
  const page = await open();
  const shapes = new Set<string>();
  for (const word of ["valid", "mismatch", "not judged"]) {
    const mark = page.getByRole("option").locator(".verdict").filter({ hasText: word }).first();
    shapes.add(await mark.locator("svg").innerHTML());
    expect(await mark.getAttribute("title")).toContain("GitHub");
  }
  expect(shapes.size).toBe(3);
});

test("a valid signature says what it vouches for, and each step to it", async () => {
  const page = await open();
  const region = await judged(page, "GitHub", "valid");
  await region.getByText("Signed as GitHub signs, with the secret “acme”.").waitFor();
  await region.getByText("It vouches for the body.").waitFor();
  const steps = await region.getByRole("listitem").allInnerTexts();
  expect(steps.join("\n")).toMatch(/Headers that sign\s+X-Hub-Signature-256/);
  await region.getByRole("region", { name: "Bytes that were signed" }).getByText('"ref"').waitFor();
  expect(await region.locator("mark").count()).toBe(0);
  await expectNoBarriers(page);
});

test("a failure shows where the signatures part, and the doctor why", async () => {
  const page = await open();
  const region = await judged(page, "GitHub", "mismatch");
  await region.getByText("They part at character 2.").waitFor();
  expect(await region.locator("mark").count()).toBe(2);
  for (let found = false; !found;) {
    await region.getByRole("button", { name: "Find out why" }).click();
    await region.getByText("Looked for").waitFor();
    found = await region.getByText("for the body with its line feed").isVisible();
    if (!found) await judgedNext(page);
  }
  await region.getByText("Different from byte 1,204 on.").waitFor();
  await region.getByLabel("Your framework").selectOption("Rails");
  await region.getByText("Hash request.raw_post").waitFor();
  await expectNoBarriers(page);
  await page.reload();
  await settled(page);
  const kept = await page.evaluate(() => localStorage.getItem("tenterhook.looks"));
  expect(kept).toContain('"framework":"Rails"');
});

/** Goes on to the next capture with a failure. */
async function judgedNext(page: Page) {
  const bad = page.getByRole("option").filter({ has: page.locator(".verdict.bad") });
  const ids = await bad.evaluateAll((rows) => rows.map((row) => row.id));
  const chosen = await page.locator("[role=option][aria-selected=true]").getAttribute("id");
  const next = ids[ids.indexOf(chosen ?? "") + 1];
  if (next === undefined) throw new Error("no capture has a finding");
  await page.locator(`#${next}`).click();
}

test("without a secret one is added in place, and everything is judged at once", async () => {
  const page = await open();
  const region = await judged(page, "Stripe", "not judged");
  await region.getByRole("heading", { name: "Add the secret" }).waitFor();
  await expectNoBarriers(page);
  await region.getByRole("button", { name: "Keep the secret" }).click();
  await region.getByText("Paste the secret from the sender's page.").waitFor();
  const value = region.getByLabel("Secret", { exact: true });
  expect(await value.getAttribute("type")).toBe("password");
  await value.fill("whsec_hush");
  await value.press("Enter");
  await region.getByText("Secrets of Stripe").waitFor();
  expect(await page.content()).not.toContain("whsec_hush");
  await page.getByRole("option").locator(".verdict.good").first().waitFor();
  const asked = await engine(page, (fake) =>
    fake.asked.filter((one) => one.startsWith("addSecret")),
  );
  expect(asked).toHaveLength(1);
});

test("a secret that is made here is shown this once", async () => {
  const page = await open();
  const region = await judged(page, "Stripe", "not judged");
  await region.getByRole("radio", { name: "Make one" }).check();
  await region.getByRole("button", { name: "Keep the secret" }).click();
  await region.getByText("it is not shown again").waitFor();
  await region.getByRole("button", { name: "Copy the secret" }).click();
  const copied = await engine(page, (fake) => fake.copied);
  expect(copied.at(-1)).toMatch(/^[0-9a-f]{32}$/);
  await expectNoBarriers(page);
  await region.getByRole("button", { name: "Done" }).click();
  expect(await page.content()).not.toContain(copied.at(-1));
});

test("secrets are retired, used again and removed", async () => {
  const page = await open();
  const region = await judged(page, "GitHub", "valid");
  const rows = region.getByRole("list").last().getByRole("listitem");
  expect(await rows.count()).toBe(2);
  await rows.nth(1).getByText("retired").waitFor();
  await rows.nth(1).getByRole("button", { name: "Use again" }).click();
  await rows.nth(0).getByRole("button", { name: "Retire" }).click();
  await rows.getByText("retired").first().waitFor();
  await region.getByRole("button", { name: "Remove the secret acme", exact: true }).click();
  await region.getByRole("button", { name: "Remove the secret acme", exact: true }).waitFor({
    state: "detached",
  });
  await region.getByRole("button", { name: "Add a secret" }).click();
  await region.getByLabel("Name (optional)").fill("acme 2025");
  await region.getByLabel("Secret", { exact: true }).fill("x");
  await region.getByRole("button", { name: "Keep the secret" }).click();
  await region.getByText("choose another name").waitFor();
});

test("a test event is sent to the endpoint, and what it was answered is said", async () => {
  const page = await open();
  const region = await judged(page, "GitHub", "valid");
  await region.getByRole("button", { name: "Send a test event of GitHub" }).click();
  await page.getByText("A test event of GitHub was sent and answered 200").waitFor();
  const asked = await engine(page, (fake) => fake.asked.join("\n"));
  expect(asked).toMatch(/^sendTestEvent \S+ github$/m);
});

test("a request without a signature says so", async () => {
  const page = await open();
  await page.getByRole("button", { name: /^Shop orders/ }).click();
  await settled(page);
  await page.getByRole("option").first().click();
  await page.keyboard.press("6");
  const region = page.getByRole("region", { name: "What the signature proves" });
  await region.getByText("No signature", { exact: true }).waitFor();
  await expectNoBarriers(page);
});

const LOOKS: [string, Opening][] = [
  ["light", { theme: "light" }],
  ["dark", { theme: "dark" }],
  ["zh-dark", { theme: "dark", language: "zh" }],
  ["small-light", { theme: "light", width: 900, height: 600 }],
];

test.each(LOOKS)("it looks as it should: %s", async (name, opening) => {
  const page = await open(opening);
  const isZh = opening.language === "zh";
  const label = isZh ? "签名证明了什么" : "What the signature proves";
  await page
    .getByRole("button", { name: /^GitHub/ })
    .first()
    .click();
  await settled(page);
  for (const tone of ["good", "bad"] as const) {
    const row = page.getByRole("option").filter({ has: page.locator(`.verdict.${tone}`) });
    // The second failure is one of which the fake engine's doctor finds the reason.
    await row.nth(tone === "bad" ? 1 : 0).click();
    await page.keyboard.press("v");
    const region = page.getByRole("region", { name: label });
    await region.locator("ol").waitFor();
    if (tone === "bad") {
      await region.getByRole("button", { name: isZh ? "查找原因" : "Find out why" }).click();
      await region.getByText(isZh ? "用时" : "Looked for").waitFor();
    }
    await shot(page, `verify-${tone}-${name}`);
    await expectNoBarriers(page);
  }
  await page
    .getByRole("button", { name: /^Stripe/ })
    .first()
    .click();
  await settled(page);
  const open_ = page.getByRole("option").filter({ has: page.locator(".verdict.open") });
  await open_.first().click();
  await page.keyboard.press("v");
  await page.locator("form").last().waitFor();
  await shot(page, `verify-open-${name}`);
  await expectNoBarriers(page);
});
