// Opens the built page in Debian's Chromium and gives the tests short words for what they do with
// it. A page error, a console error or a refusal by the content policy fails the test.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

import type { FakeBackend } from "../src/backend/fake/fake";

const SHOTS = join(import.meta.dirname, "shots");
const REDRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

/** How the window is opened. */
export interface Opening {
  scene?: "everyday" | "bodies" | "empty" | "unpaired" | "overfull";
  rows?: number;
  width?: number;
  height?: number;
  theme?: "light" | "dark";
  language?: "en" | "zh";
}

let browser: Browser;
let context: BrowserContext | undefined;
let complaints: string[] = [];

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  await mkdir(SHOTS, { recursive: true });
});

afterEach(async () => {
  await context?.close();
  const heard = complaints;
  complaints = [];
  expect(heard).toEqual([]);
});

afterAll(() => browser.close());

/** Opens the window with a fake engine behind it, and waits until its list stands. */
export async function open(opening: Opening = {}): Promise<Page> {
  const { scene = "everyday", rows, width = 1280, height = 800 } = opening;
  context = await browser.newContext({
    viewport: { width, height },
    colorScheme: opening.theme ?? "light",
    locale: opening.language === "zh" ? "zh-CN" : "en-GB",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(5_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const query = new URLSearchParams({
    scene,
    ...(rows === undefined ? {} : { rows: String(rows) }),
  });
  await page.goto(`${inject("page")}?${query.toString()}`);
  await page.locator("footer span").first().waitFor();
  await settled(page);
  return page;
}

/** Waits until what was asked of the page has been drawn. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(REDRAWN);
}

/** Calls the fake engine that is in the page. */
export function engine<Answer>(page: Page, call: (fake: FakeBackend) => Answer): Promise<Answer> {
  return page.evaluate(`(${call.toString()})(window.fake)`);
}

/** Does `act` with the engine once in each of `count` frames, and says how many were drawn. */
export function frames(
  page: Page,
  count: number,
  act: (fake: FakeBackend) => void,
): Promise<number> {
  return page.evaluate(`(async () => {
    const act = ${act.toString()};
    let drawn = 0;
    for (; drawn < ${count}; drawn += 1) {
      act(window.fake);
      await new Promise(requestAnimationFrame);
    }
    return drawn;
  })()`);
}

/** Keeps a picture of the window. */
export async function shot(page: Page, name: string): Promise<void> {
  await settled(page);
  // A theme fades in: what is shown is how it looks in the end.
  await page.screenshot({ path: join(SHOTS, `${name}.png`), animations: "disabled" });
}

/** Fails with what axe has to say about the window as it stands. */
export async function expectNoBarriers(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ rule: string; at: string[] }[]>(
    `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => ({
       rule: id,
       at: nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + " " + failureSummary),
     })))`,
  );
  expect(found).toEqual([]);
}
