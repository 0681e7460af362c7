// What differs between the capture that is looked at and another one.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { Comparison } from "../bindings/Comparison";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";

/** Two captures, by their ids; the earlier one is `before`. */
interface Pair {
  before: string;
  after: string;
}

export class Comparing {
  readonly #backend: Backend;
  readonly #reading: Latest<{ id: string; other: string | null }>;

  /** The two that a person chose; of any other capture the one before of its kind is taken. */
  pair: Pair | null = $state.raw(null);
  /** What was found last; may be of another capture until the right one is here. */
  found: Comparison | null = $state.raw(null);
  problem: UiError | null = $state.raw(null);
  /** Whether what always changes is shown too. */
  showsVolatile = $state(false);

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#reading = new Latest(({ id, other }) => this.#read(id, other));
  }

  /** Which one `id` is compared with; null is the one before of its kind. */
  other(id: string): string | null {
    return this.pair?.after === id ? this.pair.before : null;
  }

  /** Compares the capture `id`. */
  show(id: string): Promise<void> {
    return this.#reading.ask({ id, other: this.other(id) });
  }

  async #read(id: string, other: string | null): Promise<void> {
    try {
      this.found = await this.#backend.compare(id, other);
      this.problem = null;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }
}
