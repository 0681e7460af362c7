// The rules of one endpoint while they are written: the text and what is said about it, and what it
// would have done. What is not saved is kept for as long as the window is open.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { LintView } from "../bindings/LintView";
import type { ListFilter } from "../bindings/ListFilter";
import type { RulesView } from "../bindings/RulesView";
import type { TrialView } from "../bindings/TrialView";
import type { UiError } from "../bindings/UiError";
import { withRule } from "./hooktext";
import { Latest } from "./latest";

/** Captures that a trial looks at. */
const MOST_TRIED = 5_000;
const REST_MS = 200;

export class Rules {
  readonly #backend: Backend;
  readonly #drafts: Record<string, string> = {};
  readonly #reading: Latest<string>;
  readonly #checking: Latest<string>;
  readonly #looking: Latest<{ endpoint: string; text: string | null; id: string }>;

  isOpen = $state(false);
  /** Which of the two is looked at: what is to run, or what ran. */
  part: "rules" | "runs" = $state("rules");
  endpoint: string | null = $state(null);

  /** What is saved. */
  view: RulesView | null = $state.raw(null);
  #text = $state("");
  /** What is said about the text as it is now. */
  findings: LintView[] = $state.raw([]);
  problem: UiError | null = $state.raw(null);
  /** Why it was not saved, or a rule not confirmed. */
  refused: UiError | null = $state.raw(null);
  /** What of the saved text has no effect. */
  told: string[] = $state.raw([]);

  /** What each rule would have done; null until asked. */
  trials: TrialView[] | null = $state.raw(null);
  isTrying = $state(false);
  /** What each rule makes of the capture looked at. */
  whys: TrialView[] = $state.raw([]);

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#reading = new Latest((endpoint) => this.#read(endpoint));
    this.#checking = new Latest((text) => this.#check(text), REST_MS);
    this.#looking = new Latest((wish) => this.#look(wish), REST_MS);
  }

  get text(): string {
    return this.#text;
  }

  readonly hasChanged = $derived(this.view !== null && this.#text !== this.view.text);
  readonly isEmpty = $derived(this.#text.trim() === "");

  /** Opens the rules of `endpoint`. */
  async open(endpoint: string): Promise<void> {
    this.isOpen = true;
    this.part = "rules";
    if (endpoint !== this.endpoint) {
      this.endpoint = endpoint;
      this.view = this.trials = this.refused = this.problem = null;
      this.findings = this.told = this.whys = [];
      this.#text = "";
    }
    await this.#reading.ask(endpoint);
  }

  openRuns(): void {
    this.isOpen = true;
    this.part = "runs";
  }

  close(): void {
    this.isOpen = false;
  }

  /** The text is another now. */
  edit(text: string): void {
    if (this.endpoint === null || this.view === null) return;
    this.#text = text;
    if (text === this.view.text) Reflect.deleteProperty(this.#drafts, this.endpoint);
    else this.#drafts[this.endpoint] = text;
    this.trials = this.refused = null;
    this.told = [];
    void this.#checking.ask(text);
  }

  revert(): void {
    if (this.view) this.edit(this.view.text);
  }

  /** Adds a rule for a field of the body, which is not saved yet. */
  async addRule(endpoint: string, place: string, value: string): Promise<void> {
    await this.open(endpoint);
    this.edit(withRule(this.#text, place, value));
  }

  /** Saves the text. Whether that went well. */
  save(): Promise<boolean> {
    const text = this.#text;
    return this.#change(async (endpoint) => {
      const told = await this.#backend.setRules(endpoint, text);
      Reflect.deleteProperty(this.#drafts, endpoint);
      if (endpoint === this.endpoint) this.told = told;
    });
  }

  /** Has a rule run although a stranger can trigger it. */
  confirm(rule: string): Promise<boolean> {
    return this.#change((endpoint) => this.#backend.confirmRule(endpoint, rule));
  }

  /** Asks what each rule would have done with the captures of `filter`. */
  async try(filter: ListFilter): Promise<void> {
    const { endpoint } = this;
    const text = this.#text;
    if (endpoint === null || this.isTrying) return;
    this.isTrying = true;
    this.refused = null;
    try {
      const trials = await this.#backend.tryRules(endpoint, text, filter, MOST_TRIED);
      if (endpoint === this.endpoint && text === this.#text) this.trials = trials;
    } catch (reason) {
      this.refused = asUiError(reason);
    } finally {
      this.isTrying = false;
    }
  }

  /** Asks what each rule makes of the capture `id`. */
  look(id: string | null): void {
    const { endpoint, isEmpty } = this;
    if (id === null || endpoint === null || isEmpty) this.whys = [];
    else void this.#looking.ask({ endpoint, text: this.#text, id });
  }

  /** Rules were changed elsewhere, or confirmed. */
  async reread(): Promise<void> {
    if (this.isOpen && this.endpoint !== null) await this.#reading.ask(this.endpoint);
  }

  async #change(change: (endpoint: string) => Promise<void>): Promise<boolean> {
    const { endpoint } = this;
    if (endpoint === null) return false;
    this.refused = null;
    try {
      await change(endpoint);
      await this.#reading.ask(endpoint);
      return true;
    } catch (reason) {
      this.refused = asUiError(reason);
      return false;
    }
  }

  async #read(endpoint: string): Promise<void> {
    try {
      const view = await this.#backend.rules(endpoint);
      if (endpoint !== this.endpoint) return;
      const draft = this.#drafts[endpoint];
      this.view = view;
      this.#text = draft ?? view.text;
      this.problem = null;
      if (draft === undefined) this.findings = view.findings;
      else await this.#checking.ask(draft);
    } catch (reason) {
      if (endpoint === this.endpoint) this.problem = asUiError(reason);
    }
  }

  async #check(text: string): Promise<void> {
    try {
      const findings = await this.#backend.checkHooks(text);
      if (text === this.#text) this.findings = findings;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  /** A text that does not load has no clauses; why is among the findings. */
  async #look(wish: { endpoint: string; text: string | null; id: string }): Promise<void> {
    const whys = await this.#backend
      .tryOn(wish.endpoint, wish.text, wish.id)
      .catch((): TrialView[] => []);
    if (wish.endpoint === this.endpoint && wish.text === this.#text) this.whys = whys;
  }
}
