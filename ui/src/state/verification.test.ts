import { expect, test } from "vitest";

import { FakeBackend } from "../backend/fake/fake";
import { fakeBackend } from "../backend/fake/scenes";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { VerificationView } from "../bindings/VerificationView";
import { Verification } from "./verification.svelte";

const SECRET = { name: "acme", scheme: "github", header: null, value: "hush" };

/** The newest capture that bears a signature and whose endpoint has no secret. */
async function unjudged(backend: FakeBackend): Promise<CaptureRow> {
  const { list, count } = await backend.openList({ endpoint: null, text: null, query: null });
  const rows = await backend.rows(list, 0, count);
  const found = rows.findLast((row) => row.verdict?.reason === "unknown");
  if (!found) throw new Error("there is one");
  return found;
}

test("what is there to say is read again once a secret was added", async () => {
  const backend = fakeBackend("?rows=60");
  const check = new Verification(backend, await unjudged(backend));
  await check.read();
  expect(check.view?.verdict?.reason).toBe("unknown");
  expect(await check.add(SECRET)).toBe(true);
  expect(check.view?.verdict?.reason).not.toBe("unknown");
  expect(check.view?.secrets.map(({ name }) => name)).toEqual(["acme"]);
  expect(check.made).toBeNull();
});

test("a secret that is made here is told, and only then", async () => {
  const backend = fakeBackend("?rows=60");
  const check = new Verification(backend, await unjudged(backend));
  await check.add({ ...SECRET, value: null });
  expect(check.made).toMatchObject({ name: "acme" });
  await check.add({ ...SECRET, name: "another" });
  expect(check.made).toBeNull();
});

test("what is refused is said and changes nothing", async () => {
  const backend = fakeBackend("?rows=60");
  const check = new Verification(backend, await unjudged(backend));
  await check.add(SECRET);
  expect(await check.add(SECRET)).toBe(false);
  expect(check.refused?.code).toBe("secret_name_taken");
  expect(check.view?.secrets).toHaveLength(1);
  expect(check.isAdding).toBe(false);
});

test("what the doctor found is of the secrets at that time", async () => {
  const backend = fakeBackend("?rows=60");
  const check = new Verification(backend, await unjudged(backend));
  await check.diagnose();
  expect(check.diagnosis).not.toBeNull();
  await check.add(SECRET);
  expect(check.diagnosis).toBeNull();
});

test("a capture that cannot be judged says why", async () => {
  class Broken extends FakeBackend {
    override verification(): Promise<VerificationView> {
      return Promise.reject(new Error("the history is gone"));
    }
  }
  const backend = new Broken(fakeBackend("?rows=60").start);
  const check = new Verification(backend, await unjudged(backend));
  await check.read();
  expect(check.problem?.message).toBe("the history is gone");
});
