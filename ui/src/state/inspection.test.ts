import { expect, test } from "vitest";

import type { CaptureDetail } from "../bindings/CaptureDetail";
import { FakeBackend } from "../backend/fake/fake";
import { fakeBackend } from "../backend/fake/scenes";
import { Inspection } from "./inspection.svelte";

async function rows(backend: FakeBackend) {
  const { list, count } = await backend.openList({ endpoint: null, text: null, query: null });
  return backend.rows(list, 0, count);
}

test("the capture chosen last is the one shown, however late the others answer", async () => {
  const answers = new Map<string, () => void>();
  class Slow extends FakeBackend {
    override async detail(id: string): Promise<CaptureDetail> {
      await new Promise<void>((answer) => answers.set(id, answer));
      return super.detail(id);
    }
  }
  const backend = new Slow(fakeBackend("?rows=3").start);
  const inspection = new Inspection(backend);
  const [first, second, third] = await rows(backend);
  if (!first || !second || !third) throw new Error("there are three rows");
  void inspection.show(first);
  void inspection.show(second);
  const done = inspection.show(third);
  answers.get(first.id)?.();
  await new Promise((later) => setTimeout(later));
  expect(inspection.detail).toBeNull();
  answers.get(third.id)?.();
  await done;
  expect(inspection.detail?.row.id).toBe(third.id);
  expect(answers.has(second.id)).toBe(false);
});

test("a capture that cannot be read says so, and the next one clears it", async () => {
  const backend = fakeBackend("?rows=3");
  const inspection = new Inspection(backend);
  const [first, second] = await rows(backend);
  if (!first || !second) throw new Error("there are rows");
  await inspection.show({ ...first, id: "01936f2e-7c1a-7000-8000-00000000ffff" });
  expect(inspection.problem?.code).toBe("no_capture");
  await inspection.show(second);
  expect(inspection.problem).toBeNull();
  expect(inspection.detail?.row.id).toBe(second.id);
});

test("what came of the capture looked at is read when it is heard of, and of no other", async () => {
  const backend = fakeBackend("?rows=0");
  backend.arrive(40);
  const inspection = new Inspection(backend);
  const all = await rows(backend);
  const row = all.find(({ endpoint }) => endpoint === backend.start.endpoints[0]?.id);
  if (!row) throw new Error("one of them is passed on");
  await inspection.show(row);
  expect(inspection.deliveries).toEqual([]);
  backend.deliver();
  await inspection.hear(["another"]);
  expect(inspection.deliveries).toEqual([]);
  await inspection.hear(["another", row.id]);
  expect(inspection.deliveries).not.toEqual([]);
});
