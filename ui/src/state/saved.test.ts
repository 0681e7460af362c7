import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Saved } from "./saved.svelte";

async function three() {
  const backend = fakeBackend("?rows=500");
  const saved = new Saved(backend, 0);
  await saved.keep("puts", "method:put");
  await saved.keep("held", "is:held");
  await saved.keep("failed", "is:failed");
  const names = () => saved.all.map(({ name }) => name);
  return { backend, saved, names };
}

test("filters are kept in the order that they were put in", async () => {
  const { backend, saved, names } = await three();
  await saved.move(2, -1);
  expect(names()).toEqual(["puts", "failed", "held"]);
  await saved.move(0, -1);
  await saved.move(2, 1);
  const again = new Saved(backend);
  await again.load();
  expect(again.all).toEqual(saved.all);
});

test("what was deleted comes back to its place", async () => {
  const { saved, names } = await three();
  const restore = await saved.remove(1);
  expect(names()).toEqual(["puts", "failed"]);
  await restore();
  expect(names()).toEqual(["puts", "held", "failed"]);
});

test("a name that is taken changes nothing", async () => {
  const { saved, names } = await three();
  await expect(saved.rename(0, "HELD")).rejects.toMatchObject({ code: "saved_taken" });
  expect(names()).toEqual(["puts", "held", "failed"]);
  await saved.rename(0, "orders");
  expect(names()[0]).toBe("orders");
});

test("each says how many it finds, and more when more have come", async () => {
  const { backend, saved } = await three();
  await saved.count();
  const before = saved.counts["is:held"]?.count ?? 0;
  expect(before).toBeGreaterThan(0);
  backend.arrive(200);
  await saved.count();
  expect(saved.counts["is:held"]?.count).toBeGreaterThan(before);
});
