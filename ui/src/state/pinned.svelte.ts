// The captures that a person keeps on top, of the endpoint that is looked at.

import type { Backend } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import { Latest } from "./latest";

/** Of more than these only the newest are kept on top; `is:pinned` finds all. */
const MOST_PINNED = 100;

export class Pinned {
  readonly #backend: Backend;
  readonly #reading: Latest<string | null>;

  /** The newest first. */
  rows: CaptureRow[] = $state.raw([]);
  /** How many there are in all. */
  count = $state(0);

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#reading = new Latest((endpoint) => this.#read(endpoint));
  }

  /** Reads those of `endpoint` again; null is all. */
  load(endpoint: string | null): Promise<void> {
    return this.#reading.ask(endpoint);
  }

  async #read(endpoint: string | null): Promise<void> {
    try {
      const filter = { endpoint, text: null, query: "is:pinned" };
      const { list, count } = await this.#backend.openList(filter);
      const from = Math.max(0, count - MOST_PINNED);
      const rows = await this.#backend.rows(list, from, count - from);
      await this.#backend.closeList(list);
      this.rows = rows.reverse();
      this.count = count;
    } catch {
      this.rows = []; // the list beside it says what is wrong
      this.count = 0;
    }
  }
}
