import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import type { Heard } from "./heard";
import { HeardPerFrame } from "./heard";

let frames: FrameRequestCallback[] = [];

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => frames.push(frame));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const draw = () => {
  for (const frame of frames.splice(0)) frame(0);
};

test("two thousand arrivals are one sum at the next frame", () => {
  const heard: Heard[] = [];
  const perFrame = new HeardPerFrame((sum) => heard.push(sum));
  const backend = fakeBackend("?rows=10");
  backend.onEvents((events) => perFrame.add(events));
  backend.arrive(2000);
  expect(heard).toEqual([]);
  expect(frames).toHaveLength(1);
  draw();
  expect(heard).toHaveLength(1);
  expect(heard[0]?.captured).toBe(2000);
  expect(heard[0]?.status?.captures).toBe(2010);
});

test("the next frame begins from nothing", () => {
  const heard: Heard[] = [];
  const perFrame = new HeardPerFrame((sum) => heard.push(sum));
  perFrame.add([{ kind: "captured", count: 2 }, { kind: "endpoints" }]);
  draw();
  perFrame.add([{ kind: "captured", count: 3 }]);
  draw();
  draw();
  const nothing = {
    delivered: [],
    status: null,
    hasEndpoints: false,
    hasRan: false,
    hasRemoved: false,
    isMarked: false,
    verified: null,
    working: undefined,
    replays: [],
  };
  expect(heard).toEqual([
    { ...nothing, captured: 2, hasEndpoints: true },
    { ...nothing, captured: 3 },
  ]);
});

test("of how far work is only the newest counts, and its end is told", () => {
  const heard: Heard[] = [];
  const perFrame = new HeardPerFrame((sum) => heard.push(sum));
  const progress = (done: number) => ({ work: "backup", done, total: 9 }) as const;
  perFrame.add([1, 2, 3].map((done) => ({ kind: "working", progress: progress(done) })));
  draw();
  perFrame.add([{ kind: "working", progress: progress(9) }, { kind: "removed" }]);
  perFrame.add([{ kind: "working", progress: null }]);
  draw();
  expect(heard[0]?.working).toEqual(progress(3));
  expect(heard[1]).toMatchObject({ working: null, hasRemoved: true });
});

test("verdicts of several batches are one, also those of captures without any", () => {
  const heard: Heard[] = [];
  const perFrame = new HeardPerFrame((sum) => heard.push(sum));
  perFrame.add([{ kind: "verified", captures: ["a"] }]);
  perFrame.add([{ kind: "verified", captures: ["b"] }]);
  draw();
  perFrame.add([{ kind: "verified", captures: [] }]);
  draw();
  expect(heard.map(({ verified }) => verified)).toEqual([["a", "b"], []]);
});

test("that something ran is heard once, however often it was told", () => {
  const heard: Heard[] = [];
  const perFrame = new HeardPerFrame((sum) => heard.push(sum));
  perFrame.add([{ kind: "ran" }, { kind: "ran" }]);
  draw();
  expect(heard.map(({ hasRan }) => hasRan)).toEqual([true]);
});
