// The outline of a JSON text for the fake engine: nodes in document order with their tokens as
// they stand, up to where the text stops being JSON.

import type { TreeKind } from "../../bindings/TreeKind";
import type { Folds } from "../../bindings/Folds";
import type { Shown } from "../../bindings/Shown";
import type { TreePage } from "../../bindings/TreePage";
import type { TreeProblem } from "../../bindings/TreeProblem";
import type { TreeRow } from "../../bindings/TreeRow";

const CUT_AT = 4096;
const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/y;
const SPACE = /\s*/y;

interface Node {
  depth: number;
  key: string | null;
  kind: TreeKind;
  text: string;
  children: number;
  path: string;
  /** The number of the first node after its inside. */
  end: number;
  /** Where it stands in the text. */
  span: [start: number, end: number];
}

export interface Outline {
  nodes: Node[];
  problem: TreeProblem | null;
}

/** Reads `text`; never fails. */
export function outline(text: string): Outline {
  const nodes: Node[] = [];
  const open: number[] = [];
  let at = 0;
  let key: string | null = null;
  const stop = (message: string): Outline => {
    while (open.length > 0) close();
    const before = text.slice(0, at).split("\n");
    const column = (before.at(-1) ?? "").length + 1;
    return { nodes, problem: { line: before.length, column, message } };
  };
  const close = (): void => {
    const node = nodes[open.pop() ?? 0];
    if (node) node.end = nodes.length;
    if (node) node.span[1] = at + 1;
  };
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    at = SPACE.lastIndex;
    if (at === text.length)
      return open.length > 0 ? stop("the text ends too early") : { nodes, problem: null };
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return stop(`unexpected character ${text[at] ?? ""}`);
    const parent = nodes[open.at(-1) ?? -1];
    if (token === "," || token === ":") {
      at += token.length;
      continue;
    }
    if (token === "}" || token === "]") {
      if (open.length === 0) return stop(`unexpected ${token}`);
      close();
    } else if (parent?.kind === "object" && key === null) {
      if (!token.startsWith('"')) return stop("a key in quotes was expected");
      key = JSON.parse(token) as string;
    } else {
      if (!parent && nodes.length > 0) return stop("more text after the value");
      nodes.push(node(token, key, parent, open.length, nodes.length + 1, at));
      if (parent) parent.children += 1;
      if (token === "{" || token === "[") open.push(nodes.length - 1);
      key = null;
    }
    at += token.length;
  }
}

function node(
  token: string,
  key: string | null,
  parent: Node | undefined,
  depth: number,
  end: number,
  at: number,
): Node {
  const kind = kindOf(token);
  const isContainer = kind === "object" || kind === "array";
  return {
    depth,
    key,
    kind,
    text: isContainer ? "" : token,
    children: 0,
    path: pathOf(key, parent),
    end,
    span: [at, at + token.length],
  };
}

function kindOf(token: string): TreeKind {
  if (token === "{") return "object";
  if (token === "[") return "array";
  if (token.startsWith('"')) return "string";
  if (token === "null") return "null";
  return token === "true" || token === "false" ? "boolean" : "number";
}

function pathOf(key: string | null, parent: Node | undefined): string {
  if (!parent) return "$";
  if (key === null) return `${parent.path}[${String(parent.children)}]`;
  return /^[A-Za-z_]\w*$/.test(key)
    ? `${parent.path}.${key}`
    : `${parent.path}[${JSON.stringify(key)}]`;
}

/** The rows of `outline` from `from` on, with the insides of what is folded left out. */
export function treePage(
  outline: Outline,
  folds: Folds,
  from: number,
  count: number,
): Omit<TreePage, "shown"> {
  const rows: TreeRow[] = [];
  const named = new Set(folds.nodes);
  let total = 0;
  for (let number = 0; number < outline.nodes.length;) {
    const node = outline.nodes[number];
    if (!node) break;
    const isFolded = named.has(number) !== folds.isAll && node.children > 0;
    if (total >= from && rows.length < count) rows.push(row(node, number, isFolded));
    total += 1;
    number = isFolded ? node.end : number + 1;
  }
  return { total, rows, problem: outline.problem };
}

function row(
  { depth, key, kind, text, children, path }: Node,
  node: number,
  isFolded: boolean,
): TreeRow {
  const isCut = text.length > CUT_AT;
  const holdsJson = kind === "string" && /^"\s*(\{.*:.*\}|\[.*\])\s*"$/.test(text);
  const shown = text.slice(0, CUT_AT);
  return { node, depth, key, kind, text: shown, isCut, children, isFolded, holdsJson, path };
}

/** Where `node` is once what is around it is open. */
export function shownIn(outline: Outline, { isAll, nodes }: Folds, node: number): Shown | null {
  if (!outline.nodes[node]) return null;
  const around = outline.nodes.flatMap(({ end }, at) => (at < node && node < end ? [at] : []));
  const others = nodes.filter((at) => !around.includes(at));
  const opened = isAll ? [...others, ...around] : others;
  const folds = { isAll, nodes: opened.sort((one, other) => one - other) };
  const { rows } = treePage(outline, folds, 0, outline.nodes.length);
  return { at: rows.findIndex((row) => row.node === node), folds };
}
