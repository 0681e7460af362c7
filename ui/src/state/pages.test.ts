import { expect, test, vi } from "vitest";

import { KEPT_PAGES, PAGE, Pages } from "./pages.svelte";

const numbers = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => from + at);

/** A sequence of numbers that grows, and a note of what was fetched. */
function sequence(length: number) {
  const fetched: [from: number, count: number][] = [];
  const source = { length };
  const failed = vi.fn();
  const pages = new Pages<number>(
    (from, count) => {
      fetched.push([from, count]);
      return Promise.resolve(numbers(from, Math.max(0, Math.min(count, source.length - from))));
    },
    failed,
    length,
  );
  return { pages, fetched, source, failed };
}

const settle = () => new Promise((done) => setTimeout(done));

test("only the pages in view are fetched", async () => {
  const { pages, fetched } = sequence(1_000_000);
  pages.want(500_010, 500_040);
  await settle();
  expect(fetched.reduce((sum, [, count]) => sum + count, 0)).toBeLessThanOrEqual(2 * PAGE);
  expect(numbers(500_010, 30).map((index) => pages.at(index))).toEqual(numbers(500_010, 30));
  expect(pages.at(0)).toBeUndefined();
});

test("what is here is not fetched again", async () => {
  const { pages, fetched } = sequence(1000);
  pages.want(0, 30);
  pages.want(5, 40);
  await settle();
  pages.want(3, 20);
  await settle();
  expect(fetched).toEqual([[0, PAGE]]);
});

test("memory stays bounded however far the view goes", async () => {
  const { pages } = sequence(1_000_000);
  for (let first = 0; first < 1_000_000; first += 9973) pages.want(first, first + 40);
  await settle();
  expect(pages.kept).toBeLessThanOrEqual(KEPT_PAGES * PAGE);
  expect(pages.at(990_000)).toBeUndefined();
});

test("a page that was short is filled when the sequence has grown", async () => {
  const { pages, source, fetched } = sequence(10);
  pages.want(0, 40);
  await settle();
  source.length = 25;
  pages.grow(25);
  pages.want(0, 40);
  await settle();
  expect(numbers(0, 25).map((index) => pages.at(index))).toEqual(numbers(0, 25));
  expect(fetched).toEqual([
    [0, 10],
    [10, 15],
  ]);
});

test("growth while a page is under way is not lost", async () => {
  const { pages, source } = sequence(10);
  pages.want(0, 10);
  source.length = 12;
  pages.grow(12);
  pages.want(0, 12);
  await settle();
  expect(pages.at(11)).toBe(11);
});

test("a source with less than it said is not asked for ever", async () => {
  const { pages, source, fetched } = sequence(100);
  source.length = 10;
  pages.want(0, 40);
  await settle();
  pages.want(0, 40);
  await settle();
  expect(fetched).toHaveLength(1);
});

test("a failure is told once and does not stop later pages", async () => {
  const failed = vi.fn();
  const pages = new Pages<number>(
    (from, count) =>
      from === 0 ? Promise.reject(new Error("gone")) : Promise.resolve(numbers(from, count)),
    failed,
    1000,
  );
  pages.want(0, 10);
  pages.want(PAGE, PAGE + 10);
  await settle();
  expect(failed).toHaveBeenCalledTimes(1);
  expect(pages.at(PAGE)).toBe(PAGE);
});

test("what became stale is read again, and nothing else", async () => {
  const { pages, fetched } = sequence(200);
  pages.want(0, 130);
  await settle();
  fetched.length = 0;
  await pages.refresh((item) => item === 70 || item === 72);
  expect(fetched).toEqual([[70, 3]]);
  expect(numbers(0, 130).map((at) => pages.at(at))).toEqual(numbers(0, 130));
});

test("what was being read when it became stale is read once more", async () => {
  let version = 1;
  const answers: (() => void)[] = [];
  const pages = new Pages<string>(
    async (from, count) => {
      const read = numbers(from, count).map((at) => `${at} v${version}`);
      await new Promise<void>((answer) => answers.push(answer));
      return read;
    },
    vi.fn(),
    3,
  );
  pages.want(0, 3);
  version = 2;
  const refreshed = pages.refresh((item) => item.startsWith("1 "));
  answers.shift()?.();
  await settle();
  answers.shift()?.();
  await refreshed;
  expect(numbers(0, 3).map((at) => pages.at(at))).toEqual(["0 v1", "1 v2", "2 v1"]);
});
