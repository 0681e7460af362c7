// One request at a time; of what is asked meanwhile only the newest is done. So a burst costs what
// the engine can answer, and a late answer never overwrites a newer one.

/** Does wishes of one kind, one after the other, skipping those that a newer one has replaced. */
export class Latest<Wish> {
  readonly #perform: (wish: Wish) => Promise<void>;
  readonly #restMs: number;
  #waiting: { wish: Wish } | null = null;
  #running: Promise<void> | null = null;

  /** `perform` handles its own failures; `restMs` is the pause after each. */
  constructor(perform: (wish: Wish) => Promise<void>, restMs = 0) {
    this.#perform = perform;
    this.#restMs = restMs;
  }

  /** Resolves when nothing is left to do. */
  ask(wish: Wish): Promise<void> {
    this.#waiting = { wish };
    this.#running ??= this.#work().finally(() => (this.#running = null));
    return this.#running;
  }

  async #work(): Promise<void> {
    for (let next = this.#take(); next; next = this.#take()) {
      await this.#perform(next.wish);
      if (this.#restMs > 0) await new Promise((rested) => setTimeout(rested, this.#restMs));
    }
  }

  #take(): { wish: Wish } | null {
    const next = this.#waiting;
    this.#waiting = null;
    return next;
  }
}
