// A JSON body as a tree of rows, read from the engine by windows, with folds and a row that the
// keyboard stands on.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { BodyRef } from "../bindings/BodyRef";
import type { Folds } from "../bindings/Folds";
import type { TreeRow } from "../bindings/TreeRow";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";
import { wholeOf } from "./body.svelte";
import { PAGE, Pages } from "./pages.svelte";

/** Bytes that the copy of one value may take; more would choke the clipboard's other end. */
const MOST_COPIED_BYTES = 8_000_000;
const NOTHING_FOLDED: Folds = { isAll: false, nodes: [] };
/** The root is open, or nothing would be seen. */
const ALL_FOLDED: Folds = { isAll: true, nodes: [0] };

export class Tree {
  readonly #backend: Backend;
  readonly #body: BodyRef;
  readonly #folding: Latest<Folds>;
  readonly #moving: Latest<() => Promise<void>>;
  #pages: Pages<TreeRow> | null = $state.raw(null);
  #folds: Folds = NOTHING_FOLDED;
  #first = 0;

  /** Index of the row that the keyboard stands on. */
  chosen = $state(0);
  problem: UiError | null = $state.raw(null);

  readonly total = $derived(this.#pages?.total ?? 0);
  readonly isOpen = $derived(this.#pages !== null);

  constructor(backend: Backend, body: BodyRef) {
    this.#backend = backend;
    this.#body = body;
    this.#folding = new Latest((folds) => this.#read(folds));
    this.#moving = new Latest((move) => move());
  }

  /** Reads the first window. */
  open(): Promise<void> {
    return this.#folding.ask(NOTHING_FOLDED);
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
    const { isAll, nodes } = this.#folds;
    this.#folds = {
      isAll,
      nodes:
        row.isFolded === isAll
          ? [...nodes, row.node].sort((one, other) => one - other)
          : nodes.filter((node) => node !== row.node),
    };
    return this.#folding.ask(this.#folds);
  }

  unfoldAll(): Promise<void> {
    this.#folds = NOTHING_FOLDED;
    return this.#folding.ask(this.#folds);
  }

  foldAll(): Promise<void> {
    this.#folds = ALL_FOLDED;
    this.#first = 0;
    this.chosen = 0;
    return this.#folding.ask(this.#folds);
  }

  /** Opens what is around `node` and stands on it. */
  reveal(node: number): Promise<void> {
    return this.#moving.ask(async () => {
      try {
        const { shown } = await this.#backend.tree(this.#body, this.#folds, node, 0, 0);
        if (!shown) return;
        this.#folds = shown.folds;
        this.#first = shown.at;
        await this.#folding.ask(this.#folds);
        this.choose(shown.at);
      } catch (reason) {
        this.problem = asUiError(reason);
      }
    });
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
   * The value of `row` as text: a string as what it stands for, a container indented anew with its
   * tokens as sent. Null if it is too large.
   */
  async valueText(row: TreeRow): Promise<string | null> {
    const value = { ...this.#body, parts: [...this.#body.parts, row.node] };
    const form = row.children > 0 ? "pretty" : "text";
    const bytes = await wholeOf(this.#backend, value, form, MOST_COPIED_BYTES);
    return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }

  async #toParent(row: TreeRow): Promise<void> {
    for (let end = this.chosen; end > 0; end -= PAGE) {
      const from = Math.max(0, end - PAGE);
      const { rows } = await this.#backend.tree(this.#body, this.#folds, null, from, end - from);
      const up = rows.findLastIndex((other) => other.depth < row.depth);
      if (up >= 0) {
        this.choose(from + up);
        return;
      }
    }
  }

  async #read(folds: Folds): Promise<void> {
    const from = Math.max(0, Math.floor(this.#first / PAGE) * PAGE);
    try {
      const page = await this.#backend.tree(this.#body, folds, null, from, 2 * PAGE);
      const pages = new Pages(
        async (at: number, count: number) =>
          (await this.#backend.tree(this.#body, folds, null, at, count)).rows,
        (reason) => (this.problem = asUiError(reason)),
        page.total,
      );
      pages.put(from, page.rows);
      this.#pages = pages;
      this.choose(this.chosen);
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }
}
