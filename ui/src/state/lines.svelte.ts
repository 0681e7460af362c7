// A body as lines of text, read from the engine by windows.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { BodyRef } from "../bindings/BodyRef";
import type { UiError } from "../bindings/UiError";
import { PAGE, Pages } from "./pages.svelte";

export class Lines {
  readonly #backend: Backend;
  readonly #body: BodyRef;
  readonly #form: "text" | "pretty";
  #pages: Pages<string> | null = $state.raw(null);
  problem: UiError | null = $state.raw(null);

  /** Bytes of the text, and of its longest line, when it was opened. */
  bytes = $state(0);
  longestBytes = $state(0);

  readonly total = $derived(this.#pages?.total ?? 0);
  readonly isOpen = $derived(this.#pages !== null);

  constructor(backend: Backend, body: BodyRef, form: "text" | "pretty") {
    this.#backend = backend;
    this.#body = body;
    this.#form = form;
  }

  /** Reads the first window. */
  async open(): Promise<void> {
    try {
      const page = await this.#backend.text(this.#body, this.#form, 0, 2 * PAGE);
      const pages = new Pages(
        async (from: number, count: number) =>
          (await this.#backend.text(this.#body, this.#form, from, count)).lines,
        (reason) => (this.problem = asUiError(reason)),
        page.total,
      );
      pages.put(0, page.lines);
      this.bytes = page.bytes;
      this.longestBytes = page.longestBytes;
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
