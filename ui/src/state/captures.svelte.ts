// The list of captures: which ones, how many, whether it follows, and what is chosen. Positions
// count from the oldest; on screen the newest comes first, so row 0 is position `shown - 1`.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { ListFilter } from "../bindings/ListFilter";
import type { MendedPlace } from "../bindings/MendedPlace";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";
import { Pages } from "./pages.svelte";
import { asksOutcome } from "./terms";

/** Nothing left out. */
export const EVERYTHING: ListFilter = { endpoint: null, text: null, query: null };

/** Rows are read again at most this often while deliveries come in. */
const REST_MS = 100;

export class Captures {
  readonly #backend: Backend;
  readonly #onchoose: (row: CaptureRow) => void;
  readonly #opening: Latest<ListFilter>;
  readonly #growing: Latest<void>;
  readonly #choosing: Latest<number>;
  readonly #refreshing: Latest<void>;
  readonly #mending: Latest<void>;
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
    this.#mending = new Latest(() => this.#mend());
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

  /** Captures were marked, or have gone: the rows become the right ones again. */
  mend(): Promise<void> {
    return this.#mending.ask();
  }

  /** Captures were passed on: a list that asks for outcomes may hold others now. */
  reconsider(): Promise<void> {
    // While it does not follow, nothing moves under the hand.
    const isDue = this.isLive && asksOutcome(this.filter.query ?? "");
    return isDue ? this.#mending.ask() : Promise.resolve();
  }

  /** The `seq`s of the captures from position `from` on. */
  async seqs(from: number, count: number): Promise<number[]> {
    return this.list === null ? [] : this.#backend.listSeqs(this.list, from, count);
  }

  /** The capture of `seq`, if it is in the list. */
  async find(seq: number): Promise<CaptureRow | undefined> {
    const position = await this.#positionOf(seq);
    return position === null ? undefined : this.#rows?.fetch(position);
  }

  /** Chooses a capture that may be in the list or not. */
  async chooseCapture(row: CaptureRow): Promise<void> {
    this.pause();
    const position = await this.#positionOf(row.seq);
    if (position !== null && position < this.shown) {
      this.#choose(position);
    } else {
      this.chosen = null;
      this.#onchoose(row);
    }
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
    let position = await this.#positionOf(row.seq);
    if (position === null) {
      await this.show(EVERYTHING);
      position = await this.#positionOf(row.seq);
    }
    if (position === null) return;
    this.pause();
    this.shown = this.count;
    this.#rows?.grow(this.count);
    this.#choose(position);
  }

  #choose(position: number): void {
    this.chosen = position;
    void this.#choosing.ask(position);
  }

  async #tell(position: number): Promise<void> {
    try {
      const row = await this.#rows?.fetch(position);
      if (row && position === this.chosen) this.#onchoose(row);
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
      this.#rows = this.#pages(list, count);
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

  async #grow(): Promise<void> {
    const list = this.list;
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

  async #mend(): Promise<void> {
    const { chosen, shown } = this;
    const list = this.list;
    if (list === null) return;
    try {
      const asked = chosen === null ? [shown] : [shown, chosen];
      const { count, hasMoved, places } = await this.#backend.mendList(list, asked);
      if (list !== this.list) return;
      if (!hasMoved) return await this.#rows?.renew();
      const [end, mended] = places;
      const rows = this.#pages(list, count);
      const nowShown = this.isLive ? count : Math.min(count, end?.at ?? count);
      rows.want(Math.max(0, nowShown - this.#inView.end), nowShown - this.#inView.first);
      await rows.ready(); // what was there stays until then
      if (list !== this.list) return;
      this.#rows = rows;
      this.count = count;
      this.shown = nowShown;
      if (mended && chosen === this.chosen) this.#follow(mended);
      this.view(this.#inView.first, this.#inView.end);
      await this.#grow();
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  /** The chosen capture is elsewhere now; where it is gone, the next on screen is chosen. */
  #follow({ at, isGone }: MendedPlace): void {
    if (this.shown === 0) this.chosen = null;
    else if (isGone) this.#choose(Math.max(0, Math.min(at, this.shown) - 1));
    else this.chosen = at;
  }

  #pages(list: number, count: number): Pages<CaptureRow> {
    return new Pages(
      (from, wanted) => this.#backend.rows(list, from, wanted),
      (reason) => (this.problem = asUiError(reason)),
      count,
    );
  }

  async #positionOf(seq: number): Promise<number | null> {
    return this.list === null ? null : this.#backend.listPosition(this.list, seq);
  }

  #showCount(): void {
    this.shown = this.count;
    this.#rows?.grow(this.count);
    this.view(this.#inView.first, this.#inView.end); // the same rows now show other captures
  }
}
