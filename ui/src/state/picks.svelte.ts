// Captures that are picked to do something with several at once. They are known by their `seq`, so
// that they stay the same ones when others arrive or go.

import { EVERYTHING, type Captures } from "./captures.svelte";

const NONE: ReadonlySet<number> = new Set();

export class Picks {
  readonly #captures: Captures;
  #picked = $state.raw({ all: NONE, of: EVERYTHING });

  /** The `seq`s of those that are picked; none once the list is another one. */
  readonly all: ReadonlySet<number> = $derived.by(() =>
    this.#picked.of === this.#captures.shownFilter ? this.#picked.all : NONE,
  );

  constructor(captures: Captures) {
    this.#captures = captures;
  }

  get count(): number {
    return this.all.size;
  }

  clear(): void {
    this.#pick([]);
  }

  /** Picks screen row `index`, or no longer. The first pick takes the chosen row along. */
  toggle(index: number): void {
    const seq = this.#captures.row(index)?.seq;
    if (seq === undefined) return;
    const chosen = this.#chosenSeq;
    const from = this.all.size === 0 && chosen !== undefined ? [chosen] : this.all;
    const others = [...from].filter((one) => one !== seq);
    this.#pick(this.all.has(seq) ? others : [...others, seq]);
  }

  /** Picks the chosen row, or no longer. */
  toggleChosen(): void {
    const { chosen } = this.#captures;
    const seq = this.#chosenSeq;
    if (chosen === null || seq === undefined) return;
    if (this.all.size === 0) this.#pick([seq]);
    else this.toggle(this.#captures.position(chosen));
  }

  /** Moves by `by` rows, and picks those on the way. */
  async extend(by: number): Promise<void> {
    const from = this.#captures.chosen;
    this.#captures.step(by);
    const to = this.#captures.chosen;
    if (to === null) return;
    const first = Math.min(from ?? to, to);
    const passed = await this.#captures.seqs(first, Math.abs((from ?? to) - to) + 1);
    this.#pick([...this.all, ...passed]);
  }

  /** Picks all of the list. */
  async everything(): Promise<void> {
    this.#pick(await this.#captures.seqs(0, this.#captures.shown));
  }

  #pick(seqs: number[]): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew with each change
    this.#picked = { all: new Set(seqs), of: this.#captures.shownFilter };
  }

  get #chosenSeq(): number | undefined {
    const { chosen } = this.#captures;
    return chosen === null ? undefined : this.#captures.row(this.#captures.position(chosen))?.seq;
  }
}
