// The capture that is looked at: its row at once, the rest as soon as the engine has read it.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureDetail } from "../bindings/CaptureDetail";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { DeliveryView } from "../bindings/DeliveryView";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";

export class Inspection {
  readonly #backend: Backend;
  readonly #reading: Latest<CaptureRow>;

  /** The capture that was chosen. */
  row: CaptureRow | null = $state.raw(null);
  /** What was read last; may be of the capture before, until the new one is here. */
  detail: CaptureDetail | null = $state.raw(null);
  problem: UiError | null = $state.raw(null);
  /** What came of passing it on, the newest first. */
  deliveries: DeliveryView[] = $state.raw([]);
  /** The tries of its delivery, the oldest first; empty when the sender calls that nothing. */
  tries: CaptureRow[] = $state.raw([]);
  readonly #following: Latest<string>;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#reading = new Latest((row) => this.#read(row));
    this.#following = new Latest((id) => this.#follow(id));
  }

  /** Looks at `row`'s capture. */
  show(row: CaptureRow): Promise<void> {
    if (row.id === this.row?.id) return Promise.resolve();
    this.row = row;
    this.problem = null;
    return this.#reading.ask(row);
  }

  /** Something came of passing these captures on. */
  hear(delivered: readonly string[]): Promise<void> {
    const id = this.row?.id;
    if (id === undefined || !delivered.includes(id)) return Promise.resolve();
    return this.#following.ask(id);
  }

  /** Captures were marked: what is shown of this one is read again; if it is gone, nothing is. */
  async reread(): Promise<void> {
    const id = this.row?.id;
    if (id === undefined) return;
    try {
      const detail = await this.#backend.detail(id);
      if (id !== this.row?.id) return;
      this.row = detail.row;
      this.detail = detail;
    } catch (reason) {
      if (id !== this.row?.id) return;
      if (asUiError(reason).code !== "no_capture") this.problem = asUiError(reason);
      else this.row = this.detail = null;
    }
  }

  /** The signatures of these captures were judged, perhaps again. */
  hearVerdicts(verified: readonly string[]): Promise<void> {
    const { row } = this;
    if (row === null || !verified.includes(row.id)) return Promise.resolve();
    return this.#reading.ask(row);
  }

  async #read(row: CaptureRow): Promise<void> {
    try {
      const { id } = row;
      const [detail, deliveries, tries] = await Promise.all([
        this.#backend.detail(id),
        this.#backend.deliveries(id),
        this.#backend.tries(id),
      ]);
      if (id !== this.row?.id) return;
      this.detail = detail;
      this.deliveries = deliveries;
      this.tries = tries;
    } catch (reason) {
      if (row.id === this.row?.id) this.problem = asUiError(reason);
    }
  }

  async #follow(id: string): Promise<void> {
    try {
      const deliveries = await this.#backend.deliveries(id);
      if (id === this.row?.id) this.deliveries = deliveries;
    } catch (reason) {
      if (id === this.row?.id) this.problem = asUiError(reason);
    }
  }
}
