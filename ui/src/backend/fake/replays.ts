// What the fake engine does when captures are sent again: each is answered 200 at once.

import type { CaptureRow } from "../../bindings/CaptureRow";
import type { Confirmed } from "../../bindings/Confirmed";
import type { DeliveryView } from "../../bindings/DeliveryView";
import type { EngineEvent } from "../../bindings/EngineEvent";
import type { ForwardSettings } from "../../bindings/ForwardSettings";
import type { Missed } from "../../bindings/Missed";
import type { Replayed } from "../../bindings/Replayed";
import type { ReplayedOne } from "../../bindings/ReplayedOne";
import type { ReplayOptions } from "../../bindings/ReplayOptions";
import type { ReplayReport } from "../../bindings/ReplayReport";
import type { ReplaySelection } from "../../bindings/ReplaySelection";
import type { ReplayBackend } from "../replay";
import { attempts } from "./answers";
import { fault } from "./owned";

const USUAL = "http://localhost:3000/";

/** The part of the fake engine that sends. */
export abstract class Replays implements ReplayBackend {
  readonly #reports = new Map<number, ReplayReport>();
  readonly #forwards = new Map<string, ForwardSettings[]>();
  readonly #confirmed = new Map<string, number>();

  /** Answers, and keeps what was asked. */
  protected abstract answered<Answer>(asked: string, answer: () => Answer): Promise<Answer>;
  protected abstract told(events: EngineEvent[]): void;
  /** The captures of a selection, the oldest first. */
  protected abstract selected(selection: ReplaySelection): CaptureRow[];

  replay(id: string, options: ReplayOptions): Promise<Replayed> {
    return this.answered(`replay ${id} ${JSON.stringify(options)}`, () => {
      const [row] = this.selected({ ids: [id] });
      if (!row) throw fault("no_capture", `no capture ${id}`);
      return { capture: id, delivery: this.#delivery(row, options.to) };
    });
  }

  startReplay(selection: ReplaySelection, options: ReplayOptions): Promise<number> {
    return this.answered(`startReplay ${JSON.stringify([selection, options])}`, () => {
      const rows = this.selected(selection);
      if (rows.length === 0) throw fault("no_capture", "there is no capture to send");
      const captures = rows.map((row): ReplayedOne => {
        const send = this.#delivery(row, options.to);
        return {
          capture: row.id,
          edited: null,
          isDropped: false,
          truncatedTo: null,
          sends: options.twice ? [send, send] : [send],
          differs: [],
          error: null,
        };
      });
      return this.#ended(captures, options.seed ?? 1);
    });
  }

  pauseReplay(run: number, rest: boolean): Promise<void> {
    return this.answered(`pauseReplay ${String(run)} ${String(rest)}`, () => {
      this.#report(run);
    });
  }

  cancelReplay(run: number): Promise<void> {
    return this.answered(`cancelReplay ${String(run)}`, () => {
      this.#report(run);
    });
  }

  replayReport(run: number): Promise<ReplayReport> {
    return this.answered(`replayReport ${String(run)}`, () => this.#report(run));
  }

  forwardSettings(endpoint: string): Promise<ForwardSettings[]> {
    return this.answered(`forwardSettings ${endpoint}`, () => this.#forwards.get(endpoint) ?? []);
  }

  putForward(endpoint: string, forward: ForwardSettings): Promise<void> {
    return this.answered(`putForward ${JSON.stringify([endpoint, forward])}`, () => {
      const others = this.#forwards.get(endpoint) ?? [];
      const kept = others.filter(({ target }) => target !== forward.target);
      this.#forwards.set(endpoint, [...kept, forward]);
    });
  }

  removeForward(endpoint: string, target: string): Promise<void> {
    return this.answered(`removeForward ${endpoint} ${target}`, () => {
      const all = this.#forwards.get(endpoint) ?? [];
      const kept = all.filter((one) => one.target !== target);
      if (kept.length === all.length) throw fault("no_forward", `nothing goes to ${target}`);
      this.#forwards.set(endpoint, kept);
    });
  }

  missed(endpoint: string): Promise<Missed[]> {
    return this.answered(`missed ${endpoint}`, () => {
      const all = this.#forwards.get(endpoint) ?? [];
      return all.map(({ target }) => ({ target, captures: [] }));
    });
  }

  replayMissed(endpoint: string, target: string): Promise<number> {
    return this.answered(`replayMissed ${endpoint} ${target}`, () => {
      throw fault("no_capture", "there is no capture to send");
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
    const target = to ?? USUAL;
    const remote = !/^(https?:\/\/)?(localhost|127\.|:|\d+(\/|$))/.test(target);
    if (remote && !this.#confirmed.has(new URL(target).origin)) {
      throw fault("target_remote", `${target} is not this computer`);
    }
    const [last] = attempts(row.seq, Date.now(), target).slice(-1);
    if (!last) throw fault("no_target", "it goes nowhere");
    return { ...last, status: 200, reason: "OK", error: null, isReplay: true };
  }

  #ended(captures: ReplayedOne[], seed: number): number {
    const run = this.#reports.size + 1;
    const total = captures.length;
    const progress = { run, state: "done", total, done: total, failed: 0 } as const;
    this.#reports.set(run, { progress, seed, captures, differing: 0 });
    this.told([{ kind: "replay", progress }]);
    return run;
  }

  #report(run: number): ReplayReport {
    const report = this.#reports.get(run);
    if (!report) throw fault("no_replay", `there is no replay ${String(run)}`);
    return report;
  }
}
