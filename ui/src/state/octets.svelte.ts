// A body as rows of a few bytes each, read from the engine by windows.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { BodyRef } from "../bindings/BodyRef";
import type { UiError } from "../bindings/UiError";
import { Pages } from "./pages.svelte";

export class Octets {
  readonly #pages: Pages<Uint8Array>;
  problem: UiError | null = $state.raw(null);

  /** `bytes` is the body's size; a row has `perRow` of them, the last perhaps fewer. */
  constructor(backend: Backend, body: BodyRef, bytes: number, perRow: number) {
    this.#pages = new Pages(
      async (from, count) => {
        const window = await backend.bodyBytes(body, "bytes", from * perRow, count * perRow);
        const rows = Math.ceil(window.length / perRow);
        return Array.from({ length: rows }, (_, at) =>
          window.subarray(at * perRow, (at + 1) * perRow),
        );
      },
      (reason) => (this.problem = asUiError(reason)),
      Math.ceil(bytes / perRow),
    );
  }

  get total(): number {
    return this.#pages.total;
  }

  row(index: number): Uint8Array | undefined {
    return this.#pages.at(index);
  }

  view(first: number, end: number): void {
    this.#pages.want(first, end);
  }
}
