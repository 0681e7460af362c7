// The filters that are kept: their names, their order, and how many captures each finds. Each change
// writes all of them, so that either all of it holds or nothing.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { Matches } from "../bindings/Matches";
import type { SavedView } from "../bindings/SavedView";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";

/** They are counted again at most this often while captures come in. */
const REST_MS = 5_000;

export class Saved {
  readonly #backend: Backend;
  readonly #counting: Latest<void>;

  all: SavedView[] = $state.raw([]);
  /** How many captures each query finds, as far as it was counted. */
  counts: Readonly<Partial<Record<string, Matches>>> = $state.raw({});
  problem: UiError | null = $state.raw(null);

  constructor(backend: Backend, restMs = REST_MS) {
    this.#backend = backend;
    this.#counting = new Latest(() => this.#count(), restMs);
  }

  /** Reads them. */
  async load(): Promise<void> {
    try {
      this.all = await this.#backend.saved();
      this.problem = null;
      void this.count();
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  /** Counts what they find. */
  count(): Promise<void> {
    return this.all.length === 0 ? Promise.resolve() : this.#counting.ask();
  }

  /** Keeps `query` as `name`, behind the others. Fails with why it is not kept, as all below. */
  keep(name: string, query: string): Promise<void> {
    return this.#put([...this.all, { name, query }]);
  }

  rename(at: number, name: string): Promise<void> {
    return this.#put(this.all.map((one, place) => (place === at ? { ...one, name } : one)));
  }

  /** Moves the one at `at` by `by` places, as far as there are any. */
  async move(at: number, by: number): Promise<void> {
    const to = at + by;
    const moved = this.all[at];
    if (!moved || to < 0 || to >= this.all.length) return;
    const others = this.all.filter((one) => one !== moved);
    await this.#put([...others.slice(0, to), moved, ...others.slice(to)]);
  }

  /** Forgets the one at `at`; the answer puts it back there. */
  async remove(at: number): Promise<() => Promise<void>> {
    const removed = this.all.slice(at, at + 1);
    await this.#put(this.all.filter((_, place) => place !== at));
    return () => this.#put([...this.all.slice(0, at), ...removed, ...this.all.slice(at)]);
  }

  async #put(all: SavedView[]): Promise<void> {
    await this.#backend.setSaved(all);
    this.all = all;
    void this.count();
  }

  async #count(): Promise<void> {
    for (const { query } of this.all) {
      try {
        this.counts = { ...this.counts, [query]: await this.#backend.matches(query) };
      } catch {
        return; // A filter without a count is one all the same.
      }
    }
  }
}
