// The newest runs, of one capture or of all, and what the one that is opened has written.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { OutputView } from "../bindings/OutputView";
import type { RunView } from "../bindings/RunView";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";

const REST_MS = 150;
const MOST = 200;

/** How a run stands, in one word. */
export type RunState = "waiting" | "running" | "ok" | "failed" | "unconfirmed";

export function stateOf({ state, error }: RunView): RunState {
  if (state === "unconfirmed" || state === "waiting" || state === "running") return state;
  return error === null ? "ok" : "failed";
}

export class Runs {
  readonly #backend: Backend;
  readonly #capture: string | null;
  readonly #reading: Latest<void>;
  /** Failures that were seen. */
  #seen: ReadonlySet<number> | null = $state.raw(null);

  /** The newest first; null until they were read. */
  all: RunView[] | null = $state.raw(null);
  problem: UiError | null = $state.raw(null);
  /** The run whose particulars are shown. */
  opened: number | null = $state(null);
  output: OutputView | null = $state.raw(null);

  readonly #now = $derived((this.all ?? []).map((run) => ({ run, state: stateOf(run) })));
  readonly running = $derived(
    this.#now.filter(({ state }) => state === "running" || state === "waiting").length,
  );
  readonly unconfirmed = $derived(this.#now.filter(({ state }) => state === "unconfirmed").length);
  /** How many failed since somebody looked. */
  readonly failed = $derived(
    this.#now.filter(({ run, state }) => state === "failed" && !this.#seen?.has(run.number)).length,
  );

  /** Of the capture with the id `capture`, or of all. */
  constructor(backend: Backend, capture: string | null) {
    this.#backend = backend;
    this.#capture = capture;
    this.#reading = new Latest(() => this.#read(), REST_MS);
  }

  /** Reads them as they are now, and the opened one's output. */
  load(): Promise<void> {
    return this.#reading.ask();
  }

  /** Shows or no longer shows the particulars of a run. */
  async toggle(number: number): Promise<void> {
    this.opened = this.opened === number ? null : number;
    this.output = null;
    await this.load();
  }

  /** What failed so far has been seen. */
  see(): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew each time
    this.#seen = new Set(
      this.#now.filter(({ state }) => state === "failed").map(({ run }) => run.number),
    );
  }

  async #read(): Promise<void> {
    try {
      this.all = await this.#backend.runs(null, this.#capture, MOST);
      this.problem = null;
      if (this.#seen === null) this.see();
      const { opened } = this;
      if (opened === null || !this.all.some(({ number }) => number === opened)) return;
      const output = await this.#backend.runOutput(opened);
      if (opened === this.opened) this.output = output;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }
}
