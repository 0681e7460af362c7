// What the fake engine does when captures are sent again: most are answered 200 at once, some fail,
// and some answer 409 the second time. Port 9 refuses.

import type { CaptureRow } from "../../bindings/CaptureRow";
import type { Confirmed } from "../../bindings/Confirmed";
import type { DeliveryView } from "../../bindings/DeliveryView";
import type { EngineEvent } from "../../bindings/EngineEvent";
import type { ForwardSettings } from "../../bindings/ForwardSettings";
import type { ForwardView } from "../../bindings/ForwardView";
import type { Missed } from "../../bindings/Missed";
import type { Replayed } from "../../bindings/Replayed";
import type { ReplayedOne } from "../../bindings/ReplayedOne";
import type { ReplayOptions } from "../../bindings/ReplayOptions";
import type { ReplayReport } from "../../bindings/ReplayReport";
import type { ReplaySelection } from "../../bindings/ReplaySelection";
import type { ReplayBackend } from "../replay";
import { attempts } from "./answers";
import { fault } from "./owned";

const USUAL = {
  filter: "",
  retries: 3,
  backoffMs: 1_000,
  atOnce: 4,
  isOrdered: false,
  authorities: null,
  pin: null,
};

/** The part of the fake engine that sends. */
export abstract class Replays implements ReplayBackend {
  readonly #reports = new Map<number, ReplayReport>();
  readonly #forwards = new Map<string, ForwardSettings>();
  readonly #confirmed = new Map<string, number>();
  readonly #sent = new Map<string, DeliveryView[]>();
  readonly #origins = new Map<string, string>();
  readonly #missed = new Map<string, string[]>();
  #number = 1_000_000_000;
  /** Whether replays stand still after their first capture, until {@link endReplay}. */
  holdsReplays = false;

  /** Answers, and keeps what was asked. */
  protected abstract answered<Answer>(asked: string, answer: () => Answer): Promise<Answer>;
  protected abstract told(events: EngineEvent[]): void;
  /** The captures of a selection, the oldest first. */
  protected abstract selected(selection: ReplaySelection): CaptureRow[];
  /** Where the captures of an endpoint go by themselves. */
  protected abstract forwardsOf(endpoint: string): ForwardView[];
  /** Makes one more capture. */
  protected abstract arrived(): string;

  /** What was sent again of a capture, the newest first. */
  protected sentAgain(id: string): DeliveryView[] {
    return this.#sent.get(id) ?? [];
  }

  /** The capture that `id` was edited from. */
  protected originOf(id: string): string | undefined {
    return this.#origins.get(id);
  }

  /** These captures of `endpoint` never got an answer from `target`. */
  miss(endpoint: string, target: string, ids: string[]): void {
    this.#missed.set(`${endpoint} ${target}`, ids);
  }

  /** What stands still goes on to its end. */
  endReplay(run: number): void {
    const { progress } = this.#report(run);
    this.#progress(run, { state: "done", done: progress.total });
  }

  replay(id: string, options: ReplayOptions): Promise<Replayed> {
    return this.answered(`replay ${id} ${JSON.stringify(options)}`, () => {
      const [row] = this.selected({ ids: [id] });
      if (!row) throw fault("no_capture", `no capture ${id}`);
      const delivery = this.#delivery(row, options.to);
      const capture = options.edit ? this.arrived() : id;
      if (options.edit) this.#origins.set(capture, id);
      this.#sent.set(capture, [delivery, ...this.sentAgain(capture)]);
      this.told([{ kind: "delivered", captures: [capture] }]);
      return { capture, delivery };
    });
  }

  startReplay(selection: ReplaySelection, options: ReplayOptions): Promise<number> {
    return this.answered(`startReplay ${JSON.stringify([selection, options])}`, () => {
      const rows = this.selected(selection);
      if (rows.length === 0) throw fault("no_capture", "there is no capture to send");
      const captures = rows.map((row): ReplayedOne => {
        const first = this.#delivery(row, options.to);
        const status = row.seq % 7 === 3 ? 500 : first.status;
        const send = { ...first, status };
        const second = row.seq % 5 === 2 ? { ...send, status: 409 } : send;
        const isDropped = options.drop === 1;
        return {
          capture: row.id,
          edited: null,
          isDropped,
          truncatedTo: null,
          sends: isDropped ? [] : options.twice ? [send, second] : [send],
          differs: options.twice && second !== send ? ["status", "body"] : [],
          error: null,
        };
      });
      return this.#ended(captures, options.seed ?? 1);
    });
  }

  pauseReplay(run: number, rest: boolean): Promise<void> {
    return this.answered(`pauseReplay ${String(run)} ${String(rest)}`, () => {
      this.#progress(run, { state: rest ? "paused" : "running" });
    });
  }

  cancelReplay(run: number): Promise<void> {
    return this.answered(`cancelReplay ${String(run)}`, () => {
      this.#progress(run, { state: "cancelled" });
    });
  }

  replayReport(run: number): Promise<ReplayReport> {
    return this.answered(`replayReport ${String(run)}`, () => this.#report(run));
  }

  forwardSettings(endpoint: string): Promise<ForwardSettings[]> {
    return this.answered(`forwardSettings ${endpoint}`, () =>
      this.forwardsOf(endpoint).map((forward) => ({
        ...USUAL,
        ...this.#forwards.get(`${endpoint} ${forward.target}`),
        ...forward,
      })),
    );
  }

  putForward(endpoint: string, forward: ForwardSettings): Promise<void> {
    return this.answered(`putForward ${JSON.stringify([endpoint, forward])}`, () => {
      if (forward.pin !== null && !forward.pin.startsWith("sha256/"))
        throw fault("no_target", `the pin \`${forward.pin}\` is not sha256/…`);
      this.#forwards.set(`${endpoint} ${forward.target}`, forward);
    });
  }

  removeForward(endpoint: string, target: string): Promise<void> {
    return this.answered(`removeForward ${endpoint} ${target}`, () => {
      if (!this.#forwards.delete(`${endpoint} ${target}`))
        throw fault("no_forward", `nothing goes to ${target}`);
    });
  }

  missed(endpoint: string): Promise<Missed[]> {
    return this.answered(`missed ${endpoint}`, () => {
      return this.forwardsOf(endpoint).map(({ target }) => ({
        target,
        captures: this.#missed.get(`${endpoint} ${target}`) ?? [],
      }));
    });
  }

  replayMissed(endpoint: string, target: string): Promise<number> {
    return this.answered(`replayMissed ${endpoint} ${target}`, () => {
      const ids = this.#missed.get(`${endpoint} ${target}`) ?? [];
      if (ids.length === 0) throw fault("no_capture", "there is no capture to send");
      this.#missed.delete(`${endpoint} ${target}`);
      const captures = this.selected({ ids }).map(({ id, ...row }): ReplayedOne => ({
        capture: id,
        edited: null,
        isDropped: false,
        truncatedTo: null,
        sends: [this.#delivery({ id, ...row }, target)],
        differs: [],
        error: null,
      }));
      return this.#ended(captures, 1);
    });
  }

  confirmTarget(target: string): Promise<string> {
    return this.answered(`confirmTarget ${target}`, () => {
      const { origin } = new URL(target);
      this.#confirmed.set(origin, Date.now());
      return origin;
    });
  }

  confirmedTargets(): Promise<Confirmed[]> {
    return this.answered("confirmedTargets", () =>
      [...this.#confirmed].map(([origin, confirmedAtMs]) => ({ origin, confirmedAtMs })),
    );
  }

  forgetTarget(origin: string): Promise<boolean> {
    return this.answered(`forgetTarget ${origin}`, () => this.#confirmed.delete(origin));
  }

  #delivery(row: CaptureRow, to: string | null): DeliveryView {
    const target = to ?? this.forwardsOf(row.endpoint)[0]?.target ?? null;
    if (target === null)
      throw fault("no_target", `the captures of \`${row.endpoint}\` go nowhere by themselves`);
    const remote = !/^(https?:\/\/)?(localhost|127\.|:|\d+(\/|$))/.test(target);
    if (remote && !this.#confirmed.has(new URL(target).origin)) {
      throw fault("target_remote", `${target} is not this computer`);
    }
    const [last] = attempts(row.seq, Date.now(), target).slice(-1);
    if (!last) throw fault("no_target", "it goes nowhere");
    const sent = { ...last, number: (this.#number += 1), isReplay: true };
    if (/:9(\/|$)/.test(target))
      return { ...sent, status: null, reason: "", error: "connection refused" };
    return { ...sent, status: 200, reason: "OK", error: null };
  }

  #ended(captures: ReplayedOne[], seed: number): number {
    const run = this.#reports.size + 1;
    const total = captures.length;
    const failed = captures.flatMap(({ sends }) => sends).filter(({ status }) => status !== 200);
    const progress = this.holdsReplays
      ? ({ run, state: "running", total, done: 1, failed: 0 } as const)
      : ({ run, state: "done", total, done: total, failed: failed.length } as const);
    const differing = captures.filter(({ differs }) => differs.length > 0).length;
    this.#reports.set(run, { progress, seed, captures, differing });
    this.told([{ kind: "replay", progress }]);
    return run;
  }

  #progress(run: number, change: Partial<ReplayReport["progress"]>): void {
    const report = this.#report(run);
    const progress = { ...report.progress, ...change };
    this.#reports.set(run, { ...report, progress });
    this.told([{ kind: "replay", progress }]);
  }

  #report(run: number): ReplayReport {
    const report = this.#reports.get(run);
    if (!report) throw fault("no_replay", `there is no replay ${String(run)}`);
    return report;
  }
}
