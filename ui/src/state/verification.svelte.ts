// The signature of one capture: what it proved, why it fails, and the secrets of its endpoint.

import type { Backend, NewSecret } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { DiagnosisView } from "../bindings/DiagnosisView";
import type { SecretView } from "../bindings/SecretView";
import type { UiError } from "../bindings/UiError";
import type { VerificationView } from "../bindings/VerificationView";
import { Latest } from "./latest";

export class Verification {
  readonly #backend: Backend;
  readonly #row: CaptureRow;
  readonly #reading: Latest<void>;

  view: VerificationView | null = $state.raw(null);
  /** Why it could not be read. */
  problem: UiError | null = $state.raw(null);

  diagnosis: DiagnosisView | null = $state.raw(null);
  isLooking = $state(false);

  /** A secret that was made here, shown this once: its name, and its value. */
  made: { name: string; value: string } | null = $state.raw(null);
  isAdding = $state(false);
  /** Why nothing was added or changed. */
  refused: UiError | null = $state.raw(null);

  constructor(backend: Backend, row: CaptureRow) {
    this.#backend = backend;
    this.#row = row;
    this.#reading = new Latest(() => this.#read());
  }

  /** Reads what there is to say now. */
  read(): Promise<void> {
    return this.#reading.ask();
  }

  /** Finds out why the signature fails. */
  async diagnose(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      this.diagnosis = await this.#backend.diagnose(this.#row.id);
    } catch (reason) {
      this.problem = asUiError(reason);
    } finally {
      this.isLooking = false;
    }
  }

  /** Keeps a secret of the capture's endpoint. Whether that went well. */
  async add(secret: NewSecret): Promise<boolean> {
    if (this.isAdding) return false;
    this.isAdding = true;
    const isAdded = await this.#change(async () => {
      const made = await this.#backend.addSecret(this.#row.endpoint, secret);
      this.made = made.value === null ? null : { name: made.secret.name, value: made.value };
    });
    this.isAdding = false;
    return isAdded;
  }

  retire({ name, isOld }: SecretView): Promise<boolean> {
    return this.#change(() => this.#backend.retireSecret(this.#row.endpoint, name, !isOld));
  }

  remove({ name }: SecretView): Promise<boolean> {
    return this.#change(() => this.#backend.removeSecret(this.#row.endpoint, name));
  }

  /** Has a test event sent to the capture's endpoint; the status that was answered, if any. */
  async sendTest(scheme: string): Promise<number | null> {
    this.refused = null;
    try {
      return await this.#backend.sendTestEvent(this.#row.endpoint, scheme);
    } catch (reason) {
      this.refused = asUiError(reason);
      return null;
    }
  }

  async #change(change: () => Promise<void>): Promise<boolean> {
    this.refused = null;
    try {
      await change();
      this.diagnosis = null;
      await this.read();
      return true;
    } catch (reason) {
      this.refused = asUiError(reason);
      return false;
    }
  }

  async #read(): Promise<void> {
    try {
      this.view = await this.#backend.verification(this.#row.id);
      this.problem = null;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }
}
