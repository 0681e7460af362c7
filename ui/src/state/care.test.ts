import { expect, test, vi } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Care } from "./care.svelte";

async function opened(rows = 1204) {
  const backend = fakeBackend(`?rows=${String(rows)}`);
  const care = new Care(backend);
  backend.onEvents((events) => {
    for (const event of events) if (event.kind === "working") care.hear(event.progress);
  });
  await care.open();
  return { backend, care };
}

const previews = (asked: string[]) => asked.filter((one) => one.startsWith("prunePreview"));

test("what would go is told before anything goes, and nothing goes by typing", async () => {
  const { backend, care } = await opened();
  care.form.captures = "1,000";
  care.typed();
  await vi.waitFor(() => {
    expect(care.preview?.captures).toBe(192);
  });
  expect(backend.asked.some((one) => one.startsWith("saveRetention"))).toBe(false);
  await care.save();
  expect(backend.asked).toContain(
    'saveRetention {"maxAgeMs":null,"maxCaptures":1000,"maxBytes":null}',
  );
  expect(care.view?.sizes.captures).toBe(1012);
  expect(care.form).toEqual({ days: "", captures: "1000", megabytes: "" });
  expect(care.isChanged).toBe(false);
});

test("what is no whole number is not asked about and not saved", async () => {
  const { backend, care } = await opened();
  for (const text of ["0", "-3", "1.5", "many", "99999999999999999999"]) {
    care.form.days = text;
    care.typed();
    expect(care.isFlawed("days")).toBe(true);
    await care.save();
  }
  expect(previews(backend.asked)).toEqual([]);
  expect(backend.asked.some((one) => one.startsWith("saveRetention"))).toBe(false);
});

test("while work goes on no other begins, and it can be stopped", async () => {
  const { backend, care } = await opened();
  const backup = care.backup("/a/b.db");
  await vi.waitFor(() => {
    expect(care.progress?.work).toBe("backup");
  });
  backend.work(40);
  expect(care.progress?.done).toBe(40);
  await care.compact();
  expect(backend.asked).not.toContain("compactHistory");
  await care.stop();
  await backup;
  expect(care.problem).toMatchObject({ place: "backup", error: { code: "care_stopped" } });
  expect(care.isBusy).toBe(false);
});

test("a backup takes the history's place only when that is confirmed", async () => {
  const { backend, care } = await opened();
  await care.ask("file", "/a/newer.db");
  expect(care.problem?.error.code).toBe("care_too_new");
  await care.ask("file", "/a/b.db");
  expect(care.asking?.file.captures).toBe(742);
  expect(backend.asked).not.toContain("restoreHistory");
  const restore = care.restore();
  await vi.waitFor(() => {
    expect(care.progress?.work).toBe("restore");
  });
  backend.work(null);
  await restore;
  expect(care.outcome?.of.kind).toBe("restored");
  expect(care.asking).toBe(null);
});
