import { beforeEach, expect, test, vi } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Desk } from "./desk.svelte";

const nothing = { getItem: () => null, setItem: () => undefined };
const settle = () => new Promise((done) => setTimeout(done, 5));

beforeEach(() => {
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw));
});

/** A desk on `rows` captures, of which the first on screen are in view. */
async function deskOn(rows: number) {
  const backend = fakeBackend(`?rows=${rows}`);
  const desk = new Desk(backend, nothing, "en");
  desk.start();
  await settle();
  desk.captures.view(0, 20);
  await settle();
  const seqs = (count: number) =>
    Array.from({ length: count }, (_, index) => desk.captures.row(index)?.seq);
  return { backend, desk, seqs };
}

test("after a deletion the next row on screen is looked at, and an undo brings the place back", async () => {
  const { desk, seqs } = await deskOn(10);
  desk.captures.choose(2);
  await settle();
  expect(desk.inspection.row?.seq).toBe(7);
  await desk.acts.delete();
  await settle();
  expect([desk.captures.shown, seqs(4)]).toEqual([9, [9, 8, 6, 5]]);
  expect(desk.inspection.row?.seq).toBe(6);
  expect(desk.toast.text).toBe("Deleted 1 capture");
  desk.toast.action?.act();
  await settle();
  expect([desk.captures.shown, seqs(4)]).toEqual([10, [9, 8, 7, 6]]);
  expect(desk.inspection.row?.seq).toBe(6);
  expect(desk.captures.chosen).toBe(6);
});

test("of the last rows the one above is looked at, and after all of them nothing", async () => {
  const { desk } = await deskOn(3);
  desk.captures.choose(2);
  await settle();
  await desk.acts.delete();
  await settle();
  expect(desk.inspection.row?.seq).toBe(1);
  await desk.picks.everything();
  await desk.acts.delete();
  await settle();
  expect([desk.captures.shown, desk.captures.chosen]).toEqual([0, null]);
  expect([desk.inspection.row, desk.inspection.detail]).toEqual([null, null]);
});

test("what stood still while paused stands still over a deletion", async () => {
  const { backend, desk, seqs } = await deskOn(10);
  desk.captures.choose(0);
  backend.arrive(3);
  await settle();
  expect(desk.captures.fresh).toBe(3);
  desk.captures.choose(4);
  await settle();
  await desk.acts.delete();
  await settle();
  expect([desk.captures.fresh, seqs(6)]).toEqual([3, [9, 8, 7, 6, 4, 3]]);
});

test("the first pick takes the chosen row along, and rows passed with Shift are picked", async () => {
  const { desk } = await deskOn(10);
  const { captures, picks } = desk;
  captures.choose(1);
  await settle();
  picks.toggle(4);
  expect([...picks.all]).toEqual([8, 5]);
  picks.toggle(1);
  expect([...picks.all]).toEqual([5]);
  picks.clear();
  captures.choose(6);
  await picks.extend(1);
  await picks.extend(1);
  expect([...picks.all].sort()).toEqual([1, 2, 3]);
  await captures.showEndpoint("local");
  expect(picks.count).toBe(0);
});

test("all of a list are picked, also those that were never read", async () => {
  const { backend, desk } = await deskOn(5000);
  await desk.picks.everything();
  await desk.acts.save(desk.acts.targets, "har");
  expect(backend.taken).toEqual(["5000 har"]);
});

test("pins are on top, and pinning the pinned frees them", async () => {
  const { desk } = await deskOn(10);
  desk.captures.choose(3);
  await settle();
  await desk.acts.pin();
  await settle();
  expect(desk.pinned.rows.map(({ seq }) => seq)).toEqual([6]);
  expect(desk.captures.row(3)?.isPinned).toBe(true);
  expect(desk.inspection.detail?.row.isPinned).toBe(true);
  await desk.acts.pin();
  await settle();
  expect([desk.pinned.count, desk.captures.row(3)?.isPinned]).toEqual([0, false]);
});

test("a note is written to what was meant when it was begun", async () => {
  const { desk } = await deskOn(10);
  desk.captures.choose(0);
  await settle();
  desk.acts.openNote();
  desk.captures.choose(1);
  await settle();
  await desk.acts.saveNote("ask Ada");
  await settle();
  expect([desk.captures.row(0)?.note, desk.captures.row(1)?.note]).toEqual(["ask Ada", null]);
});

test("two captures are compared in the order in which they came, whichever was chosen first", async () => {
  const { desk } = await deskOn(10);
  const { captures, comparing, acts } = desk;
  const [newer, older] = [captures.row(0), captures.row(5)];
  if (!newer || !older) throw new Error("they are in view");
  acts.compareRows(newer, older);
  await comparing.show(newer.id);
  expect(comparing.found?.before?.id).toBe(older.id);
  acts.compareRows(older, newer);
  expect(comparing.pair).toEqual({ before: older.id, after: newer.id });
  acts.comparePrevious();
  await comparing.show(newer.id);
  expect(comparing.found?.kinship).not.toBe("chosen");
});

test("secrets are copied only when they are asked for", async () => {
  const { backend, desk } = await deskOn(3);
  desk.captures.choose(0);
  await settle();
  await desk.acts.copyAs("curl");
  desk.acts.hasSecrets = true;
  await desk.acts.copyAs("curl");
  expect(backend.copied.map((text) => text.includes("s3cret"))).toEqual([false, true]);
});
