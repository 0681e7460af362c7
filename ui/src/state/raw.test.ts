import { expect, test } from "vitest";

import type { Part } from "../bindings/Part";
import { FakeBackend } from "../backend/fake/fake";
import { fakeBackend } from "../backend/fake/scenes";
import { Raw, WINDOW } from "./raw.svelte";

/** The raw view of a capture with this head and body, and what was read of it. */
function rawOf(head: string, body: Uint8Array) {
  const parts = { head: new TextEncoder().encode(head), body };
  const read: [Part, number, number][] = [];
  class Given extends FakeBackend {
    override bytes(_: string, part: Part, from: number, count: number): Promise<Uint8Array> {
      read.push([part, from, count]);
      return Promise.resolve(parts[part].slice(from, from + count));
    }
  }
  const backend = new Given(fakeBackend("?rows=1").start);
  return { raw: new Raw(backend, "any", parts.head.length, body.length), read };
}

const rowsOf = (raw: Raw) => Array.from({ length: raw.rows }, (_, index) => raw.row(index));
const textOf = (raw: Raw) => rowsOf(raw).map(({ runs }) => runs.map(({ text }) => text).join(""));

const HEAD = "POST /x HTTP/1.1\r\nHost: a\r\n\r\n";
const encode = (text: string) => new TextEncoder().encode(text);

async function readAll(raw: Raw): Promise<void> {
  while (raw.loaded < raw.total) await raw.view(raw.rows);
}

test("head and body stand in rows with their line ends to be seen", async () => {
  const { raw } = rawOf(HEAD, encode("a\tb\nc"));
  await raw.layOut(80);
  expect(textOf(raw)).toEqual([
    "POST /x HTTP/1.1\\r\\n",
    "Host: a\\r\\n",
    "\\r\\n",
    "a\\tb\\n",
    "c",
  ]);
  expect(rowsOf(raw).map(({ part }) => part)).toEqual(["head", "head", "head", "body", "body"]);
});

test("a row never has bytes of both head and body", async () => {
  const { raw } = rawOf("POST / HTTP/1.1", encode("body"));
  await raw.layOut(80);
  expect(textOf(raw)).toEqual(["POST / HTTP/1.1", "body"]);
});

test("nothing is read before the width is known", async () => {
  const { raw, read } = rawOf(HEAD, encode("x"));
  await raw.view(40);
  expect(read).toEqual([]);
});

test("a large body is read by windows, as far as the view goes", async () => {
  const { raw, read } = rawOf(HEAD, new Uint8Array(10 * WINDOW).fill(0x78));
  await raw.layOut(100);
  expect(raw.loaded).toBeLessThan(2 * WINDOW);
  await raw.view(raw.rows);
  expect(read.filter(([part]) => part === "body")).toEqual([
    ["body", 0, WINDOW],
    ["body", WINDOW, WINDOW],
  ]);
});

test("every byte is shown once and in order, at any width and across windows", async () => {
  const text = "zażółć gęślą jaźń 👩🏽‍💻 中文\r\n".repeat(2500);
  for (const columns of [7, 40, 133]) {
    const { raw } = rawOf(HEAD, encode(text));
    await raw.layOut(columns);
    await readAll(raw);
    const shown = textOf(raw).join("");
    expect(shown).toBe(
      (HEAD + text)
        .replaceAll("\r", "\\r")
        .replaceAll("\n", "\\n")
        .replaceAll("\u200d", "\\u{200d}"),
    );
  }
});

test("bytes that are not UTF-8 are shown as their numbers", async () => {
  const { raw } = rawOf(HEAD, Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0x00));
  await raw.layOut(80);
  expect(textOf(raw).at(-1)).toBe("a\\xff\\xc3(\\u{0}");
});

test("another width breaks the rows anew from what is here", async () => {
  const { raw, read } = rawOf(HEAD, encode("0123456789".repeat(3)));
  await raw.layOut(80);
  const before = read.length;
  await raw.layOut(10);
  expect(textOf(raw).slice(-3)).toEqual(["0123456789", "0123456789", "0123456789"]);
  expect(read.length).toBe(before);
});

test("bytes that never come are an error, not an endless wait", async () => {
  const { raw } = rawOf(HEAD, new Uint8Array(0));
  const short = new Raw(
    new FakeBackend({ ...fakeBackend("?rows=1").start, rows: 1 }),
    "01936f2e-7c1a-7000-8000-000000000000",
    5,
    1_000_000,
  );
  await short.layOut(80);
  await readUntilStuck(short);
  expect(short.problem).not.toBeNull();
  expect(raw.problem).toBeNull();
});

async function readUntilStuck(raw: Raw): Promise<void> {
  for (let tries = 0; tries < 50 && raw.problem === null; tries += 1) await raw.view(raw.rows);
}
