// When the captures of the list were received, and what came of them: read again when the list is
// another or has grown, but not for each arrival of a burst.

import type { Backend } from "../backend/backend";
import type { Timeline } from "../bindings/Timeline";
import { Latest } from "./latest";

/** It is read again at most this often. */
const REST_MS = 500;

export class Arrivals {
  readonly #backend: Backend;
  readonly #reading: Latest<number>;

  /** What was read last; empty where there is nothing. */
  line: Timeline | null = $state.raw(null);

  /** How many captures it shows, by what came of them. */
  readonly sums = $derived.by(() => {
    const sum = (of: readonly number[] | undefined) =>
      (of ?? []).reduce((all, one) => all + one, 0);
    const { captures, ok, failed } = this.line ?? {};
    const sums = { captures: sum(captures), ok: sum(ok), failed: sum(failed) };
    return { ...sums, none: sums.captures - sums.ok - sums.failed };
  });

  constructor(backend: Backend, restMs = REST_MS) {
    this.#backend = backend;
    this.#reading = new Latest((list) => this.#read(list), restMs);
  }

  /** Reads what `list` holds by now. */
  load(list: number): Promise<void> {
    return this.#reading.ask(list);
  }

  async #read(list: number): Promise<void> {
    try {
      this.line = await this.#backend.timeline(list);
    } catch {
      // The list was closed for another, of which the next call tells.
    }
  }
}
