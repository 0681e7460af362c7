// The first steps: from nothing to a sender that sends.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, expectNoBarriers, open, shot } from "./window";

const guide = (page: Page) => page.getByRole("region", { name: "First steps" });

test("a test webhook is seen in the list while the steps stay", async () => {
  const page = await open({ scene: "unpaired" });
  await guide(page).getByRole("button", { name: "Send a test webhook" }).click();
  await page.getByRole("option").first().waitFor();
  await guide(page).getByText("It is here").waitFor();
  await guide(page).getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("tabpanel").waitFor();
  expect(await guide(page).count()).toBe(0);
});

test("from a connect string to an address whose probe came back", async () => {
  const page = await open({ scene: "unpaired" });
  await guide(page).getByRole("button", { name: "Skip" }).click();
  await page.getByRole("textbox", { name: "Connect string" }).fill("tenterhook://relay");
  await page.keyboard.press("Enter");
  await guide(page).getByText("hooks.example.dev").waitFor();
  await guide(page).getByRole("button", { name: "Get my webhook" }).click();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await guide(page)
    .getByText(/^https:\/\/hooks\.example\.dev\/h\//)
    .waitFor();
  await engine(page, (fake) =>
    fake.become({ probe: { atMs: Date.now(), tookMs: 84, failed: null } }),
  );
  await guide(page).getByText("after 84 ms").waitFor();
  await guide(page).getByRole("button", { name: "Copy the URL" }).click();
  expect(await engine(page, (fake) => fake.copied.at(-1))).toContain(
    "https://hooks.example.dev/h/",
  );
});

test("a probe that failed is not shown as good", async () => {
  const page = await open({ scene: "empty" });
  await guide(page).getByRole("button", { name: "Make it public" }).click();
  await engine(page, (fake) => {
    const failed = { leg: "dns", reason: "the name is unknown" } as const;
    fake.become({ probe: { atMs: Date.now(), tookMs: 9, failed } });
  });
  await guide(page).getByText("the name is unknown").waitFor();
  await guide(page).getByText("failed").waitFor();
});

test("each sender tells where its URL belongs, walked with the arrow keys", async () => {
  const page = await open({ scene: "empty" });
  await guide(page).getByRole("button", { name: "Connect a sender" }).click();
  await guide(page)
    .getByRole("tab", { name: /^GitHub/ })
    .focus();
  const said = new Set<string>();
  const tiles = await guide(page).getByRole("tab").count();
  for (let tile = 0; tile < tiles; tile += 1) {
    said.add(await guide(page).getByRole("tabpanel").innerText());
    await page.keyboard.press("ArrowRight");
  }
  expect(tiles).toBe(12);
  expect(said.size).toBe(tiles);
});

test("the steps are skipped, left, and come again from an empty list and the palette", async () => {
  const page = await open({ scene: "empty" });
  await guide(page).getByRole("button", { name: "Skip" }).click();
  await guide(page).getByRole("button", { name: "Back" }).click();
  await guide(page).getByText("already runs").waitFor();
  await guide(page).getByRole("button", { name: "Close the first steps" }).click();
  expect(await guide(page).count()).toBe(0);
  await page.getByRole("button", { name: "First steps" }).click();
  await guide(page).getByRole("button", { name: "Do not show again" }).click();
  await page.reload();
  await page.getByText("No captures yet").waitFor();
  expect(await guide(page).count()).toBe(0);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("first st");
  await page.keyboard.press("Enter");
  await guide(page).waitFor();
});

test("who has captures is not taught", async () => {
  const page = await open({ rows: 3 });
  expect(await guide(page).count()).toBe(0);
});

test("in a narrow window the empty list leads to the steps and back", async () => {
  const page = await open({ scene: "empty", width: 700, height: 600 });
  expect(await guide(page).isVisible()).toBe(false);
  await page.getByRole("button", { name: "First steps" }).click();
  await guide(page).getByRole("button", { name: "Send a test webhook" }).click();
  await guide(page).getByRole("button", { name: "Back to the list" }).click();
  await page.getByRole("option").click();
  await page.getByRole("tabpanel").waitFor();
});

for (const language of ["en", "zh"] as const) {
  for (const [width, height] of [
    [1280, 800],
    [900, 600],
  ] as const) {
    test(`each step has no barriers and is looked at, ${language}, ${width}`, async () => {
      const page = await open({ scene: "unpaired", language, width, height });
      for (let step = 0; step < 3; step += 1) {
        await page.locator("footer ol button").nth(step).click();
        for (const theme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme: theme });
          await shot(page, `guide-${step + 1}-${language}-${width}-${theme}`);
          await expectNoBarriers(page);
        }
      }
    });
  }
}

test("the second step when all is well", async () => {
  const page = await open({ scene: "empty" });
  await engine(page, (fake) => fake.arrive(1));
  await guide(page).getByText("It is here").waitFor();
  await shot(page, "guide-arrived");
  await guide(page).getByRole("button", { name: "Next" }).click();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await shot(page, `guide-public-${theme}`);
    await expectNoBarriers(page);
  }
});
