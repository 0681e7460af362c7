// What the page may ask about sending captures again, and about how they go on by themselves.

import type { Confirmed } from "../bindings/Confirmed";
import type { ForwardSettings } from "../bindings/ForwardSettings";
import type { Missed } from "../bindings/Missed";
import type { Replayed } from "../bindings/Replayed";
import type { ReplayOptions } from "../bindings/ReplayOptions";
import type { ReplayReport } from "../bindings/ReplayReport";
import type { ReplaySelection } from "../bindings/ReplaySelection";

/** The part of the backend that sends. A target that nobody confirmed fails as `target_remote`. */
export interface ReplayBackend {
  /** Sends one capture, edited or as it came; that nothing answers is in the delivery. */
  replay(id: string, options: ReplayOptions): Promise<Replayed>;
  /** Sends many; the answer is the number of the replay. Each step is told as an event. */
  startReplay(selection: ReplaySelection, options: ReplayOptions): Promise<number>;
  /** Has a replay rest, or go on. */
  pauseReplay(run: number, rest: boolean): Promise<void>;
  cancelReplay(run: number): Promise<void>;
  /** What came of it so far. */
  replayReport(run: number): Promise<ReplayReport>;

  /** How the captures of an endpoint go to each of its targets. */
  forwardSettings(endpoint: string): Promise<ForwardSettings[]>;
  /** Adds a target, or changes how captures go to it. */
  putForward(endpoint: string, forward: ForwardSettings): Promise<void>;
  removeForward(endpoint: string, target: string): Promise<void>;
  /** For each target the captures that never got an answer. */
  missed(endpoint: string): Promise<Missed[]>;
  /** Sends them, in their order; the answer is the number of the replay. */
  replayMissed(endpoint: string, target: string): Promise<number>;

  /** Lets captures be sent to another computer from now on; the answer is what was confirmed. */
  confirmTarget(target: string): Promise<string>;
  confirmedTargets(): Promise<Confirmed[]>;
  forgetTarget(origin: string): Promise<boolean>;
}
