import { expect, test } from "vitest";

import { FakeBackend } from "../backend/fake/fake";
import { fakeBackend } from "../backend/fake/scenes";
import { EditDraft } from "./draft.svelte";

const ID = "01936f2e-7c1a-7000-8000-000000000000";
const UNTOUCHED = {
  method: null,
  target: null,
  headers: null,
  set: [],
  without: [],
  body: null,
};

/** A draft of a capture with this body. */
function draftOf(body: string | Uint8Array) {
  const { start } = fakeBackend("?rows=1");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const backend = new FakeBackend({
    ...start,
    make: (seq) => ({ ...start.make(seq), body: bytes }),
  });
  return EditDraft.of(backend, ID, "3000");
}

test("what was not touched is not told to the engine", async () => {
  const draft = await draftOf('{"ok": 1}\r\n');
  expect([draft.isChanged, draft.view()]).toEqual([false, UNTOUCHED]);
});

test("line ends that a text field loses are put back", async () => {
  const draft = await draftOf("a\r\nb\r\n");
  draft.text = draft.text.replace("a", "c");
  expect(draft.view().body).toEqual({ body: "text", text: "c\r\nb\r\n" });
});

test("headers that moved are kept as they came; one that was changed or added is written", async () => {
  const draft = await draftOf("x");
  const [first, second] = draft.lines;
  if (!first || !second) throw new Error("too few headers");
  draft.move(first.key, 1);
  draft.add();
  const added = draft.lines.at(-1);
  if (added) Object.assign(added, { name: "X-New", value: "1" });
  const { headers } = draft.view();
  expect(headers?.slice(0, 2)).toEqual([
    { line: "kept", at: 1 },
    { line: "kept", at: 0 },
  ]);
  expect(headers?.at(-1)).toEqual({ line: "written", name: "X-New", value: "1" });
  draft.move(first.key, -1);
  draft.remove(added?.key ?? 0);
  expect(draft.isChanged).toBe(false);
});

test("a body that is no text is kept, or comes from hex digits", async () => {
  const draft = await draftOf(Uint8Array.of(0xff, 0x00));
  expect([draft.bodyWay, draft.canBeText]).toEqual(["keep", false]);
  draft.bodyWay = "hex";
  draft.hex = "7b 2";
  expect(draft.flaw).toBe("hex");
  draft.hex = "7B 22\n00";
  expect([draft.flaw, draft.view().body]).toEqual([null, { body: "base64", base64: "eyIA" }]);
});

test("a header without a name and a path with a space are flaws", async () => {
  const draft = await draftOf("");
  draft.add();
  expect(draft.flaw).toBe("header");
  draft.remove(draft.lines.at(-1)?.key ?? 0);
  draft.target = "/a b";
  expect(draft.flaw).toBe("path");
});
