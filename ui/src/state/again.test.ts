import { beforeEach, expect, test, vi } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { Desk } from "./desk.svelte";

const nothing = { getItem: () => null, setItem: () => undefined };
const settle = () => new Promise((done) => setTimeout(done, 5));

beforeEach(() => {
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw));
});

/** A desk that looks at its newest capture, whose endpoint forwards where `forwards` says. */
async function desk(forwards: boolean) {
  const backend = fakeBackend("?rows=30");
  const desk = new Desk(backend, nothing, "en");
  desk.start();
  await settle();
  desk.captures.view(0, 20);
  await settle();
  for (let index = 0; index < 20; index += 1) {
    const endpoint = desk.endpoints.byId(desk.captures.row(index)?.endpoint ?? "");
    if (endpoint && endpoint.forwards.length > 0 !== forwards) continue;
    desk.captures.choose(index);
    break;
  }
  await settle();
  const row = desk.inspection.row;
  if (!row) throw new Error("no capture of that kind");
  return { backend, desk, row };
}

test("a capture goes again to where its endpoint forwards, and its answer is shown", async () => {
  const { backend, desk: window, row } = await desk(true);
  await window.again.replay();
  const asked = backend.asked.find((one) => one.startsWith(`replay ${row.id}`)) ?? "";
  expect(JSON.parse(asked.slice(asked.indexOf("{")))).toMatchObject({ to: null, edit: null });
  expect(window.prefs.looks.tab).toBe("response");
  expect(window.inspection.deliveries[0]).toMatchObject({ isReplay: true, status: 200 });
  expect(window.toast.text).toMatch(/^Replayed: 200 in /);
});

test("where nothing says where to, it is asked, and remembered for the endpoint", async () => {
  const { desk: window, row } = await desk(false);
  await window.again.replay();
  expect(window.again.asking).toMatchObject({ to: "", remote: null });
  await window.again.answer(false);
  expect(window.again.asking?.problem).toContain("Write an address");
  if (window.again.asking) window.again.asking.to = "localhost:4000/hook";
  await window.again.answer(false);
  expect(window.again.asking).toBeNull();
  expect(window.again.usual(row.endpoint)).toBe("localhost:4000/hook");
});

test("another computer gets nothing before it is confirmed, and is not asked about twice", async () => {
  const { backend, desk: window } = await desk(false);
  window.again.ask();
  if (window.again.asking) window.again.asking.to = "https://hooks.example.com/in";
  await window.again.answer(false);
  expect(window.again.asking?.remote).toBe("hooks.example.com");
  expect(backend.asked.some((one) => one.startsWith("confirmTarget"))).toBe(false);
  await window.again.answer(true);
  expect(window.again.asking).toBeNull();
  expect(window.inspection.deliveries[0]?.target).toBe("https://hooks.example.com/in");
  await window.again.replay();
  expect(window.again.asking).toBeNull();
});

test("that nothing answers is said aloud, with another target at hand", async () => {
  const { desk: window } = await desk(false);
  window.again.ask();
  if (window.again.asking) window.again.asking.to = "http://localhost:9/";
  await window.again.answer(false);
  expect([window.toast.isBad, window.toast.text]).toEqual([
    true,
    "No answer from http://localhost:9/: connection refused",
  ]);
  window.toast.action?.act();
  expect(window.again.asking?.to).toBe("http://localhost:9/");
});

test("an edited capture is one of its own, and is looked at", async () => {
  const { desk: window, row } = await desk(true);
  await window.again.edit();
  const { draft } = window.again;
  if (!draft) throw new Error("nothing is edited");
  draft.method = "PUT";
  await window.again.sendDraft(draft, false);
  await settle();
  expect(window.again.draft).toBeNull();
  expect(window.inspection.row?.origin).toBe(row.id);
});
