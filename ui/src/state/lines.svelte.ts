// A body as lines of text, read from the engine by windows.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { UiError } from "../bindings/UiError";
import { PAGE, Pages } from "./pages.svelte";

export class Lines {
  readonly #backend: Backend;
  readonly #id: string;
  #pages: Pages<string> | null = $state.raw(null);
  problem: UiError | null = $state.raw(null);

  readonly total = $derived(this.#pages?.total ?? 0);

  constructor(backend: Backend, id: string) {
    this.#backend = backend;
    this.#id = id;
  }

  /** Reads the first window. */
  async open(): Promise<void> {
    try {
      const page = await this.#backend.text(this.#id, 0, 2 * PAGE);
      const pages = new Pages(
        async (from: number, count: number) =>
          (await this.#backend.text(this.#id, from, count)).lines,
        (reason) => (this.problem = asUiError(reason)),
        page.total,
      );
      pages.put(0, page.lines);
      this.#pages = pages;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  line(index: number): string | undefined {
    return this.#pages?.at(index);
  }

  view(first: number, end: number): void {
    this.#pages?.want(first, end);
  }
}
