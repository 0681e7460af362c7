import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { EVERYTHING } from "./captures.svelte";
import { STARTER } from "./hooktext";
import { Rules } from "./rules.svelte";

const OPEN = "- id: notify\n  execute-command: /srv/notify.sh\n";

async function opened(rows = 60) {
  const backend = fakeBackend(`?rows=${String(rows)}`);
  const rules = new Rules(backend);
  await rules.open("local");
  return { backend, rules };
}

test("what is not saved is there again when its endpoint is", async () => {
  const { backend, rules } = await opened();
  const other = backend.start.endpoints[0]?.id ?? "";
  rules.edit(STARTER);
  await rules.open(other);
  expect(rules.text).toBe("");
  await rules.open("local");
  expect(rules.text).toBe(STARTER);
  expect(rules.hasChanged).toBe(true);
});

test("what does not load is not saved, and why is told", async () => {
  const { rules } = await opened();
  rules.edit("{ this is no list");
  expect(await rules.save()).toBe(false);
  expect(rules.refused?.code).toBe("hooks_file");
  expect(rules.text).toBe("{ this is no list");
  expect(rules.view?.text).toBe("");
});

test("what has no effect is told once it is saved", async () => {
  const { rules } = await opened();
  rules.edit(`${OPEN}  response-message: thanks\n`);
  expect(await rules.save()).toBe(true);
  expect(rules.told[0]).toContain("response-message");
  expect(rules.hasChanged).toBe(false);
});

test("a rule that a stranger can trigger runs once it is confirmed", async () => {
  const { rules } = await opened();
  rules.edit(OPEN);
  await rules.save();
  expect(rules.view?.rules).toMatchObject([{ id: "notify", guard: null, isLive: false }]);
  await rules.confirm("notify");
  expect(rules.view?.rules).toMatchObject([{ isLive: true }]);
});

test("a text is tried before it is saved, over the list as it is filtered", async () => {
  const { backend, rules } = await opened(1204);
  rules.edit(STARTER.replace('secret: ""', "secret: hush"));
  const endpoint = backend.start.endpoints[0]?.id ?? "";
  await rules.try({ ...EVERYTHING, endpoint });
  const [trial] = rules.trials ?? [];
  expect(trial?.lookedAt).toBeGreaterThan(100);
  expect(trial?.fired).toBeLessThan(trial?.lookedAt ?? 0);
  expect(rules.view?.text).toBe("");
  rules.edit(OPEN);
  expect(rules.trials).toBeNull();
});

test("a rule for a field joins what was written and not saved", async () => {
  const { rules } = await opened();
  rules.edit(OPEN);
  await rules.addRule("local", "ref", '"refs/heads/main"');
  expect(rules.text.startsWith(OPEN)).toBe(true);
  expect(rules.text).toContain('name: "ref"');
  expect(rules.view?.text).toBe("");
});
