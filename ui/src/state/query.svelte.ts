// The query that is being typed: what is wrong with it, what may come next, and which suggestion is
// chosen. A query without a fault is shown at once.

import type { Backend } from "../backend/backend";
import type { QueryHelp } from "../bindings/QueryHelp";
import type { QueryProblem } from "../bindings/QueryProblem";
import { Latest } from "./latest";

/** A text with its cursor. */
interface Typed {
  text: string;
  cursor: number;
}

export class QueryBar {
  readonly #backend: Backend;
  readonly #onready: (text: string) => void;
  readonly #asking: Latest<Typed>;
  #help: QueryHelp | null = $state.raw(null);

  text = $state("");
  #cursor = $state(0);
  /** Whether suggestions are shown. */
  isOpen = $state(false);
  /** The suggestion that the keys stand on. */
  chosen: number | null = $state(null);

  readonly suggestions = $derived(this.isOpen ? (this.#help?.suggestions ?? []) : []);
  /** What is wrong, unless it is where the person is still typing. */
  readonly problem: QueryProblem | null = $derived.by(() => {
    const isFinished = ({ from, to }: QueryProblem) =>
      !this.isOpen || this.#cursor < from || this.#cursor > to;
    return this.#help?.problems.find(isFinished) ?? null;
  });

  /** `onready` hears of each text that can be read. */
  constructor(backend: Backend, onready: (text: string) => void) {
    this.#backend = backend;
    this.#onready = onready;
    this.#asking = new Latest((typed) => this.#ask(typed));
  }

  /** The person typed, or moved the cursor. */
  type(text: string, cursor: number): Promise<void> {
    this.text = text;
    this.#cursor = cursor;
    this.isOpen = true;
    this.chosen = null;
    return this.#asking.ask({ text, cursor });
  }

  /** Shows what `text` says, as if it had been typed before. */
  set(text: string): Promise<void> {
    const cursor = text.length;
    const asked = this.type(text, cursor);
    this.close();
    return asked;
  }

  /** Takes everything away. */
  clear(): void {
    this.text = "";
    this.#cursor = 0;
    this.#help = null;
    this.close();
    this.#onready("");
  }

  close(): void {
    this.isOpen = false;
    this.chosen = null;
  }

  /** Moves among the suggestions, round their ends. */
  step(by: number): void {
    const count = this.suggestions.length;
    if (count === 0) return;
    const from = this.chosen ?? (by > 0 ? -1 : count);
    this.chosen = (from + by + count) % count;
  }

  /** Puts suggestion `index` in its place; the answer is where the cursor goes. */
  take(index: number): number {
    const help = this.#help;
    const taken = this.suggestions[index];
    if (!help || taken === undefined) return this.#cursor;
    const text = this.text.slice(0, help.from) + taken + this.text.slice(help.to);
    const cursor = help.from + taken.length;
    void this.type(text, cursor);
    return cursor;
  }

  async #ask({ text, cursor }: Typed): Promise<void> {
    try {
      const help = await this.#backend.queryHelp(text, cursor);
      if (text !== this.text) return;
      this.#help = help;
      if (help.problems.length === 0) this.#onready(text);
    } catch {
      // Without help the list itself says what is wrong.
      this.#onready(text);
    }
  }
}
