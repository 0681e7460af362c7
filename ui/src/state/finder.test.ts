import { expect, test } from "vitest";

import { Finder } from "./finder.svelte";

const places = (count: number) =>
  Array.from({ length: count }, (_, row) => ({ row, start: 1, end: 2 }));

test("places are gone through round and round", async () => {
  const finder = new Finder(() => Promise.resolve({ total: 3, places: places(3) }));
  await finder.ask("x");
  expect([finder.total, finder.current?.row]).toEqual([3, 0]);
  finder.step(-1);
  expect(finder.current?.row).toBe(2);
  finder.step(1);
  expect(finder.current?.row).toBe(0);
  expect(finder.in(1)).toHaveLength(1);
  expect(finder.in(9)).toEqual([]);
});

test("an empty needle seeks nothing, and a late answer is not taken for a newer one", async () => {
  const asked: string[] = [];
  const finder = new Finder((needle) => {
    asked.push(needle);
    return Promise.resolve({ total: needle.length, places: places(1) });
  });
  await Promise.all([finder.ask("a"), finder.ask("ab"), finder.ask("abc")]);
  expect(finder.total).toBe(3);
  await finder.ask("");
  expect([finder.total, finder.current]).toEqual([null, undefined]);
  expect(asked).not.toContain("");
});

test("what cannot be sought says why", async () => {
  const finder = new Finder(() => Promise.reject(new Error("gone")));
  await finder.ask("x");
  expect(finder.problem?.message).toBe("gone");
});
