// What local applications answered: in the list, and in the capture's own tab.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, open, settled } from "./window";

/** Opens what came of the newest capture in the list whose row says `outcome`. */
async function answered(page: Page, outcome: string) {
  await page.getByRole("button", { name: /^GitHub/ }).click();
  await settled(page);
  const mark = page.locator(".answer", { hasText: outcome });
  await page.getByRole("option").filter({ has: mark }).first().click();
  await page.keyboard.press("5");
  return page.getByRole("region", { name: "What your application answered" });
}

test("a row says how the last attempt ended, in words and by a shape", async () => {
  const page = await open();
  const shapes = new Set<string>();
  for (const outcome of ["200", "302", "404", "failed"]) {
    const mark = page.getByRole("option").locator(".answer").filter({ hasText: outcome });
    shapes.add(await mark.first().locator("svg").innerHTML());
  }
  expect(shapes.size).toBe(4);
});

test("a row changes by itself when its capture was passed on", async () => {
  const page = await open({ rows: 5 });
  await engine(page, (fake) => fake.arrive(40));
  const marks = page.getByRole("option").locator(".answer");
  await page.getByRole("option").nth(12).waitFor();
  await settled(page);
  const before = await marks.count();
  await engine(page, (fake) => fake.deliver());
  await page.waitForFunction(
    (before) => document.querySelectorAll("[role=option] .answer").length > before,
    before,
  );
});

test("an answer is shown with its times, its changes, its headers and its body", async () => {
  const page = await open();
  const region = await answered(page, "200");
  const text = await region.innerText();
  expect(text).toContain("200 OK");
  expect(text).toContain("http://localhost:3000/github");
  expect(text).toMatch(/connected in 1 ms/);
  expect(text).toMatch(/first byte after \d+ ms/);
  expect(text).toContain("path rewritten, Host rewritten, Content-Length recomputed");
  expect(await region.locator("dt").allInnerTexts()).toEqual([
    "Content-Type",
    "Set-Cookie",
    "x-Request-ID",
    "Content-Length",
  ]);
  expect(text).not.toContain("session=5f0c9e");
  await region.getByRole("button", { name: "Show the value of Set-Cookie" }).click();
  await region.getByText("session=5f0c9e").waitFor();
  await region.getByText("<b>queued</b> — 已排队").waitFor();
  expect(await region.locator("b").count()).toBe(0);
});

test("a failure is told in words, and each attempt is kept", async () => {
  const page = await open();
  const region = await answered(page, "failed");
  await region.getByText("nothing answers at localhost:3000").first().waitFor();
  expect(await region.getByRole("article").count()).toBe(2);
});

test("a capture that was not passed on says how that is set", async () => {
  const page = await open();
  await page.getByRole("button", { name: /^Harbor/ }).click();
  await settled(page);
  await page.getByRole("option").first().click();
  await page.keyboard.press("5");
  await page.getByRole("tabpanel").getByText("Not passed on").waitFor();
  await page.getByRole("button", { name: "Open the settings" }).click();
  await page.getByRole("dialog", { name: "Settings of Harbor" }).waitFor();
});
