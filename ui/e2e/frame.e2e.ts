// The window around the captures: the line's state, address, pairing, panes, looks, dialogs.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import type { FakeBackend } from "../src/backend/fake/fake";
import type { LinkView } from "../src/bindings/LinkView";
import type { Status } from "../src/bindings/Status";
import { engine, open, settled } from "./window";

const scheme = (page: Page) =>
  page.evaluate<string>("getComputedStyle(document.documentElement).colorScheme");
const ground = (page: Page) =>
  page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
const lastCopied = (page: Page) => engine(page, (fake) => fake.copied.at(-1));

const HEARD = { state: "connected", sinceMs: 0, heardAtMs: 8.64e15 } as const;
const FAILED = {
  atMs: 0,
  tookMs: 9,
  failed: { leg: "dns", reason: "the name is unknown" },
} as const;

const DEAF = {
  atMs: 0,
  tookMs: 9,
  failed: { leg: "app", at: "http://localhost:3000/", reason: "connection refused" },
} as const;

/** The engine's status becomes another. */
const become = (page: Page, change: Partial<Status>) =>
  page.evaluate(
    (change) => (window as unknown as { fake: FakeBackend }).fake.become(change),
    change,
  );

/** What is shown of a link that asks to pair with `host`. */
const pairLink = (host: string) => {
  const relay = `https://${host}`;
  const connect = `tenterhook://pair?relay=${encodeURIComponent(relay)}&invite=thi_AAAA`;
  return { kind: "pair", connect, relay, host } as const;
};

/** The person opens a link elsewhere. */
const openLink = (page: Page, link: LinkView) =>
  page.evaluate((link) => (window as unknown as { fake: FakeBackend }).fake.openLink(link), link);

test("each state of the line has its own word and its own shape", async () => {
  const page = await open();
  const badge = page.locator("header button", { has: page.locator("svg") }).first();
  const shapes = new Set<string>();
  const states: [word: string, change: Partial<Status>][] = [
    ["Connected", { line: HEARD }],
    ["Connecting", { line: { state: "connecting" } }],
    ["Waiting to reconnect", { line: { state: "waiting", reason: "", retryAtMs: 8.64e15 } }],
    ["Stopped", { line: { state: "stopped", reason: "the relay knows this computer no more" } }],
    ["Held elsewhere", { line: { state: "elsewhere" } }],
    ["Not paired", { line: { state: "unpaired" } }],
    ["Not reachable", { line: HEARD, probe: FAILED }],
    ["Application silent", { line: HEARD, probe: DEAF }],
  ];
  for (const [word, change] of states) {
    await become(page, change);
    await settled(page);
    expect(await badge.innerText()).toContain(word);
    shapes.add(await badge.locator("svg").innerHTML());
  }
  expect(shapes.size).toBe(states.length);
});

test("a probe that failed says where, and a silent line is not shown as good", async () => {
  const page = await open();
  const badge = page.getByRole("button", { name: /Connected|Not reachable/ });
  expect(await badge.innerText()).toMatch(/probe ok \d+s ago/);
  const good = await badge.locator("svg").innerHTML();
  await become(page, { probe: FAILED });
  await badge.click();
  await page.getByText("the name is unknown").waitFor();
  await page.keyboard.press("Escape");
  await become(page, { line: { state: "connected", sinceMs: 0, heardAtMs: 0 } });
  await settled(page);
  expect(await badge.locator("svg").innerHTML()).not.toBe(good);
  await badge.click();
  await page.getByText("Nothing was heard from the relay").waitFor();
});

test("an application that does not answer is told apart from a way that is broken", async () => {
  const page = await open();
  await become(page, { line: HEARD, probe: DEAF });
  await page.getByRole("button", { name: /Application silent/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("does not answer at http://localhost:3000/").waitFor();
  const legs = await dialog.getByRole("listitem").allInnerTexts();
  expect(legs.map((leg) => leg.replace(/\s+/g, " ").trim())).toEqual([
    "Name of the relay ok",
    "Connection ok",
    "Encryption ok",
    "Relay ok",
    "Line to this computer ok",
    "Your application failed",
  ]);
});

test("the address and a curl line are copied with a toast", async () => {
  const page = await open();
  await page.getByRole("button", { name: "Copy address" }).click();
  expect(await lastCopied(page)).toMatch(/^https:\/\/hooks\.example\.dev\/h\//);
  expect(await page.getByRole("status").innerText()).toBe("Address copied");
  await page.getByRole("button", { name: "Copy curl" }).click();
  await page.getByText("curl command copied").waitFor();
  expect(await lastCopied(page)).toMatch(/^curl .*https:\/\/hooks\.example\.dev/);
});

test("a wrong connect string is answered in place, a right one pairs", async () => {
  const page = await open({ scene: "unpaired" });
  await page.getByRole("button", { name: "Make it public" }).click();
  const field = page.getByRole("textbox", { name: "Connect string" });
  await field.fill("https://example.dev");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByRole("alert").innerText()).toContain("tenterhook://");
  await field.fill("tenterhook://hooks.example.dev/#abc");
  expect(await page.getByRole("alert").count()).toBe(0);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /Connected/ }).waitFor();
});

test("a link asks before it pairs, names the relay and the one that it replaces", async () => {
  const page = await open();
  await openLink(page, pairLink("hooks.example.org"));
  const dialog = page.getByRole("dialog", { name: "Pair with hooks.example.org?" });
  await dialog.waitFor();
  await dialog.getByText("is paired with https://hooks.example.dev.").waitFor();
  const field = dialog.getByRole("textbox", { name: "Connect string" });
  expect(await field.inputValue()).toBe(pairLink("hooks.example.org").connect);
  expect(await field.getAttribute("readonly")).not.toBeNull();
  expect(await engine(page, (fake) => fake.asked.includes("pair"))).toBe(false);
  await dialog.getByRole("button", { name: "Pair" }).click();
  await page.getByText("Paired with the relay").waitFor();
  expect(await dialog.count()).toBe(0);
});

test("a key that was meant for the page does not agree to a link", async () => {
  const page = await open();
  await page.keyboard.press("?");
  for (const host of ["one.example.org", "other.example.org"]) {
    await openLink(page, pairLink(host));
    await page.getByRole("dialog", { name: `Pair with ${host}?` }).waitFor();
  }
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  expect(await engine(page, (fake) => fake.asked.includes("pair"))).toBe(false);
});

test("a link to the relay of now says so, and a link without a relay replaces nothing", async () => {
  const page = await open();
  await openLink(page, pairLink("hooks.example.dev"));
  await page.getByText("paired with this relay already").waitFor();
  await become(page, { relay: null, line: { state: "unpaired" } });
  await settled(page);
  expect(await page.getByText("paired with this relay already").count()).toBe(0);
});

test("a link that pairs with nothing says why, as text, and nothing else is done", async () => {
  const page = await open();
  const message = "<img src=x onerror=alert(1)> is no relay";
  await openLink(page, { kind: "refused", problem: { code: "connect_string", message } });
  const dialog = page.getByRole("dialog", { name: "This link pairs with nothing" });
  expect(await dialog.getByRole("alert").innerText()).toBe(message);
  expect(await dialog.getByRole("textbox").count()).toBe(0);
  await page.keyboard.press("Escape");
  expect(await page.getByRole("dialog").count()).toBe(0);
});

test("a new endpoint is made and looked at", async () => {
  const page = await open();
  await page.getByRole("button", { name: "New endpoint" }).click();
  await page.keyboard.type("Deploys");
  await page.keyboard.press("Enter");
  await page.getByText("Deploys is ready").waitFor();
  await page.keyboard.press("Escape");
  const made = page.getByRole("button", { name: /^Deploys/ });
  await made.waitFor();
  expect(await made.getAttribute("aria-current")).toBe("true");
  await page.getByText("Nothing has been sent to this endpoint yet.").waitFor();
});

test("`[` hides the endpoints and brings them back", async () => {
  const page = await open();
  await page.keyboard.press("[");
  expect(await page.getByRole("navigation").count()).toBe(0);
  await page.getByRole("button", { name: "Show endpoints ([)" }).click();
  expect(await page.getByRole("navigation").count()).toBe(1);
});

test("dividers drag, move by keys, fold on a double click, and are remembered", async () => {
  const page = await open();
  const divider = page.getByRole("separator", { name: "Width of the captures" });
  const list = page.getByRole("region", { name: "Captures", exact: true });
  const width = async () => Math.round((await list.boundingBox())?.width ?? 0);
  const before = await width();
  const box = await divider.boundingBox();
  if (!box) throw new Error("the divider is there");
  await page.mouse.move(box.x, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 200);
  await page.mouse.up();
  expect(await width()).toBe(before + 60);
  await divider.focus();
  await page.keyboard.press("ArrowLeft");
  expect(await width()).toBe(before + 44);
  await page.reload();
  await divider.waitFor();
  expect(await width()).toBe(before + 44);
  await divider.dblclick();
  expect(await list.isVisible()).toBe(false);
  await divider.dblclick();
  expect(await width()).toBe(before + 44);
});

test("below 900 pixels list and capture are two screens", async () => {
  const page = await open({ width: 880, height: 600 });
  const list = page.getByRole("listbox");
  const tabs = page.getByRole("tablist");
  expect(await tabs.isVisible().catch(() => false)).toBe(false);
  await page.getByRole("option").nth(1).click();
  await tabs.waitFor();
  expect(await list.isVisible()).toBe(false);
  await page.getByRole("button", { name: "Back to the list" }).click();
  await list.waitFor();
  await page.keyboard.press("Enter");
  await tabs.waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor();
  expect(await page.getByRole("option", { selected: true }).isVisible()).toBe(true);
});

test("long lines in a pane make the window no wider, and a focus moves it nowhere", async () => {
  for (const language of ["en", "zh"] as const) {
    const page = await open({ rows: 300, language, width: 900, height: 600 });
    await page.getByRole("option").nth(5).click();
    await page.keyboard.press("p");
    await page.keyboard.press("n");
    await page.locator(".note input").fill("a long note ".repeat(9));
    await page.keyboard.press("Enter");
    await page.getByRole("option").nth(5).getByText("a long note").waitFor();
    const edges = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.window, .window > *')].flatMap((part) => [part.getBoundingClientRect().left, part.getBoundingClientRect().right])",
    );
    expect([...new Set(edges)]).toEqual([0, 900]);
    await page.close();
  }
});

test("the theme follows the system until one is chosen, and is remembered", async () => {
  const page = await open({ theme: "dark" });
  const dark = await ground(page);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await ground(page);
  expect(light).not.toBe(dark);
  const toggle = page.getByRole("button", { name: /^Theme/ });
  await toggle.click();
  expect(await scheme(page)).toBe("light");
  await toggle.click();
  expect(await scheme(page)).toBe("dark");
  expect(await ground(page)).toBe(dark);
  await page.reload();
  await toggle.waitFor();
  expect(await scheme(page)).toBe("dark");
});

test("the language follows the system, can be changed, and is remembered", async () => {
  const page = await open({ language: "zh" });
  await page.getByText("全部捕获").waitFor();
  expect(await page.evaluate("document.documentElement.lang")).toBe("zh-Hans");
  await page.keyboard.press("Control+,");
  await page
    .getByRole("radiogroup", { name: "语言" })
    .getByRole("radio", { name: "English" })
    .check();
  await page.getByText("All captures").waitFor();
  await page.reload();
  await page.getByText("All captures").waitFor();
});

test("`?` shows the keys, Escape closes them, and the focus goes back", async () => {
  const page = await open();
  const opener = page.getByRole("button", { name: "Copy address" });
  await opener.focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  await page.keyboard.press("j");
  expect(await page.getByRole("option", { selected: true }).count()).toBe(0);
  await page.keyboard.press("Escape");
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
});

test("one notice is told in the bar, several in a list", async () => {
  const page = await open({ scene: "overfull", rows: 5 });
  await page.getByRole("button", { name: "3 notices" }).click();
  expect(await page.getByRole("dialog").getByRole("listitem").count()).toBe(3);
});

test("all of the window is reached by Tab, in the order in which it is seen", async () => {
  const page = await open({ rows: 50 });
  await page.keyboard.press("j");
  const seen: string[] = [];
  for (let stop = 0; stop < 60; stop += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate<string>(
      "(document.activeElement.getAttribute('role') ?? document.activeElement.tagName) + ' ' + (document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText).split('\\n')[0]",
    );
    if (at.startsWith("BODY")) break;
    seen.push(at);
  }
  const order = [
    "listbox",
    "separator Width of the captures",
    "tab Body",
    "BUTTON Copy body",
    "region Fields of the form",
    "BUTTON 50 captures",
  ];
  const places = order.map((name) => seen.findIndex((at) => at.startsWith(name)));
  expect(
    places.every((place) => place >= 0),
    seen.join("\n"),
  ).toBe(true);
  expect(places).toEqual([...places].sort((one, other) => one - other));
});
