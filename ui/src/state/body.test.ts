import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import type { BodyView } from "../bindings/BodyView";
import { Body, looksOf, wholeOf } from "./body.svelte";

const settle = () => new Promise((done) => setTimeout(done));

/** The body of the request to `/h/name`. */
async function bodyOf(name: string) {
  const backend = fakeBackend("?scene=bodies");
  const { list } = await backend.openList({ endpoint: null, text: null, query: null });
  const rows = await backend.rows(list, 0, 12);
  const row = rows.find(({ target }) => target === `/h/${name}`);
  if (!row) throw new Error("there is one of each");
  const body = new Body(backend, { of: "capture", id: row.id });
  await settle();
  return { body, backend };
}

test("a part opens as a body of its own, and the way leads back", async () => {
  const { body, backend } = await bodyOf("form");
  expect(body.opened?.view.kind).toBe("form");
  await body.enter(2, "payload");
  expect(body.opened).toMatchObject({ names: ["payload"], view: { kind: "json" } });
  const ref = body.opened?.ref;
  if (!ref) throw new Error("it is open");
  const bytes = await wholeOf(backend, ref, "text", 1_000);
  expect(new TextDecoder().decode(bytes ?? new Uint8Array())).toContain('"opened"');
  expect(await wholeOf(backend, ref, "text", 3)).toBeNull();
  await body.leaveTo(0);
  expect(body.opened).toMatchObject({ names: [], view: { kind: "form" } });
});

test("a packed body is shown as sent and decoded again", async () => {
  const { body } = await bodyOf("packed");
  await body.showAsSent(true);
  expect(body.opened?.view).toMatchObject({ kind: "binary", bytes: 1200 });
  await body.showAsSent(false);
  expect(body.opened?.view.kind).toBe("json");
});

test("each kind of body has its ways to be shown", async () => {
  const { body } = await bodyOf("minified");
  const view = body.opened?.view;
  if (!view) throw new Error("it is open");
  const looks = (change: Partial<BodyView>) => looksOf({ ...view, ...change });
  expect(looks({})).toEqual(["tree", "pretty", "text", "hex"]);
  const problem = { line: 1, column: 1, message: "" };
  expect(looks({ problem })[0]).toBe("text");
  expect(looks({ kind: "form" })[0]).toBe("fields");
  expect(looks({ kind: "xml", hasPretty: false })).toEqual(["text", "hex"]);
  expect(looks({ kind: "binary" })).toEqual(["hex"]);
});
