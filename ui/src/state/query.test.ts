import { expect, test } from "vitest";

import { fakeBackend } from "../backend/fake/scenes";
import { QueryBar } from "./query.svelte";

function bar() {
  const shown: string[] = [];
  const query = new QueryBar(fakeBackend("?rows=5"), (text) => shown.push(text));
  return { query, shown };
}

test("a query is shown when it can be read, and not before", async () => {
  const { query, shown } = bar();
  await query.type("is:", 3);
  expect(shown).toEqual([]);
  await query.type("is:held", 7);
  expect(shown).toEqual(["is:held"]);
});

test("a query that was not typed is shown without suggestions", async () => {
  const { query, shown } = bar();
  await query.set("is:held");
  expect([shown, query.text, query.suggestions]).toEqual([["is:held"], "is:held", []]);
  await query.set("");
  expect(shown.at(-1)).toBe("");
});

test("what is still being typed is not called wrong", async () => {
  const { query } = bar();
  await query.type("colour:red", 3);
  expect(query.problem).toBeNull();
  await query.type("colour:red x", 12);
  expect(query.problem?.code).toBe("unknown_field");
  await query.type("is:", 3);
  expect(query.problem).toBeNull();
  query.close();
  expect(query.problem?.from).toBe(3);
});

test("a suggestion takes the place of what was begun", async () => {
  const { query, shown } = bar();
  await query.type("github is:he", 12);
  expect(query.suggestions).toEqual(["held"]);
  query.step(1);
  expect(query.chosen).toBe(0);
  expect(query.take(0)).toBe(14);
  expect(query.text).toBe("github is:held");
  await query.type(query.text, 14);
  expect(shown.at(-1)).toBe("github is:held");
});

test("steps go round the suggestions", async () => {
  const { query } = bar();
  await query.type("is:", 3);
  query.step(-1);
  expect(query.chosen).toBe(query.suggestions.length - 1);
  query.step(1);
  expect(query.chosen).toBe(0);
  query.close();
  query.step(1);
  expect(query.chosen).toBeNull();
});
