import { expect, test } from "vitest";

import { Format, dayNumber } from "./format";
import { glyphs, marked } from "./glyphs";
import { asciiOf, hexOf, offsetOf } from "./hex";
import { shortType } from "./media";
import { rowEnds } from "./rows";

const en = new Format("en");
const zh = new Format("zh");
const shown = (text: string) =>
  marked(text)
    .map(({ text, isMark }) => (isMark ? `<${text}>` : text))
    .join("");

test("what reorders, hides or has no width is marked", () => {
  expect(shown("abc\u202Egnp.exe")).toBe("abc<\\u{202e}>gnp.exe");
  expect(shown("a\u200Bb\u00ADc\u2028d\u0000")).toBe("a<\\u{200b}>b<\\u{ad}>c<\\u{2028}>d<\\u{0}>");
  expect(shown("\u2066x\u2069\uFEFF")).toBe("<\\u{2066}>x<\\u{2069}\\u{feff}>");
});

test("words of any script and whole emoji stay as they are", () => {
  for (const text of ["zażółć", "مرحبا بالعالم", "中文", "👩🏽‍💻 🇵🇱 ❤️", "a\tb", ""]) {
    expect(shown(text)).toBe(text);
  }
});

test("a joiner that joins no emoji is marked", () => {
  expect(shown("pay\u200Dpal")).toBe("pay<\\u{200d}>pal");
});

test("glyphs cover any bytes without a gap and without an overlap", () => {
  let seed = 1;
  const chance = () => (seed = Math.imul(seed, 48271) >>> 0) >>> 8;
  for (let round = 0; round < 300; round += 1) {
    const bytes = Uint8Array.from({ length: chance() % 60 }, () =>
      chance() % 3 === 0 ? chance() & 0x7f : chance() & 0xff,
    );
    let at = 0;
    for (const glyph of glyphs(bytes, 0, bytes.length)) {
      expect(glyph.at).toBe(at);
      at += glyph.size;
    }
    expect(at).toBe(bytes.length);
    const isUtf8 = [...glyphs(bytes, 0, bytes.length)].every(({ text }) => !text.startsWith("\\x"));
    const decode = () => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (isUtf8) expect(decode).not.toThrow();
    else expect(decode).toThrow();
  }
});

test("rows end after a line feed or before they would be too wide", () => {
  const bytes = new TextEncoder().encode("ab\ncdefg中xy");
  expect(rowEnds(bytes, 0, bytes.length, 4)).toEqual([3, 7, 12]);
});

test("a character wider than the row still has a row", () => {
  expect(rowEnds(Uint8Array.of(0xff, 0xff), 0, 2, 2)).toEqual([1]);
});

test("sizes count by thousands", () => {
  expect(
    [0, 999, 1000, 12_345, 999_949, 999_950, 38_214_000, 1.2e12].map((n) => en.bytes(n)),
  ).toEqual(["0 B", "999 B", "1 KB", "12.3 KB", "999.9 KB", "1 MB", "38.2 MB", "1.2 TB"]);
});

test("ages go from now to days, in both languages", () => {
  const ago = (format: Format, seconds: number) => format.ago(-seconds * 1000, 0);
  expect([0, 12, 59, 60, 3600, 90_000].map((s) => ago(en, s))).toEqual([
    "now",
    "12s ago",
    "59s ago",
    "1m ago",
    "1h ago",
    "yesterday",
  ]);
  expect(ago(zh, 12)).toBe("12秒前");
  expect(en.until(29_000, 0)).toBe("in 29s");
  expect([en.ago(700, 0), en.until(-5000, 0)]).toEqual(["now", "now"]);
});

test("spans are said in their largest unit", () => {
  expect([14, 2400, 2_400_000].map((ms) => en.span(ms))).toEqual(["14 ms", "2.4 sec", "40 min"]);
});

test("today and yesterday are called so", () => {
  const noon = new Date(2026, 10, 12, 12).getTime();
  expect(en.day(noon, noon)).toBe("today");
  expect(en.day(noon - 86_400_000, noon)).toBe("yesterday");
  expect(en.day(noon - 3 * 86_400_000, noon)).toBe("Nov 9");
  expect(en.day(new Date(2025, 8, 19).getTime(), noon)).toBe("Sep 19, 2025");
  expect(dayNumber(noon)).toBe(dayNumber(new Date(2026, 10, 12, 0, 1).getTime()));
});

test("content types are short and keep what tells them apart", () => {
  expect(shortType("application/json; charset=utf-8")).toBe("json");
  expect(shortType("application/x-www-form-urlencoded")).toBe("form");
  expect(shortType("application/vnd.acme.event+json")).toBe("acme.event+json");
  expect(shortType("image/png")).toBe("image/png");
  expect(shortType(null)).toBeNull();
  expect(shortType(" ; ")).toBeNull();
});

test("hexadecimal rows keep their width when bytes run out", () => {
  expect(offsetOf(16)).toBe("00000010");
  expect(hexOf(Uint8Array.of(1, 255), 8)).toBe("01 ff" + "   ".repeat(6));
  expect(hexOf(new Uint8Array(16), 16)).toHaveLength(16 * 3);
  expect(asciiOf(Uint8Array.of(0x41, 0x0a, 0x7f))).toBe("A··");
});
