// A long sequence of which only pages near the view are in memory. Items are only added at the end;
// what was fetched stays true until {@link Pages.refresh} names it.

/** Items of one page; one request fetches at most as many. */
export const PAGE = 64;
/** Pages that are kept; those that were out of view longest go first. */
export const KEPT_PAGES = 48;

interface Page<Item> {
  items: Item[];
  /** The total when it was last asked for; a short answer is not asked for again before it grew. */
  askedAt: number;
  isAsked: boolean;
}

/** `load` answers with the items from a position on, fewer than `count` only at the end. */
export class Pages<Item> {
  readonly #load: (from: number, count: number) => Promise<Item[]>;
  readonly #onfail: (reason: unknown) => void;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- `#version` tells of all of it at once
  readonly #pages = new Map<number, Page<Item>>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
  readonly #loading = new Set<Promise<Item[]>>();
  #wanted = { first: 0, end: 0 };
  #version = $state(0);
  total = $state(0);

  constructor(
    load: (from: number, count: number) => Promise<Item[]>,
    onfail: (reason: unknown) => void,
    total = 0,
  ) {
    this.#load = load;
    this.#onfail = onfail;
    this.total = total;
  }

  /** The item at `index`, or nothing while it is not here. */
  at(index: number): Item | undefined {
    void this.#version;
    return this.#pages.get(Math.floor(index / PAGE))?.items[index % PAGE];
  }

  /** How many items are in memory. */
  get kept(): number {
    return [...this.#pages.values()].reduce((sum, page) => sum + page.items.length, 0);
  }

  /** The view needs the items from `first` up to, not including, `end`. */
  want(first: number, end: number): void {
    this.#wanted = { first, end };
    for (let number = Math.floor(first / PAGE); number * PAGE < end; number += 1) {
      void this.#fetch(number);
    }
  }

  /** The sequence has become longer; what of it is in view, {@link want} says. */
  grow(total: number): void {
    this.total = total;
  }

  /** Puts in items that came by another way. `from` begins a page. */
  put(from: number, items: Item[]): void {
    for (let at = 0; at < items.length; at += PAGE) {
      const page = { items: items.slice(at, at + PAGE), askedAt: this.total, isAsked: false };
      this.#pages.set(Math.floor((from + at) / PAGE), page);
    }
    this.#version += 1;
  }

  /** The item at `index`, fetched if it is not here. */
  async fetch(index: number): Promise<Item | undefined> {
    const here = this.at(index);
    if (here !== undefined) return here;
    return (await this.#load(index, 1))[0];
  }

  /** Reads again those items in memory that `isStale` names. */
  async refresh(isStale: (item: Item) => boolean): Promise<void> {
    // What is on its way may have been read before it became stale.
    await Promise.allSettled(this.#loading);
    for (const [number, page] of [...this.#pages]) {
      const first = page.items.findIndex(isStale);
      if (first < 0) continue;
      const count = page.items.findLastIndex(isStale) + 1 - first;
      try {
        const items = await this.#load(number * PAGE + first, count);
        page.items.splice(first, items.length, ...items);
        this.#version += 1;
      } catch (reason) {
        this.#onfail(reason);
      }
    }
  }

  /** Reads again what is in view and forgets the rest, for any of it may tell too little by now. */
  async renew(): Promise<void> {
    const { first, end } = this.#wanted;
    for (const number of [...this.#pages.keys()]) {
      if (number * PAGE >= end || (number + 1) * PAGE <= first) this.#pages.delete(number);
    }
    await this.refresh(() => true);
  }

  /** Resolves when nothing is on its way. */
  async ready(): Promise<void> {
    await Promise.allSettled(this.#loading);
  }

  async #fetch(number: number): Promise<void> {
    const page = this.#touch(number);
    const from = number * PAGE + page.items.length;
    const missing = Math.min(this.total, (number + 1) * PAGE) - from;
    if (missing <= 0 || page.isAsked || page.askedAt >= this.total) return;
    page.isAsked = true;
    page.askedAt = this.total;
    const loading = this.#load(from, missing);
    this.#loading.add(loading);
    try {
      page.items.push(...(await loading));
      this.#version += 1;
    } catch (reason) {
      this.#onfail(reason);
    } finally {
      this.#loading.delete(loading);
      page.isAsked = false;
    }
    if (page.askedAt < this.total) this.want(this.#wanted.first, this.#wanted.end);
  }

  /** The page, now the youngest; the oldest makes room. */
  #touch(number: number): Page<Item> {
    const page = this.#pages.get(number) ?? { items: [], askedAt: -1, isAsked: false };
    this.#pages.delete(number);
    this.#pages.set(number, page);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) break;
      this.#pages.delete(oldest);
    }
    return page;
  }
}
