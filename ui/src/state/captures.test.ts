import { expect, test } from "vitest";

import type { CaptureRow } from "../bindings/CaptureRow";
import type { ListInfo } from "../bindings/ListInfo";
import { FakeBackend } from "../backend/fake/fake";
import { fakeBackend } from "../backend/fake/scenes";
import { Captures, EVERYTHING } from "./captures.svelte";

const settle = () => new Promise((done) => setTimeout(done));

async function opened(rows: number) {
  const backend = fakeBackend(`?rows=${rows}`);
  const looked: CaptureRow[] = [];
  const captures = new Captures(backend, (row) => looked.push(row));
  await captures.show(EVERYTHING);
  captures.view(0, 20);
  await settle();
  return { backend, captures, looked };
}

test("the newest capture is the first row", async () => {
  const { captures } = await opened(1204);
  expect(captures.shown).toBe(1204);
  expect(captures.row(0)?.seq).toBe(1203);
  expect(captures.row(19)?.seq).toBe(1184);
});

test("while live, an arrival becomes the first row", async () => {
  const { backend, captures } = await opened(10);
  backend.arrive(3);
  await captures.grow();
  await settle();
  expect(captures.shown).toBe(13);
  expect(captures.row(0)?.seq).toBe(12);
});

test("choosing by hand pauses: rows stand still and the new are counted", async () => {
  const { backend, captures } = await opened(100);
  captures.choose(4);
  const before = captures.row(4)?.id;
  backend.arrive(7);
  await captures.grow();
  expect(captures.isLive).toBe(false);
  expect(captures.shown).toBe(100);
  expect(captures.fresh).toBe(7);
  expect(captures.row(4)?.id).toBe(before);
});

test("following again shows all that came", async () => {
  const { backend, captures } = await opened(100);
  captures.pause();
  backend.arrive(7);
  await captures.grow();
  captures.follow();
  expect([captures.shown, captures.fresh]).toEqual([107, 0]);
});

test("the first arrival in an empty list is looked at, and the list stays live", async () => {
  const { backend, captures, looked } = await opened(0);
  backend.arrive(1);
  await captures.grow();
  await settle();
  expect(looked.map(({ seq }) => seq)).toEqual([0]);
  expect(captures.isLive).toBe(true);
});

test("later arrivals do not change what is looked at", async () => {
  const { backend, captures, looked } = await opened(0);
  backend.arrive(1);
  await captures.grow();
  backend.arrive(5);
  await captures.grow();
  await settle();
  expect(looked.map(({ seq }) => seq)).toEqual([0]);
});

test("steps stay within the list", async () => {
  const { captures } = await opened(5);
  captures.step(-1);
  expect(captures.chosen).toBe(4);
  captures.step(99);
  expect(captures.chosen).toBe(0);
  captures.step(-2);
  expect(captures.chosen).toBe(2);
});

test("a row that is not in memory can be chosen", async () => {
  const { captures, looked } = await opened(100_000);
  captures.choose(99_999);
  await settle();
  expect(looked.at(-1)?.seq).toBe(0);
});

test("an empty list has nothing to choose", async () => {
  const { captures, looked } = await opened(0);
  captures.step(1);
  await settle();
  expect(captures.chosen).toBeNull();
  expect(looked).toEqual([]);
});

test("a filter counts what matches and shows it", async () => {
  const { captures } = await opened(2000);
  await captures.showQuery("harbor");
  await settle();
  expect(captures.shown).toBeGreaterThan(0);
  expect(captures.shown).toBeLessThan(2000);
  expect(captures.row(0)?.target).toContain("harbor");
});

test("a query of only spaces are no filter", async () => {
  const { captures } = await opened(20);
  await captures.showQuery("   ");
  expect(captures.filter.query).toBeNull();
  expect(captures.shown).toBe(20);
});

test("typing fast opens few lists and leaves one open", async () => {
  const { backend, captures } = await opened(500);
  await Promise.all(["g", "gi", "git", "gith", "github"].map((text) => captures.showQuery(text)));
  expect(captures.shownFilter.query).toBe("github");
  expect(backend.asked.filter((asked) => asked.startsWith("openList"))).toHaveLength(3);
  expect(backend.openLists).toBe(1);
});

test("a burst is taken in with few questions", async () => {
  const { backend, captures } = await opened(100);
  const before = backend.asked.length;
  const grown = Array.from({ length: 2000 }, () => {
    backend.arrive(1);
    return captures.grow();
  });
  await Promise.all(grown);
  expect(captures.shown).toBe(2100);
  expect(backend.asked.length - before).toBeLessThanOrEqual(4);
});

test("growth of a list that has been left does not count", async () => {
  const answers: ((info: ListInfo) => void)[] = [];
  class Slow extends FakeBackend {
    override growList(): Promise<ListInfo> {
      return new Promise((answer) => answers.push(answer));
    }
  }
  const { start } = fakeBackend("?rows=50");
  const captures = new Captures(new Slow(start), () => undefined);
  await captures.show(EVERYTHING);
  const grown = captures.grow();
  await captures.showQuery("no such words anywhere");
  answers[0]?.({ list: 1, count: 51, behind: 0 });
  await grown;
  expect(captures.count).toBe(0);
});

test("a list that cannot be opened says so, and can be tried again", async () => {
  let isBroken = true;
  class Broken extends FakeBackend {
    override openList(...filter: Parameters<FakeBackend["openList"]>): Promise<ListInfo> {
      const failure = Object.assign(new Error("disk"), { code: "store" });
      return isBroken ? Promise.reject(failure) : super.openList(...filter);
    }
  }
  const captures = new Captures(new Broken(fakeBackend("?rows=5").start), () => undefined);
  await captures.show(EVERYTHING);
  expect(captures.problem?.code).toBe("store");
  isBroken = false;
  await captures.show(EVERYTHING);
  expect(captures.problem).toBeNull();
  expect(captures.shown).toBe(5);
});

test("rows whose captures were passed on tell it, without moving", async () => {
  const { backend, captures } = await opened(0);
  backend.arrive(60);
  await captures.grow();
  await settle();
  const before = captures.row(5)?.id;
  const forwarded = () => [...Array(20).keys()].filter((at) => captures.row(at)?.delivery);
  expect(forwarded()).toEqual([]);
  const told: string[] = [];
  backend.onEvents((events) => {
    for (const event of events) if (event.kind === "delivered") told.push(...event.captures);
  });
  backend.deliver();
  await captures.refresh(told);
  expect(forwarded().length).toBeGreaterThan(0);
  expect(captures.row(5)?.id).toBe(before);
});

test("captures that have gone leave the list, and the chosen row stays where it stood", async () => {
  const { backend, captures } = await opened(200);
  captures.choose(4);
  await settle();
  const chosen = captures.row(4)?.id;
  backend.arrive(2);
  await captures.grow();
  await backend.saveRetention({ maxAgeMs: null, maxCaptures: 100, maxBytes: null });
  await captures.mend();
  await settle();
  expect(captures.count).toBe(114);
  expect(captures.fresh).toBe(2);
  expect(captures.isLive).toBe(false);
  captures.view(0, 20);
  await settle();
  expect(captures.row(4)?.id).toBe(chosen);
  expect(captures.chosen === null ? null : captures.position(captures.chosen)).toBe(4);
  expect(backend.openLists).toBe(1);
});

test("while live, a list that asks for failures holds those that come", async () => {
  const { backend, captures } = await opened(0);
  await captures.showQuery("is:failed");
  backend.arrive(60);
  await captures.grow();
  expect(captures.shown).toBe(0);
  backend.deliver();
  await captures.reconsider();
  expect(captures.shown).toBeGreaterThan(0);
  captures.pause();
  const { list } = captures;
  await captures.reconsider();
  expect(captures.list).toBe(list);
});
