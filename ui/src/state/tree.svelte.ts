// A JSON body as a tree of rows, read from the engine by windows, with folds and a row that the
// keyboard stands on.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { TreeProblem } from "../bindings/TreeProblem";
import type { TreeRow } from "../bindings/TreeRow";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";
import { unquoted, written } from "../text/json";
import { PAGE, Pages } from "./pages.svelte";

/** Rows that the copy of one value may take; for more there is the copy of the whole body. */
const MOST_COPIED = 5_000;

export class Tree {
  readonly #backend: Backend;
  readonly #id: string;
  readonly #folding: Latest<number[]>;
  readonly #moving: Latest<() => Promise<void>>;
  #pages: Pages<TreeRow> | null = $state.raw(null);
  #folded: number[] = [];
  #first = 0;

  /** Index of the row that the keyboard stands on. */
  chosen = $state(0);
  /** Where the body stops being JSON. */
  notJson: TreeProblem | null = $state.raw(null);
  problem: UiError | null = $state.raw(null);

  readonly total = $derived(this.#pages?.total ?? 0);
  readonly isOpen = $derived(this.#pages !== null);

  constructor(backend: Backend, id: string) {
    this.#backend = backend;
    this.#id = id;
    this.#folding = new Latest((folded) => this.#read(folded));
    this.#moving = new Latest((move) => move());
  }

  /** Reads the first window. */
  open(): Promise<void> {
    return this.#folding.ask([]);
  }

  row(index: number): TreeRow | undefined {
    return this.#pages?.at(index);
  }

  view(first: number, end: number): void {
    this.#first = first;
    this.#pages?.want(first, end);
  }

  choose(index: number): void {
    this.chosen = Math.min(Math.max(0, index), Math.max(0, this.total - 1));
  }

  /** Closes an open container, opens a closed one. */
  toggle(row: TreeRow): Promise<void> {
    if (row.children === 0) return Promise.resolve();
    this.#folded = row.isFolded
      ? this.#folded.filter((node) => node !== row.node)
      : [...this.#folded, row.node].sort((one, other) => one - other);
    return this.#folding.ask(this.#folded);
  }

  unfoldAll(): Promise<void> {
    this.#folded = [];
    return this.#folding.ask([]);
  }

  /** The left key: closes the chosen container, or goes to the one around it. */
  left(): Promise<void> {
    return this.#moving.ask(async () => {
      const row = await this.#pages?.fetch(this.chosen);
      if (!row) return;
      if (row.children > 0 && !row.isFolded) await this.toggle(row);
      else await this.#toParent(row);
    });
  }

  /** The right key: opens the chosen container, or goes to the first thing in it. */
  right(): Promise<void> {
    return this.#moving.ask(async () => {
      const row = await this.#pages?.fetch(this.chosen);
      if (!row || row.children === 0) return;
      if (row.isFolded) await this.toggle(row);
      else this.choose(this.chosen + 1);
    });
  }

  /**
   * The value of row `index` as text: a string without quotes and escapes, a container indented
   * anew with its tokens as sent. Null if it is too large, or a part of it was cut.
   */
  async valueText(row: TreeRow, index: number): Promise<string | null> {
    if (row.isCut) return null;
    if (row.kind === "string") return unquoted(row.text);
    const rows = [row];
    const before = this.#folded.filter((node) => node < row.node); // these decide what `index` is
    while (row.children > 0 && rows.length <= MOST_COPIED) {
      const from = index + rows.length;
      const page = await this.#backend.tree(this.#id, before, from, 4 * PAGE);
      const end = page.rows.findIndex(({ depth }) => depth <= row.depth);
      rows.push(...page.rows.slice(0, end < 0 ? undefined : end));
      if (end >= 0 || from + page.rows.length >= page.total) break;
    }
    if (rows.length > MOST_COPIED || rows.some(({ isCut }) => isCut)) return null;
    return written(rows);
  }

  async #toParent(row: TreeRow): Promise<void> {
    for (let end = this.chosen; end > 0; end -= PAGE) {
      const from = Math.max(0, end - PAGE);
      const { rows } = await this.#backend.tree(this.#id, this.#folded, from, end - from);
      const up = rows.findLastIndex((other) => other.depth < row.depth);
      if (up >= 0) {
        this.choose(from + up);
        return;
      }
    }
  }

  async #read(folded: number[]): Promise<void> {
    const from = Math.max(0, Math.floor(this.#first / PAGE) * PAGE);
    try {
      const page = await this.#backend.tree(this.#id, folded, from, 2 * PAGE);
      const pages = new Pages(
        async (at: number, count: number) =>
          (await this.#backend.tree(this.#id, folded, at, count)).rows,
        (reason) => (this.problem = asUiError(reason)),
        page.total,
      );
      pages.put(from, page.rows);
      this.#pages = pages;
      this.notJson = page.problem;
      this.choose(this.chosen);
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }
}
