// What the applications of all endpoints never answered. It is counted a while after something went
// on its way, for what is on its way now would count too.

import type { Backend } from "../backend/backend";
import type { Endpoints } from "./endpoints.svelte";
import { Latest } from "./latest";

const WAIT_MS = 4_000;

/** What a target of an endpoint never answered. */
interface Miss {
  endpoint: string;
  target: string;
  count: number;
}

export class Missing {
  readonly #backend: Backend;
  readonly #endpoints: Endpoints;
  readonly #reading = new Latest(() => this.#read());
  #isWaiting = false;

  all: readonly Miss[] = $state.raw([]);

  constructor(backend: Backend, endpoints: Endpoints) {
    this.#backend = backend;
    this.#endpoints = endpoints;
  }

  /** Counts them now. */
  load(): Promise<void> {
    return this.#reading.ask(undefined);
  }

  /** Counts them soon. */
  hear(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    setTimeout(() => {
      this.#isWaiting = false;
      void this.load();
    }, WAIT_MS);
  }

  async #read(): Promise<void> {
    const all: Miss[] = [];
    for (const { id, forwards } of [...this.#endpoints.public, ...this.#endpoints.local]) {
      if (forwards.length === 0) continue;
      const missed = await this.#backend.missed(id).catch(() => []);
      for (const { target, captures } of missed)
        if (captures.length > 0) all.push({ endpoint: id, target, count: captures.length });
    }
    this.all = all;
  }
}
