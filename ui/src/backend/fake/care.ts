// The fake engine's history as a whole: rules that let the oldest go, and work that goes on as far as
// a test says.

import type { Compacted } from "../../bindings/Compacted";
import type { EngineEvent } from "../../bindings/EngineEvent";
import type { HistoryFile } from "../../bindings/HistoryFile";
import type { HistoryView } from "../../bindings/HistoryView";
import type { Merged } from "../../bindings/Merged";
import type { PrunePreview } from "../../bindings/PrunePreview";
import type { Restored } from "../../bindings/Restored";
import type { Retention } from "../../bindings/Retention";
import type { Work } from "../../bindings/Work";
import { fault } from "./owned";

const DAY_MS = 86_400_000;
const FOLDER = "/home/kim/.local/share/tenterhook";
const ONE_BYTES = 31_700;
const PINNED = 12;

export class FakeCare {
  readonly #rows: number;
  readonly #tell: (event: EngineEvent) => void;
  #retention: Retention = { maxAgeMs: null, maxCaptures: null, maxBytes: null };
  #freeBytes = 12_600_000;
  #backups = 2;
  #running: { work: Work; end: (isStopped: boolean) => void } | null = null;
  /** How many of the oldest captures have gone. */
  gone = 0;

  constructor(rows: number, tell: (event: EngineEvent) => void) {
    this.#rows = rows;
    this.#tell = tell;
  }

  view(): HistoryView {
    const captures = this.#rows - this.gone;
    const nowMs = Date.now();
    const backup = (at: number) => ({
      path: `${FOLDER}/backups/history-2026-05-0${String(at)}-081500.db`,
      name: `history-2026-05-0${String(at)}-081500.db`,
      bytes: 21_400_000 + at * 812_000,
      madeAtMs: nowMs - (10 - at) * DAY_MS,
    });
    return {
      sizes: {
        captures,
        pinned: Math.min(PINNED, captures),
        oldestAtMs: captures > 0 ? nowMs - 60 * DAY_MS : null,
        newestAtMs: captures > 0 ? nowMs - 60_000 : null,
        usedBytes: captures * ONE_BYTES,
        freeBytes: this.#freeBytes,
      },
      retention: this.#retention,
      nextBackup: `${FOLDER}/backups/history-2026-05-09-081500.db`,
      backups: Array.from({ length: this.#backups }, (_, at) => backup(this.#backups - at)),
    };
  }

  preview({ maxAgeMs, maxCaptures, maxBytes }: Retention): PrunePreview {
    const all = this.#rows - this.gone;
    const byAge = maxAgeMs === null ? 0 : Math.round(all * (1 - maxAgeMs / (60 * DAY_MS)));
    const byCount = maxCaptures === null ? 0 : all - maxCaptures;
    const bySize = maxBytes === null ? 0 : all - Math.floor(maxBytes / ONE_BYTES);
    const due = Math.max(0, Math.min(all, Math.max(byAge, byCount, bySize)));
    const captures = Math.max(0, due - PINNED);
    const nowMs = Date.now();
    return {
      captures,
      bytes: captures * ONE_BYTES,
      oldestAtMs: captures > 0 ? nowMs - 60 * DAY_MS : null,
      newestAtMs: captures > 0 ? nowMs - DAY_MS : null,
      pinned: Math.min(due, PINNED),
    };
  }

  save(retention: Retention): void {
    const { captures } = this.preview(retention);
    this.#retention = retention;
    this.gone += captures;
    this.#freeBytes += captures * ONE_BYTES;
    if (captures > 0) this.#tell({ kind: "removed" });
  }

  async backup(path: string): Promise<HistoryFile> {
    if (!path.endsWith(".db"))
      throw fault("care_unwritable", `cannot write ${path}: permission denied`);
    await this.#begin("backup");
    this.#backups += 1;
    return this.#file(path);
  }

  check(path: string): HistoryFile {
    if (path.endsWith("newer.db"))
      throw fault(
        "care_too_new",
        `${path} has schema 9, and this program knows only 3: use the newer program that wrote it`,
      );
    if (!path.endsWith(".db"))
      throw fault("care_not_a_history", `${path} is no history of Tenterhook`);
    return this.#file(path);
  }

  async restore(path: string): Promise<Restored> {
    this.check(path);
    await this.#begin("restore");
    this.gone = 0;
    this.#tell({ kind: "removed" });
    const kept = `${FOLDER}/history-before-restore-2026-05-09-081500.db`;
    return { captures: this.#rows, kept, isRetentionOff: this.#retention.maxCaptures !== null };
  }

  async compact(): Promise<Compacted> {
    await this.#begin("compact");
    const freedBytes = this.#freeBytes;
    this.#freeBytes = 0;
    return { diskBytes: (this.#rows - this.gone) * ONE_BYTES, freedBytes };
  }

  async merge(path: string): Promise<Merged> {
    this.check(path);
    await this.#begin("merge");
    return { added: 318, skipped: 1_204 };
  }

  /** What goes on is `done` of 100 far, or has ended. */
  work(done: number | null): void {
    const running = this.#running;
    if (!running) return;
    if (done === null) running.end(false);
    else this.#tell({ kind: "working", progress: { work: running.work, done, total: 100 } });
  }

  stop(): void {
    this.#running?.end(true);
  }

  #file(path: string): HistoryFile {
    const nowMs = Date.now();
    return {
      path,
      bytes: 23_024_000,
      captures: 742,
      oldestAtMs: nowMs - 60 * DAY_MS,
      newestAtMs: nowMs - 8 * DAY_MS,
      schema: 3,
    };
  }

  #begin(work: Work): Promise<void> {
    return new Promise((done, failed) => {
      const end = (isStopped: boolean) => {
        this.#running = null;
        this.#tell({ kind: "working", progress: null });
        if (isStopped) failed(fault("care_stopped", "stopped; the history is as it was"));
        else done();
      };
      this.#running = { work, end };
      this.#tell({ kind: "working", progress: { work, done: 0, total: 0 } });
    });
  }
}
