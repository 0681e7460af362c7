// The rows of a body that is a table, read from the engine by windows.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { BodyRef } from "../bindings/BodyRef";
import type { UiError } from "../bindings/UiError";
import { Pages } from "./pages.svelte";

export class Table {
  readonly #pages: Pages<string[]>;
  problem: UiError | null = $state.raw(null);

  constructor(backend: Backend, body: BodyRef, rows: number) {
    this.#pages = new Pages(
      (from, count) => backend.bodyRows(body, from, count),
      (reason) => (this.problem = asUiError(reason)),
      rows,
    );
  }

  row(index: number): string[] | undefined {
    return this.#pages.at(index);
  }

  view(first: number, end: number): void {
    this.#pages.want(first, end);
  }
}
