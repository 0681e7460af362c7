// What the engine says of itself: the line to the relay, the receiver, sizes, notices.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { Status } from "../bindings/Status";
import type { UiError } from "../bindings/UiError";

export class EngineStatus {
  readonly #backend: Backend;
  now: Status | null = $state.raw(null);
  problem: UiError | null = $state.raw(null);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Asks once; what was heard meanwhile is newer and stays. */
  async load(): Promise<void> {
    try {
      const status = await this.#backend.status();
      this.now ??= status;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  hear(status: Status): void {
    this.now = status;
    this.problem = null;
  }
}
