// An endpoint from its making to its removal: address and token, settings, refusals, undo.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";

import { engine, open, settled } from "./window";

const lastCopied = (page: Page) => engine(page, (fake) => fake.copied.at(-1));
const saves = (page: Page) =>
  engine(page, (fake) =>
    fake.asked
      .filter((one) => one.startsWith("saveEndpoint"))
      .map((one) => one.slice("saveEndpoint ".length)),
  );
const drawer = (page: Page) => page.getByRole("dialog", { name: /^Settings of/ });

/** Opens the settings of GitHub's endpoint. */
async function settings(page: Page) {
  await page.getByRole("button", { name: /^GitHub/ }).click({ button: "right" });
  await drawer(page).getByRole("textbox", { name: "Status" }).waitFor();
  return drawer(page);
}

test("a webhook of one's own address shows URL and token, and asks for the token", async () => {
  const page = await open();
  await page.getByRole("button", { name: "New endpoint" }).click();
  await page.keyboard.type("Shop");
  await page.keyboard.press("Tab");
  await page.keyboard.type("my-shop");
  expect(
    await page.getByRole("checkbox", { name: "Senders have to show the token" }).isChecked(),
  ).toBe(true);
  await page.keyboard.press("Enter");
  await page.getByText("Shop is ready").waitFor();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Copy the URL" }).click();
  expect(await lastCopied(page)).toBe("https://hooks.example.dev/h/my-shop");
  expect(await dialog.getByText(/thk_/).count()).toBe(0);
  await dialog.getByRole("button", { name: "Copy the token" }).click();
  await dialog.getByText("Token copied").waitFor();
  expect(await lastCopied(page)).toMatch(/^thk_/);
  expect(await dialog.getByText(/thk_/).count()).toBe(0);
  await dialog.getByRole("button", { name: "Show the token" }).click();
  await dialog.getByText(/thk_/).waitFor();
  expect((await saves(page))[0]).toContain('"requiresToken":true');
});

test("an address that is taken is told at its field, and what was typed stays", async () => {
  const page = await open();
  for (const last of ["shop", "shop"]) {
    await page.getByRole("button", { name: "New endpoint" }).click();
    const address = page.getByRole("textbox", { name: "Own address" });
    await address.fill(last);
    await page.keyboard.press("Enter");
    await page.getByText(/is ready|is taken/).waitFor();
    if ((await page.getByText("is taken").count()) > 0) {
      expect(await address.inputValue()).toBe("shop");
      expect(await address.getAttribute("aria-invalid")).toBe("true");
      return;
    }
    await page.keyboard.press("Escape");
  }
  throw new Error("the second one was not refused");
});

test("an address that no relay takes is told before one is asked", async () => {
  const page = await open();
  await page.getByRole("button", { name: "New endpoint" }).click();
  await page.getByRole("textbox", { name: "Own address" }).fill("My Shop");
  await page.keyboard.press("Enter");
  await page.getByText("An address has 3 to 48 characters").waitFor();
  expect(await engine(page, (fake) => fake.asked.includes("newEndpoint"))).toBe(false);
});

test("`s` opens the settings of the endpoint looked at; what is saved is what was set", async () => {
  const page = await open();
  await page.getByRole("button", { name: /^Stripe/ }).click();
  await page.keyboard.press("s");
  await page.getByRole("dialog", { name: "Settings of Stripe" }).waitFor();
  await page.getByRole("textbox", { name: "Status" }).fill("202");
  await page.getByRole("textbox", { name: "Headers, one a line" }).fill("X-Who: relay");
  await page.getByRole("textbox", { name: "Body", exact: true }).fill("later");
  await page.getByRole("textbox", { name: "Methods taken" }).fill("POST, PUT");
  await page.getByRole("checkbox", { name: "Paused" }).check();
  expect(await saves(page)).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").waitFor();
  expect(await drawer(page).count()).toBe(0);
  const [saved] = await saves(page);
  const [, sent, forwards] = JSON.parse(saved ?? "[]") as unknown[];
  expect(sent).toEqual({
    isPaused: true,
    requiresToken: false,
    methods: ["POST", "PUT"],
    allowFrom: [],
    bodyLimitBytes: null,
    allowsCors: false,
    answer: { status: 202, headers: [["X-Who", "relay"]], body: "later", delayMs: 0 },
    deadlineMs: null,
  });
  expect(forwards).toEqual([{ target: "http://localhost:3000/stripe", isRemote: false }]);
});

test("my application answers, in time or the fallback does", async () => {
  const page = await open();
  await settings(page);
  await page.getByRole("radio", { name: /^My application/ }).check();
  const deadline = page.getByRole("textbox", { name: "Wait for it at most, in ms" });
  expect(await deadline.inputValue()).toBe("2500");
  await page.getByRole("group", { name: "Answer when the application does not" }).waitFor();
  await page.getByRole("textbox", { name: /Addresses of your applications/ }).fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Name your application's address").waitFor();
  await page.getByRole("textbox", { name: /Addresses of your applications/ }).fill("3000/hook");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").waitFor();
  expect((await saves(page))[0]).toContain('"deadlineMs":2500},[{"target":"3000/hook"');
});

test("another computer is sent to only when that was confirmed", async () => {
  const page = await open();
  await settings(page);
  await page
    .getByRole("textbox", { name: /Addresses of your applications/ })
    .fill("http://10.0.0.7:9/x");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Confirm this").waitFor();
  expect(await saves(page)).toEqual([]);
  const confirm = page.getByRole("checkbox", { name: /may be another computer/ });
  expect(await confirm.evaluate((box) => box === document.activeElement)).toBe(true);
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").waitFor();
  expect((await saves(page))[0]).toContain('{"target":"http://10.0.0.7:9/x","isRemote":true}');
});

test("what the relay refuses is told at the field it concerns, and nothing is lost", async () => {
  const page = await open();
  await settings(page);
  const ranges = page.getByRole("textbox", { name: "Addresses that may send" });
  await ranges.fill("192.0.2.0/24 everyone");
  await page.getByRole("textbox", { name: "Status" }).fill("204");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("`everyone` is not an address").waitFor();
  expect(await ranges.getAttribute("aria-invalid")).toBe("true");
  expect(await ranges.inputValue()).toBe("192.0.2.0/24 everyone");
  expect(await page.getByRole("textbox", { name: "Status" }).inputValue()).toBe("204");
});

test("leaving asks only when something was changed", async () => {
  const page = await open();
  await settings(page);
  await page.keyboard.press("Escape");
  expect(await drawer(page).count()).toBe(0);
  await settings(page);
  await page.getByRole("textbox", { name: "Status" }).fill("500");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.getByText("Your changes are not saved.").waitFor();
  await page.getByRole("button", { name: "Keep editing" }).click();
  expect(await page.getByRole("textbox", { name: "Status" }).inputValue()).toBe("500");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  expect(await drawer(page).count()).toBe(0);
  expect(await saves(page)).toEqual([]);
});

test("a new token is made once it was said what that does", async () => {
  const page = await open();
  await settings(page);
  await page.getByRole("button", { name: "Show the token" }).click();
  const token = page.getByText(/^thk_/);
  const before = await token.innerText();
  await page.getByRole("button", { name: "New token…" }).click();
  await page.getByText("The old token stops working at once.").waitFor();
  expect(await token.innerText()).toBe(before);
  await page.getByRole("button", { name: "Make a new token" }).click();
  await page.getByText("The endpoint has a new token").waitFor();
  expect(await token.innerText()).not.toBe(before);
});

test("a removed endpoint comes back by the toast", async () => {
  const page = await open();
  await settings(page);
  await page.getByRole("button", { name: "Remove the endpoint" }).click();
  const item = page.getByRole("button", { name: /^GitHub/ });
  await item.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await item.waitFor();
  await page.getByText("GitHub is back").waitFor();
});

test("the receiver on this computer passes on, and has nothing else to set", async () => {
  const page = await open();
  await page.getByRole("button", { name: /^Local receiver/ }).click({ button: "right" });
  await page.getByRole("textbox", { name: /Addresses of your applications/ }).fill(":3000");
  expect(await drawer(page).getByRole("textbox").count()).toBe(1);
  await page.keyboard.press("Tab");
  expect(await page.getByRole("button", { name: "Remove the endpoint" }).count()).toBe(0);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").waitFor();
  expect(await saves(page)).toEqual(['["local",null,[{"target":":3000","isRemote":false}]]']);
});

test("the focus goes back to where the settings were opened from", async () => {
  const page = await open();
  await page.getByRole("button", { name: /^GitHub/ }).click();
  const opener = page.getByRole("button", { name: "Settings of GitHub" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await drawer(page).waitFor();
  await page.keyboard.press("Escape");
  await settled(page);
  expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
});
