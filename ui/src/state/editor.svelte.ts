// An endpoint's settings while a person changes them: nothing is saved before it is asked for, and
// nothing that was typed is lost when saving fails.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { EndpointView } from "../bindings/EndpointView";
import type { UiError } from "../bindings/UiError";
import {
  flawsOf,
  formOf,
  forwardsOf,
  placeOf,
  remoteOf,
  settingsOf,
  type Form,
  type Problems,
} from "./form";

export class Editor {
  readonly #backend: Backend;
  /** As it was when it was opened. */
  readonly endpoint: EndpointView;
  /** Null until the settings were read. */
  form: Form | null = $state(null);
  #saved: string = $state("");
  problems: Problems = $state.raw({});
  /** Why the settings could not be read. */
  unread: UiError | null = $state.raw(null);
  isSaving = $state(false);
  token: string | null = $state(null);
  /** Why there is no token to be shown. */
  tokenProblem: UiError | null = $state.raw(null);

  readonly isChanged = $derived(this.form !== null && JSON.stringify(this.form) !== this.#saved);
  readonly remote = $derived(this.form ? remoteOf(this.form) : []);

  constructor(backend: Backend, endpoint: EndpointView) {
    this.#backend = backend;
    this.endpoint = endpoint;
  }

  /** The receiver on this computer passes captures on, and has nothing else to set. */
  get hasSettings(): boolean {
    return this.endpoint.source === "relay";
  }

  async open(): Promise<void> {
    this.unread = null;
    try {
      const { id } = this.endpoint;
      // The endpoint at hand may be of a moment ago, and saving it would undo what came since.
      const [all, settings] = await Promise.all([
        this.#backend.endpoints(),
        this.hasSettings ? this.#backend.endpointSettings(id) : null,
      ]);
      const { forwards } = all.find((one) => one.id === id) ?? this.endpoint;
      const form = formOf(settings, forwards);
      this.#saved = JSON.stringify(form);
      this.form = form;
    } catch (reason) {
      this.unread = asUiError(reason);
    }
  }

  /** Whether all of it is saved now; else `problems` says why not. */
  async save(): Promise<boolean> {
    const { form } = this;
    if (!form || this.isSaving) return false;
    this.problems = flawsOf(form, this.hasSettings);
    if (Object.keys(this.problems).length > 0) return false;
    this.isSaving = true;
    const sent = JSON.stringify(form);
    try {
      const settings = this.hasSettings ? settingsOf(form) : null;
      await this.#backend.saveEndpoint(this.endpoint.id, settings, forwardsOf(form));
      this.#saved = sent;
      return true;
    } catch (reason) {
      const problem = asUiError(reason);
      this.problems = { [placeOf(problem, form)]: problem };
      return false;
    } finally {
      this.isSaving = false;
    }
  }

  /** The field was changed: what was wrong with it may be right now. */
  touch(field: keyof Form): void {
    if (this.problems[field] === undefined && this.problems.all === undefined) return;
    const left = Object.entries(this.problems).filter(([name]) => name !== field && name !== "all");
    this.problems = Object.fromEntries(left);
  }

  /** Reads the token; null where it cannot be. */
  async readToken(): Promise<string | null> {
    this.tokenProblem = null;
    try {
      this.token = await this.#backend.endpointToken(this.endpoint.id);
      return this.token;
    } catch (reason) {
      this.tokenProblem = asUiError(reason);
      return null;
    }
  }

  /** Makes another token; whether that was done. */
  async rotate(): Promise<boolean> {
    this.tokenProblem = null;
    try {
      await this.#backend.rotateEndpoint(this.endpoint.id);
    } catch (reason) {
      this.tokenProblem = asUiError(reason);
      return false;
    }
    if (this.token !== null) await this.readToken();
    return true;
  }
}
