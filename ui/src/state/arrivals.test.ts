import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Arrivals } from "./arrivals.svelte";

test("every capture of the list is in one slot", async () => {
  const backend = fakeBackend("?rows=500");
  const arrivals = new Arrivals(backend, 0);
  const { list, count } = await backend.openList({ endpoint: null, text: null, query: "is:held" });
  await arrivals.load(list);
  const { captures, ok, failed, none } = arrivals.sums;
  expect(captures).toBe(count);
  expect(ok + failed + none).toBe(count);
  expect(failed).toBeGreaterThan(0);
});

test("a list that was closed leaves what was shown", async () => {
  const backend = fakeBackend("?rows=50");
  const arrivals = new Arrivals(backend, 0);
  const { list } = await backend.openList({ endpoint: null, text: null, query: null });
  await arrivals.load(list);
  await backend.closeList(list);
  await arrivals.load(list);
  expect(arrivals.sums.captures).toBe(50);
});
