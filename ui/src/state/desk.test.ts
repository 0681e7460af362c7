import { expect, test, vi } from "vitest";

import { FakeBackend } from "../backend/fake/fake";
import { fakeBackend } from "../backend/fake/scenes";
import { Desk } from "./desk.svelte";

const nothing = { getItem: () => null, setItem: () => undefined };

function deskOn(backend: FakeBackend): Desk {
  return new Desk(backend, nothing, "en");
}

/** A desk on one capture with this body. */
function deskWith(body: Uint8Array) {
  const { start } = fakeBackend("?rows=1");
  const backend = new FakeBackend({ ...start, make: (seq) => ({ ...start.make(seq), body }) });
  const copyBody = (desk: Desk) =>
    desk.copyBytes(
      "01936f2e-7c1a-7000-8000-000000000000",
      [{ part: "body", bytes: body.length }],
      (size) => `copied ${size}`,
    );
  return { backend, copyBody };
}

test("a body is copied exactly, a byte order mark included", async () => {
  const { backend, copyBody } = deskWith(new TextEncoder().encode("\uFEFF{ }\r\n"));
  const desk = deskOn(backend);
  await copyBody(desk);
  expect(backend.copied).toEqual(["\uFEFF{ }\r\n"]);
  expect(desk.toast.text).toBe("copied 8 B");
});

test("bytes that are not text are not copied as something else", async () => {
  const { backend, copyBody } = deskWith(Uint8Array.of(0xff, 0xfe));
  const desk = deskOn(backend);
  await copyBody(desk);
  expect(backend.copied).toEqual([]);
  expect(desk.toast.isBad).toBe(true);
});

test("what is too large for the clipboard is refused before it is read", async () => {
  const { backend, copyBody } = deskWith(new Uint8Array(9_000_000));
  await copyBody(deskOn(backend));
  expect(backend.asked.filter((asked) => asked.startsWith("bytes"))).toEqual([]);
});

test("the address offered is the endpoint looked at, else the first public one", async () => {
  const desk = deskOn(fakeBackend("?rows=10"));
  await desk.endpoints.load();
  expect(desk.address?.name).toBe("GitHub");
  await desk.captures.showEndpoint("local");
  expect(desk.address?.source).toBe("local");
});

test("without a public endpoint the local receiver's address is offered", async () => {
  const desk = deskOn(fakeBackend("?scene=unpaired"));
  await desk.endpoints.load();
  expect(desk.address?.url).toBe("http://127.0.0.1:8787/");
});

test("a status heard while the first was asked for is not overwritten by it", async () => {
  const backend = fakeBackend("?rows=1");
  const desk = deskOn(backend);
  const loaded = desk.status.load();
  const fresh = await backend.status();
  desk.status.hear({ ...fresh, diskBytes: 99 });
  await loaded;
  expect(desk.status.now?.diskBytes).toBe(99);
});

test("arrivals come into the list by themselves, until the window is gone", async () => {
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => setTimeout(frame));
  const backend = fakeBackend("?rows=10");
  const desk = deskOn(backend);
  const stop = desk.start();
  await vi.waitFor(() => {
    expect(desk.captures.shown).toBe(10);
  });
  backend.arrive(5);
  await vi.waitFor(() => {
    expect(desk.captures.shown).toBe(15);
  });
  stop();
  backend.arrive(5);
  await new Promise((later) => setTimeout(later));
  expect(desk.captures.count).toBe(15);
  vi.unstubAllGlobals();
});

test("a link is shown whether it came before the page or while it is there", () => {
  const backend = fakeBackend("?rows=1");
  const refused = (message: string) =>
    ({ kind: "refused", problem: { code: "connect_string", message } }) as const;
  backend.openLink(refused("before"));
  const desk = deskOn(backend);
  const stop = desk.start();
  expect(desk.link).toEqual(refused("before"));
  backend.openLink(refused("while"));
  expect(desk.link).toEqual(refused("while"));
  expect(backend.asked).not.toContain("pair");
  stop();
  backend.openLink(refused("after"));
  expect(desk.link).toEqual(refused("while"));
});
