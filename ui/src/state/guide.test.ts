import { expect, test, vi } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Desk } from "./desk.svelte";
import type { Shelf } from "./prefs.svelte";

function shelf(): Shelf {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
  };
}

async function started(search: string, kept = shelf()) {
  const backend = fakeBackend(search);
  const desk = new Desk(backend, kept, "en");
  const stop = desk.start();
  await vi.waitFor(() => {
    expect(desk.captures.isOpen && desk.status.now !== null).toBe(true);
  });
  await new Promise((later) => setTimeout(later));
  return { backend, desk, stop };
}

test("the first steps open by themselves only where nothing has arrived", async () => {
  const { desk: empty, stop } = await started("?scene=empty");
  expect(empty.guide.isOpen).toBe(true);
  stop();
  const { desk: used, stop: stopUsed } = await started("?rows=5");
  expect(used.guide.isOpen).toBe(false);
  stopUsed();
});

test("whoever does not want them again does not see them in the next run", async () => {
  const kept = shelf();
  const { desk, stop } = await started("?scene=empty", kept);
  desk.guide.hide();
  stop();
  const { desk: next, stop: stopNext } = await started("?scene=empty", kept);
  expect(next.guide.isOpen).toBe(false);
  next.openGuide();
  expect(next.guide.isOpen).toBe(true);
  stopNext();
});

test("the first arrival leaves them open; a capture chosen by hand takes their place", async () => {
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => setTimeout(frame));
  const { desk, stop } = await started("?scene=empty");
  await desk.sendTest();
  await vi.waitFor(() => {
    expect(desk.inspection.detail).not.toBeNull();
  });
  expect(desk.guide.isOpen).toBe(true);
  desk.captures.choose(0);
  await vi.waitFor(() => {
    expect(desk.guide.isOpen).toBe(false);
  });
  stop();
  vi.unstubAllGlobals();
});

test("steps stay within the first and the last", async () => {
  const { desk, stop } = await started("?rows=1");
  desk.guide.go(-1);
  expect(desk.guide.step).toBe("try");
  desk.guide.go(9);
  expect([desk.guide.step, desk.guide.isLast]).toEqual(["sender", true]);
  stop();
});
