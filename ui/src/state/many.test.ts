import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { asText } from "../again/report";
import { Many, sorted } from "./many.svelte";

const EVERYTHING = { filter: { endpoint: null, text: null, query: null } };

function many(rows: number) {
  const backend = fakeBackend(`?rows=${String(rows)}`);
  const many = new Many(backend);
  backend.onEvents((events) => {
    many.hear(events.flatMap((event) => (event.kind === "replay" ? [event.progress] : [])));
  });
  return { backend, many };
}

test("how far a replay is, is known even when that was told before its number", async () => {
  const { many: all } = many(10);
  all.open(EVERYTHING, 10, "3000");
  expect(await all.start(false)).toBe(true);
  expect(all.progress).toMatchObject({ state: "done", total: 10 });
});

test("a replay rests, goes on and is cancelled", async () => {
  const { backend, many: all } = many(10);
  backend.holdsReplays = true;
  all.open(EVERYTHING, 10, "3000");
  await all.start(false);
  await all.rest(true);
  expect(all.progress?.state).toBe("paused");
  await all.rest(false);
  expect(all.progress?.state).toBe("running");
  await all.cancel();
  expect(all.progress?.state).toBe("cancelled");
});

test("the report has the failed ones first, then those that differ, and is told as text", async () => {
  const { many: all } = many(10);
  all.open(EVERYTHING, 10, "3000");
  all.form.isTwice = true;
  await all.start(false);
  await all.openReport(3);
  const { report } = all;
  if (!report) throw new Error("no report");
  const order = sorted(report.captures).map(({ capture }) =>
    Number.parseInt(capture.slice(-2), 16),
  );
  expect(order).toEqual([2, 3, 7, 0, 1, 4, 5, 6, 8, 9]);
  expect(Object.keys(all.rows)).toHaveLength(3);
  const [head, first] = asText(report, all.rows).split("\n");
  expect(head).toContain("10 of 10, 3 failed, 2 differing");
  expect(first).toContain("differs: status, body");
});

test("what cannot be right is named before anything is sent", async () => {
  const { backend, many: all } = many(3);
  all.open(EVERYTHING, 3, "");
  for (const [change, flaw] of [
    [{ to: "not a host" }, "to"],
    [{ pace: "own", factor: "0" }, "factor"],
    [{ seed: "4294967296" }, "seed"],
    [{ drop: "101" }, "share"],
  ] as const) {
    all.open(EVERYTHING, 3, "");
    Object.assign(all.form, change);
    expect(all.flaw).toBe(flaw);
    expect(await all.start(false)).toBe(false);
  }
  expect(backend.asked.some((one) => one.startsWith("startReplay"))).toBe(false);
});
