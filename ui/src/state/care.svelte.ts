// The history as a whole: what it is kept by, its backups, and work on it. One work goes on at a
// time; what came of it, or why it failed, belongs to the place where it was begun.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { Compacted } from "../bindings/Compacted";
import type { HistoryFile } from "../bindings/HistoryFile";
import type { HistoryView } from "../bindings/HistoryView";
import type { Merged } from "../bindings/Merged";
import type { PrunePreview } from "../bindings/PrunePreview";
import type { Restored } from "../bindings/Restored";
import type { Retention } from "../bindings/Retention";
import type { UiError } from "../bindings/UiError";
import type { WorkProgress } from "../bindings/WorkProgress";
import { Latest } from "./latest";

/** Where on the page something is done. */
export type CarePlace = "keep" | "backup" | "file" | "compact";

/** What came of it. */
type Outcome =
  | { kind: "kept" }
  | { kind: "backup"; file: HistoryFile }
  | { kind: "restored"; restored: Restored }
  | { kind: "merged"; merged: Merged }
  | { kind: "compacted"; compacted: Compacted };

/** The rules as they are typed: whole numbers, or nothing where there is no rule. */
export interface KeepForm {
  days: string;
  captures: string;
  megabytes: string;
}

const DAY_MS = 86_400_000;
const MEGABYTE = 1_000_000;
/** A preview is asked for again at most this often while somebody types. */
const REST_MS = 150;

const typed = (value: number | null, unit: number) =>
  value === null ? "" : String(Math.max(1, Math.round(value / unit)));

function formOf({ maxAgeMs, maxCaptures, maxBytes }: Retention): KeepForm {
  return {
    days: typed(maxAgeMs, DAY_MS),
    captures: typed(maxCaptures, 1),
    megabytes: typed(maxBytes, MEGABYTE),
  };
}

/** What a field says in units of `unit`: null for no rule, undefined for no whole number. */
function ruleOf(text: string, unit: number): number | null | undefined {
  const trimmed = text.replace(/[\s,]/g, "");
  if (trimmed === "") return null;
  const rule = /^\d+$/.test(trimmed) ? Number(trimmed) * unit : 0;
  return rule > 0 && Number.isSafeInteger(rule) ? rule : undefined;
}

export class Care {
  readonly #backend: Backend;
  readonly #previewing: Latest<void>;

  view: HistoryView | null = $state.raw(null);
  /** Why the history could not be looked at. */
  unread: UiError | null = $state.raw(null);
  form: KeepForm = $state({ days: "", captures: "", megabytes: "" });
  /** What would go by the form. */
  preview: PrunePreview | null = $state.raw(null);
  /** How far the work is that goes on, whoever began it. */
  progress: WorkProgress | null = $state.raw(null);
  /** Where work was begun that goes on. */
  place: CarePlace | null = $state(null);
  outcome: { place: CarePlace; of: Outcome } | null = $state.raw(null);
  problem: { place: CarePlace; error: UiError } | null = $state.raw(null);
  /** The backup that would take the history's place, until that is confirmed. */
  asking: { place: CarePlace; file: HistoryFile } | null = $state.raw(null);

  /** What the form says; null where a field is no whole number. */
  readonly wanted: Retention | null = $derived.by(() => {
    const maxAgeMs = ruleOf(this.form.days, DAY_MS);
    const maxCaptures = ruleOf(this.form.captures, 1);
    const maxBytes = ruleOf(this.form.megabytes, MEGABYTE);
    if (maxAgeMs === undefined || maxCaptures === undefined || maxBytes === undefined) return null;
    return { maxAgeMs, maxCaptures, maxBytes };
  });

  /** Whether the form says something else than what the history is kept by. */
  readonly isChanged = $derived(
    this.view !== null &&
      JSON.stringify(formOf(this.view.retention)) !== JSON.stringify($state.snapshot(this.form)),
  );
  readonly isBusy = $derived(this.place !== null || this.progress !== null);

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#previewing = new Latest(() => this.#preview(), REST_MS);
  }

  /** Looks at the history anew, as when its settings are opened. */
  async open(): Promise<void> {
    this.outcome = null;
    this.problem = null;
    this.asking = null;
    this.preview = null;
    await this.#load(true);
  }

  /** Something happened to work on the history. */
  hear(progress: WorkProgress | null): void {
    this.progress = progress;
    if (progress === null && this.view !== null) void this.#load(false);
  }

  /** The form was changed. */
  typed(): void {
    this.outcome = null;
    void this.#previewing.ask();
  }

  isFlawed(field: keyof KeepForm): boolean {
    return ruleOf(this.form[field], 1) === undefined;
  }

  /** Keeps the history by what the form says from now on. */
  async save(): Promise<void> {
    const { wanted } = this;
    if (!wanted) return;
    await this.#do("keep", async () => {
      await this.#backend.saveRetention(wanted);
      return { kind: "kept" };
    });
    this.preview = null;
  }

  backup(to: string): Promise<void> {
    return this.#do("backup", async () => ({
      kind: "backup",
      file: await this.#backend.backupHistory(to),
    }));
  }

  compact(): Promise<void> {
    return this.#do("compact", async () => ({
      kind: "compacted",
      compacted: await this.#backend.compactHistory(),
    }));
  }

  merge(from: string): Promise<void> {
    return this.#do("file", async () => ({
      kind: "merged",
      merged: await this.#backend.mergeHistory(from),
    }));
  }

  /** Looks at a backup, and asks whether it shall take the history's place. */
  ask(place: CarePlace, from: string): Promise<void> {
    return this.#do(place, async () => {
      this.asking = { place, file: await this.#backend.checkHistory(from) };
      return null;
    });
  }

  /** Puts the backup that was asked about in the history's place. */
  async restore(): Promise<void> {
    const { asking } = this;
    if (!asking) return;
    await this.#do(asking.place, async () => ({
      kind: "restored",
      restored: await this.#backend.restoreHistory(asking.file.path),
    }));
  }

  /** Stops what goes on. */
  async stop(): Promise<void> {
    await this.#backend.stopWork();
  }

  async #do(place: CarePlace, work: () => Promise<Outcome | null>): Promise<void> {
    if (this.place !== null) return;
    this.place = place;
    this.outcome = null;
    this.problem = null;
    this.asking = null;
    let of: Outcome | null | undefined;
    try {
      of = await work();
      if (of) this.outcome = { place, of };
    } catch (reason) {
      this.problem = { place, error: asUiError(reason) };
    } finally {
      this.place = null;
    }
    if (of !== null) await this.#load(place === "keep" || of?.kind === "restored");
  }

  async #load(fillsForm: boolean): Promise<void> {
    try {
      const view = await this.#backend.history();
      this.view = view;
      this.unread = null;
      if (fillsForm && this.problem?.place !== "keep") this.form = formOf(view.retention);
    } catch (reason) {
      this.unread = asUiError(reason);
    }
  }

  async #preview(): Promise<void> {
    const { wanted } = this;
    if (!wanted || !this.isChanged) {
      this.preview = null;
      return;
    }
    try {
      const preview = await this.#backend.prunePreview(wanted);
      if (wanted === this.wanted) this.preview = preview;
      this.problem = null;
    } catch (reason) {
      this.problem = { place: "keep", error: asUiError(reason) };
    }
  }
}
