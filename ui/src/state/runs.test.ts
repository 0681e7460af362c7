import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Runs, stateOf } from "./runs.svelte";

async function newest() {
  const backend = fakeBackend("?rows=20");
  const { list, count } = await backend.openList({ endpoint: null, text: null, query: null });
  const rows = await backend.rows(list, 0, count);
  const ids = rows.map(({ id }) => id);
  return { backend, capture: ids.at(-1) ?? "", other: ids[0] ?? "" };
}

test("what failed before anybody looked is not told again", async () => {
  const { backend, capture } = await newest();
  backend.end(backend.trigger("local", "old", capture, "running"), 1, "it left with status 1");
  const runs = new Runs(backend, null);
  await runs.load();
  expect(runs.failed).toBe(0);
  const number = backend.trigger("local", "deploy", capture, "running");
  await runs.load();
  expect(runs.running).toBe(1);
  backend.end(number, 1, "it left with status 1");
  await runs.load();
  expect([runs.running, runs.failed]).toEqual([0, 1]);
  runs.see();
  expect(runs.failed).toBe(0);
});

test("the runs of a capture are its own", async () => {
  const { backend, capture, other } = await newest();
  backend.trigger("local", "deploy", capture, "running");
  const runs = new Runs(backend, other);
  await runs.load();
  expect(runs.all).toEqual([]);
});

test("what the opened run writes is read as it goes on", async () => {
  const { backend, capture } = await newest();
  const number = backend.trigger("local", "deploy", capture, "running");
  const runs = new Runs(backend, capture);
  await runs.toggle(number);
  expect(runs.output?.text).toBe("");
  backend.write(number, "Building\n");
  await runs.load();
  expect(runs.output?.text).toBe("Building\n");
  await runs.toggle(number);
  expect(runs.output).toBeNull();
});

test("a run that nobody let run waits for its owner", async () => {
  const { backend, capture } = await newest();
  backend.trigger("local", "notify", capture, "unconfirmed");
  const runs = new Runs(backend, null);
  await runs.load();
  expect(runs.unconfirmed).toBe(1);
  expect(runs.all?.map(stateOf)).toEqual(["unconfirmed"]);
});
