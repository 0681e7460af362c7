// The list of captures: which ones, how many, whether it follows, and what is chosen. Positions
// count from the oldest; on screen the newest comes first, so row 0 is position `shown - 1`.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { ListFilter } from "../bindings/ListFilter";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";
import { Pages } from "./pages.svelte";
import { asksOutcome } from "./terms";

/** Nothing left out. */
export const EVERYTHING: ListFilter = { endpoint: null, text: null, query: null };

/** Rows are read again at most this often while deliveries come in. */
const REST_MS = 100;
/** A list that asks for outcomes is opened anew at most this often while deliveries come in. */
const REOPEN_MS = 500;

export class Captures {
  readonly #backend: Backend;
  readonly #onchoose: (row: CaptureRow) => void;
  readonly #opening: Latest<ListFilter>;
  readonly #growing: Latest<void>;
  readonly #choosing: Latest<number>;
  readonly #refreshing: Latest<void>;
  readonly #reopening: Latest<void>;
  /** The capture at `chosen`, once it is known. */
  #chosenId: string | null = null;
  /** Captures whose rows tell too little by now. */
  #stale: string[] = [];
  #rows: Pages<CaptureRow> | null = $state.raw(null);
  #inView = { first: 0, end: 0 };

  /** The list that is open, by the engine's number. */
  list: number | null = $state(null);
  /** How many captures the search's index lacks yet. */
  behind = $state(0);
  /** What was asked for. */
  filter: ListFilter = $state.raw(EVERYTHING);
  /** What the rows on screen were chosen by; follows `filter`. */
  shownFilter: ListFilter = $state.raw(EVERYTHING);
  /** How many match. */
  count = $state(0);
  /** How many of them are on screen: stands still while paused. */
  shown = $state(0);
  /** Whether new captures come in at the top as they arrive. */
  isLive = $state(true);
  /** The position that the keyboard stands on. */
  chosen: number | null = $state(null);
  problem: UiError | null = $state.raw(null);

  /** How many arrived since following stopped. */
  readonly fresh = $derived(this.count - this.shown);
  readonly isOpen = $derived(this.#rows !== null);

  /** `onchoose` hears of each capture that the person, or the first arrival, chooses. */
  constructor(backend: Backend, onchoose: (row: CaptureRow) => void) {
    this.#backend = backend;
    this.#onchoose = onchoose;
    this.#opening = new Latest((filter) => this.#open(filter));
    this.#growing = new Latest(() => this.#grow());
    this.#choosing = new Latest((position) => this.#tell(position));
    this.#refreshing = new Latest(() => this.#refresh(), REST_MS);
    this.#reopening = new Latest(() => this.#reopen(), REOPEN_MS);
  }

  /** Shows what matches `filter` instead; the rows of before stay until then. */
  show(filter: ListFilter): Promise<void> {
    this.filter = filter;
    return this.#opening.ask(filter);
  }

  /** Narrows to one endpoint, or to none. */
  showEndpoint(endpoint: string | null): Promise<void> {
    return this.show({ ...this.filter, endpoint });
  }

  /** Narrows to what this query lets through; blank is no filter. */
  showQuery(query: string): Promise<void> {
    return this.show({ ...this.filter, query: query.trim() === "" ? null : query.trim() });
  }

  /** Takes in what has arrived. */
  grow(): Promise<void> {
    return this.#growing.ask();
  }

  /** Something came of these captures: their rows are read again. */
  refresh(ids: readonly string[]): Promise<void> {
    this.#stale.push(...ids);
    return this.#refreshing.ask();
  }

  /** Captures have gone: the same list anew, which stays where it stood. */
  again(): Promise<void> {
    return this.#reopening.ask();
  }

  /** Captures were passed on: a list that asks for outcomes may hold others now. */
  reconsider(): Promise<void> {
    // While it does not follow, nothing moves under the hand.
    const isDue = this.isLive && asksOutcome(this.filter.query ?? "");
    return isDue ? this.#reopening.ask() : Promise.resolve();
  }

  /** The capture on screen row `index` (0 is the newest shown), or nothing while it is fetched. */
  row(index: number): CaptureRow | undefined {
    return this.#rows?.at(this.position(index));
  }

  /** The position of screen row `index`, and the other way round. */
  position(index: number): number {
    return this.shown - 1 - index;
  }

  /** Screen rows `first` up to, not including, `end` are in view. */
  view(first: number, end: number): void {
    this.#inView = { first, end };
    this.#rows?.want(Math.max(0, this.shown - end), this.shown - first);
  }

  /** Stops following; what arrives is counted in `fresh`. */
  pause(): void {
    this.isLive = false;
  }

  /** Follows again, from the newest. */
  follow(): void {
    this.isLive = true;
    this.#showCount();
  }

  /** Chooses screen row `index` by hand, which stops following. */
  choose(index: number): void {
    if (this.shown === 0) return;
    this.pause();
    this.#choose(this.position(Math.min(Math.max(0, index), this.shown - 1)));
  }

  /** Chooses the row `by` below the chosen one; the first if there is none. */
  step(by: number): void {
    const from = this.chosen === null ? null : this.position(this.chosen);
    this.choose(from === null ? 0 : from + by);
  }

  /** Chooses the capture of `row`, whatever the filter lets through. */
  async reveal(row: CaptureRow): Promise<void> {
    await this.grow();
    let position = await this.#find(row.seq);
    if (position === null) {
      await this.show(EVERYTHING);
      position = await this.#find(row.seq);
    }
    if (position === null) return;
    this.pause();
    this.shown = this.count;
    this.#rows?.grow(this.count);
    this.#choose(position);
  }

  /** Where the capture at the place `seq` of the history is, among those that match. */
  async #find(seq: number): Promise<number | null> {
    let [from, end] = [0, this.count];
    while (from < end) {
      const middle = Math.floor((from + end) / 2);
      const row = await this.#rows?.fetch(middle);
      if (!row) return null;
      if (row.seq === seq) return middle;
      if (row.seq < seq) from = middle + 1;
      else end = middle;
    }
    return null;
  }

  #choose(position: number): void {
    this.chosen = position;
    void this.#choosing.ask(position);
  }

  async #tell(position: number): Promise<void> {
    try {
      const row = await this.#rows?.fetch(position);
      if (!row || position !== this.chosen) return;
      this.#chosenId = row.id;
      this.#onchoose(row);
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  async #open(filter: ListFilter): Promise<void> {
    try {
      const { list, count, behind } = await this.#backend.openList(filter);
      const before = this.list;
      this.list = list;
      this.behind = behind;
      this.#rows = new Pages(
        (from, wanted) => this.#backend.rows(list, from, wanted),
        (reason) => (this.problem = asUiError(reason)),
        count,
      );
      this.problem = null;
      this.shownFilter = filter;
      this.chosen = null;
      this.isLive = true;
      this.count = count;
      this.#showCount();
      if (before !== null) await this.#backend.closeList(before);
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  async #reopen(): Promise<void> {
    if (this.#list === null) return;
    const { isLive, fresh, chosen } = this;
    const id = this.#chosenId;
    const index = chosen === null ? null : this.position(chosen);
    await this.#opening.ask(this.filter);
    if (!isLive) {
      this.pause();
      this.shown = Math.max(0, this.count - fresh);
      this.#rows?.grow(this.shown);
      this.view(this.#inView.first, this.#inView.end);
    }
    // Counted from the newest the rows stay where they are, for it is the oldest that go.
    const position = index === null ? -1 : this.position(index);
    const isFree = () => this.chosen === null; // else another one was chosen meanwhile
    if (position < 0 || !isFree()) return;
    try {
      const row = await this.#rows?.fetch(position);
      if (row?.id === id && isFree()) this.chosen = position;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  async #grow(): Promise<void> {
    const { list } = this;
    if (list === null) return;
    try {
      const { count, behind } = await this.#backend.growList(list);
      if (list !== this.list) return; // another list has been opened meanwhile
      const isFirst = this.shown === 0 && count > 0;
      this.count = count;
      this.behind = behind;
      if (this.isLive) this.#showCount();
      if (isFirst && this.isLive) this.#choose(count - 1);
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  async #refresh(): Promise<void> {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
    const stale = new Set(this.#stale);
    this.#stale = [];
    await this.#rows?.refresh(({ id }) => stale.has(id));
  }

  #showCount(): void {
    this.shown = this.count;
    this.#rows?.grow(this.count);
    this.view(this.#inView.first, this.#inView.end); // the same rows now show other captures
  }
}
