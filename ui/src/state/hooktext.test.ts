import { expect, test } from "vitest";

import { offsetOf, placeOf, STARTER, withRule } from "./hooktext";

test("a place in the tree is named as rules name it", () => {
  expect(placeOf("$.ref")).toBe("ref");
  expect(placeOf("$.commits[0].id")).toBe("commits.0.id");
  expect(placeOf('$["odd name"].x')).toBe("odd name.x");
  expect(placeOf("$[2].id")).toBe("root.2.id");
  expect(placeOf("$")).toBeNull();
});

test("a rule is added behind what is there, which stays as it was written", () => {
  const text = withRule(STARTER, "ref", '"refs/heads/main"');
  expect(text.startsWith(STARTER)).toBe(true);
  const added = text.slice(STARTER.length);
  expect(added).toContain('- id: "on-ref"');
  expect(added).toContain('      value: "refs/heads/main"');
  expect(added).toContain('        name: "ref"');
});

test("a rule begins an empty text", () => {
  expect(withRule("\n", "amount", "4200")).toMatch(/^- id: "on-amount"\n/);
});

test("a rule's id is not taken twice", () => {
  const once = withRule("", "ref", '"a"');
  const twice = withRule(once, "ref", '"b"');
  expect([...twice.matchAll(/id: "(.*)"/g)].map(([, id]) => id)).toEqual(["on-ref", "on-ref-2"]);
});

test("an indented list goes on as deep as it began", () => {
  expect(withRule("  - id: one\n    execute-command: x\n", "a", "true")).toContain(
    '\n  - id: "on-a"\n    execute-command',
  );
});

test("a hooks file of JSON stays one", () => {
  const text = '[\n  {"id": "one", "execute-command": "x"}\n]\n';
  const added: unknown = JSON.parse(withRule(text, "user.id", "7"));
  expect(added).toMatchObject([
    { id: "one" },
    {
      id: "on-id",
      "trigger-rule": {
        match: { type: "value", value: "7", parameter: { source: "payload", name: "user.id" } },
      },
    },
  ]);
  expect(JSON.parse(withRule("[]", "a", "1"))).toHaveLength(1);
});

test("a line and column are found, also behind what is written in two halves", () => {
  expect(offsetOf("one\ntwo", 2, 2)).toBe(5);
  expect(offsetOf("🪝x", 1, 2)).toBe(2);
  expect(offsetOf("one", 9, 9)).toBe(3);
});
