// What is sought in a body: where it occurs, and at which of the places the reader stands.

import { asUiError } from "../backend/backend";
import type { Found } from "../bindings/Found";
import type { FoundPlace } from "../bindings/FoundPlace";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";

export class Finder {
  readonly #seek: (needle: string) => Promise<Found>;
  readonly #seeking: Latest<string>;
  readonly #byRow = $derived.by(() => {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew whenever it changes
    const rows = new Map<number, FoundPlace[]>();
    for (const place of this.places) {
      const row = rows.get(place.row);
      if (row) row.push(place);
      else rows.set(place.row, [place]);
    }
    return rows;
  });

  needle = $state("");
  /** How often it occurs; null while nothing is sought. */
  total: number | null = $state(null);
  places: FoundPlace[] = $state.raw([]);
  /** Which place the reader stands at. */
  at = $state(0);
  problem: UiError | null = $state.raw(null);

  readonly current = $derived(this.places[this.at]);

  /** `seek` answers with the places of a needle. */
  constructor(seek: (needle: string) => Promise<Found>) {
    this.#seek = seek;
    this.#seeking = new Latest((needle) => this.#ask(needle));
  }

  /** Seeks `needle`; an empty one seeks nothing. */
  ask(needle: string): Promise<void> {
    this.needle = needle;
    return this.#seeking.ask(needle);
  }

  /** Goes on by so many places, round and round. */
  step(by: 1 | -1): void {
    const count = this.places.length;
    if (count > 0) this.at = (this.at + by + count) % count;
  }

  /** The places in a row. */
  in(row: number): readonly FoundPlace[] {
    return this.#byRow.get(row) ?? [];
  }

  async #ask(needle: string): Promise<void> {
    try {
      const found = needle === "" ? null : await this.#seek(needle);
      if (needle !== this.needle) return;
      this.places = found?.places ?? [];
      this.total = found?.total ?? null;
      this.at = 0;
      this.problem = null;
    } catch (reason) {
      if (needle === this.needle) this.problem = asUiError(reason);
    }
  }
}
