import { expect, test } from "vitest";

import { FakeBackend } from "../backend/fake/fake";
import { fakeBackend } from "../backend/fake/scenes";
import { Editor } from "./editor.svelte";

async function opened(backend: FakeBackend = fakeBackend("?rows=3")) {
  const [endpoint] = await backend.endpoints();
  if (!endpoint) throw new Error("there is an endpoint");
  const editor = new Editor(backend, endpoint);
  await editor.open();
  const { form } = editor;
  if (!form) throw new Error("the settings were read");
  return { backend, editor, form };
}

const saves = (backend: FakeBackend) =>
  backend.asked.filter((asked) => asked.startsWith("saveEndpoint"));

test("nothing is changed until something is, and no more when it is taken back", async () => {
  const { editor, form } = await opened();
  expect(editor.isChanged).toBe(false);
  form.status = "500";
  expect(editor.isChanged).toBe(true);
  form.status = "200";
  expect(editor.isChanged).toBe(false);
});

test("what cannot be right does not reach the relay", async () => {
  const { backend, editor, form } = await opened();
  form.status = "99";
  expect(await editor.save()).toBe(false);
  expect(editor.problems).toEqual({ status: "status" });
  expect(saves(backend)).toEqual([]);
  editor.touch("status");
  expect(editor.problems).toEqual({});
});

test("a refusal leaves all that was typed, still unsaved", async () => {
  const { editor, form } = await opened();
  form.allowFrom = "everyone";
  form.body = "typed";
  expect(await editor.save()).toBe(false);
  expect(editor.problems.allowFrom).toMatchObject({ code: "setting_invalid" });
  expect([editor.form?.body, editor.isChanged, editor.isSaving]).toEqual(["typed", true, false]);
});

test("after saving nothing is left to be saved", async () => {
  const { backend, editor, form } = await opened();
  form.isPaused = true;
  expect(await editor.save()).toBe(true);
  expect(editor.isChanged).toBe(false);
  expect((await backend.endpointSettings(editor.endpoint.id)).isPaused).toBe(true);
});

test("settings that cannot be read are tried again", async () => {
  let isAway = true;
  class Away extends FakeBackend {
    override endpointSettings(id: string) {
      return isAway ? Promise.reject(new Error("no relay")) : super.endpointSettings(id);
    }
  }
  const backend = new Away(fakeBackend("?rows=3").start);
  const [endpoint] = await backend.endpoints();
  if (!endpoint) throw new Error("there is an endpoint");
  const editor = new Editor(backend, endpoint);
  await editor.open();
  expect([editor.form, editor.unread?.message]).toEqual([null, "no relay"]);
  isAway = false;
  await editor.open();
  expect(editor.unread).toBeNull();
  expect(editor.form?.status).toBe("200");
});

test("a token that is shown follows a rotation, one that is covered stays so", async () => {
  const { editor } = await opened();
  await editor.rotate();
  expect(editor.token).toBeNull();
  const before = await editor.readToken();
  await editor.rotate();
  expect(editor.token).not.toBe(before);
  expect(editor.token).toMatch(/^thk_/);
});

test("what was saved a moment ago is what is opened, however old the list is", async () => {
  const { backend, editor } = await opened();
  const forwards = [{ target: "http://localhost:9/new", isRemote: false }];
  await backend.saveEndpoint(editor.endpoint.id, null, forwards);
  const again = new Editor(backend, editor.endpoint);
  await again.open();
  expect(again.form?.forwards).toBe("http://localhost:9/new");
});
