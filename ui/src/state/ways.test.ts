import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Ways } from "./ways.svelte";

/** The ways of the first endpoint that passes on. */
async function waysOf() {
  const backend = fakeBackend("?rows=5");
  const endpoint = backend.start.endpoints.find(({ forwards }) => forwards.length > 0);
  const ways = new Ways(backend, endpoint?.id ?? "");
  await ways.load();
  const [way] = ways.all;
  if (!way) throw new Error("nothing is passed on");
  return { backend, ways, way };
}

const put = (asked: string[]) => asked.filter((one) => one.startsWith("putForward"));

test("only what was changed is saved, and not to a target that is gone", async () => {
  const { backend, ways, way } = await waysOf();
  expect(ways.isChanged).toBe(false);
  expect(await ways.save([way.target])).toBe(true);
  way.retries = "7";
  expect(ways.isChanged).toBe(true);
  expect(await ways.save([])).toBe(true);
  expect(put(backend.asked)).toEqual([]);
  expect(await ways.save([way.target])).toBe(true);
  expect(put(backend.asked)).toHaveLength(1);
});

test("a number or a filter that cannot be keeps all of it from being saved", async () => {
  const { backend, ways, way } = await waysOf();
  way.atOnce = "0";
  expect([ways.isRight(way, "atOnce"), await ways.save([way.target])]).toEqual([false, false]);
  way.atOnce = "2";
  way.filter = "nonsense:maybe";
  await ways.read(way);
  expect(ways.faults[way.target]).toBeDefined();
  expect(await ways.save([way.target])).toBe(false);
  expect(put(backend.asked)).toEqual([]);
});

test("what the engine refuses is told of its target", async () => {
  const { ways, way } = await waysOf();
  way.pin = "nonsense";
  expect(await ways.save([way.target])).toBe(false);
  expect(ways.problems[way.target]?.message).toContain("nonsense");
});
