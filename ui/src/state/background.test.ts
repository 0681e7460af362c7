import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Background } from "./background.svelte";

async function loaded() {
  const backend = fakeBackend("?rows=1");
  const background = new Background(backend);
  await background.load();
  return { backend, background };
}

test("a change holds at once and is kept", async () => {
  const { backend, background } = await loaded();
  const change = background.set({ hidesContents: true });
  expect(background.now?.hidesContents).toBe(true);
  await change;
  expect((await backend.background()).hidesContents).toBe(true);
});

test("a change that is refused is told and undone", async () => {
  const { backend, background } = await loaded();
  backend.native.refusal = "no space left";
  await background.set({ startsAtLogin: true });
  expect(background.now?.startsAtLogin).toBe(false);
  expect(background.problem?.message).toContain("no space left");
});

test("an endpoint that tells everything is not named", async () => {
  const { background } = await loaded();
  await background.setLoudness("local", "failures");
  expect(background.now?.endpoints).toEqual({ local: "failures" });
  await background.setLoudness("local", "all");
  expect(background.now?.endpoints).toEqual({});
});

test("muted is muted until then and no longer", async () => {
  const { background } = await loaded();
  const now = new Date(2026, 2, 31, 23, 30).getTime();
  await background.muteForAnHour(now);
  expect(background.mutedUntil(now)).toBe(now + 3_600_000);
  expect(background.mutedUntil(now + 3_600_000)).toBe(null);
  await background.muteUntilTomorrow(now);
  expect(background.mutedUntil(now)).toBe(new Date(2026, 3, 1, 8).getTime());
  await background.unmute();
  expect(background.mutedUntil(now)).toBe(null);
});

test("what the window changed while it was asked stays", async () => {
  const backend = fakeBackend("?rows=1");
  const background = new Background(backend);
  const loading = background.load();
  background.hear({ ...(await backend.background()), mutedUntilMs: 7 });
  await loading;
  expect(background.now?.mutedUntilMs).toBe(7);
});
