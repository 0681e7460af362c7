import { expect, test } from "vitest";

import { FakeBackend } from "../backend/fake/fake";
import { fakeBackend } from "../backend/fake/scenes";
import { Tree } from "./tree.svelte";

const settle = () => new Promise((done) => setTimeout(done));

const bodyOf = (id: string) => ({
  of: { of: "capture" as const, id },
  parts: [],
  isAsSent: false,
  isWhole: false,
});

/** A tree of one capture whose body is `text`. */
async function treeOf(text: string) {
  const { start } = fakeBackend("?rows=1");
  const make: typeof start.make = (seq) => ({
    ...start.make(seq),
    body: new TextEncoder().encode(text),
  });
  const backend = new FakeBackend({ ...start, make });
  const { list } = await backend.openList({ endpoint: null, text: null, query: null });
  const [row] = await backend.rows(list, 0, 1);
  const tree = new Tree(backend, bodyOf(row?.id ?? ""));
  await tree.open();
  tree.view(0, 50);
  await settle();
  return { tree, backend };
}

const shownBy = (tree: Tree) =>
  Array.from({ length: tree.total }, (_, index) => {
    const { depth = 0, key, kind, text } = tree.row(index) ?? {};
    return `${"  ".repeat(depth)}${key ?? "-"} ${text === "" ? (kind ?? "") : (text ?? "")}`;
  });

const TEXT = '{"a": {"b": [1.0, 2e3], "c": "x\\ny"}, "d": null, "e": {}}';

test("rows come in the order of the text, tokens as sent", async () => {
  const { tree } = await treeOf(TEXT);
  expect(shownBy(tree)).toEqual([
    "- object",
    "  a object",
    "    b array",
    "      - 1.0",
    "      - 2e3",
    '    c "x\\ny"',
    "  d null",
    "  e object",
  ]);
});

test("a folded container hides its inside and opens again", async () => {
  const { tree } = await treeOf(TEXT);
  const row = tree.row(1);
  if (!row) throw new Error("the row is in view");
  await tree.toggle(row);
  expect(shownBy(tree)).toEqual(["- object", "  a object", "  d null", "  e object"]);
  await tree.unfoldAll();
  expect(tree.total).toBe(8);
});

test("an empty container has nothing to fold", async () => {
  const { tree, backend } = await treeOf(TEXT);
  const before = backend.asked.length;
  const row = tree.row(7);
  if (!row) throw new Error("the row is in view");
  await tree.toggle(row);
  expect(backend.asked.length).toBe(before);
});

test("left goes to the container around, then folds it; right opens it and goes in", async () => {
  const { tree } = await treeOf(TEXT);
  tree.choose(4);
  await tree.left();
  expect(tree.chosen).toBe(2);
  await tree.left();
  expect(tree.total).toBe(6);
  await tree.right();
  expect(tree.total).toBe(8);
  await tree.right();
  expect(tree.chosen).toBe(3);
});

test("left finds a container that is many windows away", async () => {
  const { tree } = await treeOf(`[[${Array.from({ length: 1000 }, (_, at) => at).join()}]]`);
  tree.choose(1001);
  await tree.left();
  expect(tree.chosen).toBe(1);
});

test("a string is copied as what it says, a container as text with its own tokens", async () => {
  const { tree } = await treeOf(TEXT);
  const copy = async (index: number) => {
    const row = tree.row(index);
    return row ? tree.valueText(row) : null;
  };
  expect(await copy(5)).toBe("x\ny");
  expect(await copy(3)).toBe("1.0");
  expect(await copy(1)).toBe('{\n  "b": [\n    1.0,\n    2e3\n  ],\n  "c": "x\\ny"\n}');
  expect(await copy(7)).toBe("{}");
});

test("a container is copied whole though parts of it are folded", async () => {
  const { tree } = await treeOf(TEXT);
  const inner = tree.row(2);
  if (!inner) throw new Error("the row is in view");
  await tree.toggle(inner);
  const outer = tree.row(0);
  if (!outer) throw new Error("the row is in view");
  expect(JSON.parse((await tree.valueText(outer)) ?? "")).toEqual(JSON.parse(TEXT));
});

test("what is longer than the tree shows is copied whole", async () => {
  const { tree } = await treeOf(`{"long": "${"x".repeat(6000)}"}`);
  const long = tree.row(1);
  if (!long) throw new Error("the row is in view");
  expect(long.isCut).toBe(true);
  expect(await tree.valueText(long)).toBe("x".repeat(6000));
});

test("all is folded but the root, and a node is shown wherever it is", async () => {
  const { tree } = await treeOf(TEXT);
  await tree.foldAll();
  expect(shownBy(tree)).toEqual(["- object", "  a object", "  d null", "  e object"]);
  await tree.reveal(4);
  expect(tree.row(tree.chosen)).toMatchObject({ node: 4, text: "2e3" });
  expect(shownBy(tree)).toContain("    b array");
  await tree.unfoldAll();
  expect(tree.total).toBe(8);
});

test("text that stops being JSON shows what came before", async () => {
  const { tree } = await treeOf('{\n  "a": 1,\n  "b": oops\n}');
  expect(tree.total).toBe(2);
});
