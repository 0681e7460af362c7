// Sending many captures again: how, how far it is, and what came of it.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { Pace } from "../bindings/Pace";
import type { ReplayedOne } from "../bindings/ReplayedOne";
import type { ReplayOptions } from "../bindings/ReplayOptions";
import type { ReplayProgress } from "../bindings/ReplayProgress";
import type { ReplayReport } from "../bindings/ReplayReport";
import type { ReplaySelection } from "../bindings/ReplaySelection";
import type { UiError } from "../bindings/UiError";
import { hostOf } from "./form";

/** The paces to choose from; `own` takes a factor. */
export const PACES = ["original", "ten", "now", "own"] as const;

/** What is asked before many are sent, as it stands in a form. */
export interface ManyForm {
  to: string;
  isAsSender: boolean;
  pace: (typeof PACES)[number];
  factor: string;
  isTwice: boolean;
  isShuffled: boolean;
  seed: string;
  /** In percent. */
  drop: string;
  /** In percent. */
  truncate: string;
}

/** Why a field cannot be as it is. */
type ManyFlaw = "to" | "factor" | "seed" | "share";

interface Chosen {
  selection: ReplaySelection;
  count: number;
}

/** The engine counts them with 32 bits. */
const MOST_SEED = 0xffff_ffff;
const share = (percent: string) => Number(percent.trim()) / 100;

export class Many {
  readonly #backend: Backend;

  /** What is to be sent, while it is asked how. */
  chosen: Chosen | null = $state.raw(null);
  form: ManyForm = $state(blank(""));
  problem: UiError | null = $state.raw(null);
  /** The other computer that has to be confirmed first. */
  remote: string | null = $state(null);
  isStarting = $state(false);

  /** How far the last one is; null when there is none, or it was put away. */
  progress: ReplayProgress | null = $state.raw(null);
  /** What came of it, while that is looked at. */
  report: ReplayReport | null = $state.raw(null);
  /** The captures of the report that were read. */
  rows: Readonly<Partial<Record<string, CaptureRow>>> = $state.raw({});
  #run: number | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Asks how to send `count` captures. */
  open(selection: ReplaySelection, count: number, to: string): void {
    this.chosen = { selection, count };
    this.form = blank(to);
    this.problem = null;
    this.remote = null;
  }

  /** What is wrong with the form, if anything. */
  readonly flaw: ManyFlaw | null = $derived.by(() => {
    const { to, pace, factor, seed, drop, truncate } = this.form;
    if (to.trim() !== "" && hostOf(to.trim()) === null) return "to";
    if (pace === "own" && !(Number(factor) > 0 && Number(factor) <= 1e6)) return "factor";
    if (!/^\d{0,10}$/.test(seed.trim()) || Number(seed) > MOST_SEED) return "seed";
    const shares = [share(drop), share(truncate)];
    return shares.every((one) => one >= 0 && one <= 1) ? null : "share";
  });

  /** Sends them; whether that began. Else it is said why not. */
  async start(confirms: boolean): Promise<boolean> {
    if (!this.chosen || this.flaw !== null || this.isStarting) return false;
    const to = this.form.to.trim();
    this.problem = null;
    this.isStarting = true;
    try {
      if (confirms) await this.#backend.confirmTarget(to);
      const { selection } = this.chosen;
      this.follow(await this.#backend.startReplay(selection, optionsOf(this.form)));
      this.chosen = null;
      return true;
    } catch (reason) {
      const problem = asUiError(reason);
      this.remote = problem.code === "target_remote" ? (hostOf(to) ?? to) : null;
      if (this.remote === null) this.problem = problem;
      return false;
    } finally {
      this.isStarting = false;
    }
  }

  /** Follows the replay `run`, which may have been told of already. */
  follow(run: number): void {
    this.#run = run;
    this.report = null;
    if (this.progress?.run !== run) this.progress = this.#told.get(run) ?? null;
    this.#told.clear();
  }

  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shown depends on it
  readonly #told = new Map<number, ReplayProgress>();

  /** How far replays are was told; the first word of one may come before its number is known. */
  hear(replays: readonly ReplayProgress[]): void {
    for (const progress of replays) {
      if (progress.run === this.#run) this.progress = progress;
      else if (progress.run > (this.#run ?? 0)) this.#told.set(progress.run, progress);
    }
  }

  async rest(isResting: boolean): Promise<void> {
    if (this.progress) await this.#backend.pauseReplay(this.progress.run, isResting);
  }

  async cancel(): Promise<void> {
    if (this.progress) await this.#backend.cancelReplay(this.progress.run);
  }

  /** Puts the strip away. */
  close(): void {
    this.progress = null;
  }

  /** Reads what came of it, and then what its captures are. */
  async openReport(most: number): Promise<void> {
    const { progress } = this;
    if (!progress) return;
    const report = await this.#backend.replayReport(progress.run);
    this.report = report;
    for (const { capture } of sorted(report.captures).slice(0, most)) {
      if (this.report !== report) return;
      if (this.rows[capture]) continue;
      const found = await this.#backend.detail(capture).catch(() => null);
      if (found) this.rows = { ...this.rows, [capture]: found.row };
    }
  }
}

/** Whether it had no answer, or one that was not 2xx. */
export function hasFailed({ sends, error }: ReplayedOne): boolean {
  const isBad = (status: number | null) => status === null || status < 200 || status > 299;
  return error !== null || sends.some((send) => send.error !== null || isBad(send.status));
}

/** Those that failed first, then those answered differently the second time; else as sent. */
export function sorted(captures: readonly ReplayedOne[]): ReplayedOne[] {
  const rank = (one: ReplayedOne) => (hasFailed(one) ? 0 : one.differs.length > 0 ? 1 : 2);
  return captures.toSorted((one, other) => rank(one) - rank(other));
}

function optionsOf(form: ManyForm): ReplayOptions {
  const paces: Record<ManyForm["pace"], Pace> = {
    original: { pace: "original" },
    ten: { pace: "times", factor: 10 },
    now: { pace: "now" },
    own: { pace: "times", factor: Number(form.factor) },
  };
  const seed = form.seed.trim();
  return {
    to: form.to.trim() === "" ? null : form.to.trim(),
    asSender: form.isAsSender,
    edit: null,
    pace: paces[form.pace],
    atOnce: null,
    twice: form.isTwice,
    shuffle: form.isShuffled,
    drop: share(form.drop),
    truncate: share(form.truncate),
    seed: seed === "" ? null : Number(seed),
  };
}

function blank(to: string): ManyForm {
  return {
    to,
    isAsSender: false,
    pace: "now",
    factor: "2",
    isTwice: false,
    isShuffled: false,
    seed: "",
    drop: "0",
    truncate: "0",
  };
}
