// Events come in batches, faster than a screen shows: they are summed up and handed on once a
// frame. While the window is hidden there are no frames, and the sum waits.

import type { EngineEvent } from "../bindings/EngineEvent";
import type { ReplayProgress } from "../bindings/ReplayProgress";
import type { Status } from "../bindings/Status";
import type { WorkProgress } from "../bindings/WorkProgress";

/** What happened since the last frame. */
export interface Heard {
  /** How many captures were stored. */
  captured: number;
  /** The captures that were passed on, or failed to be. */
  delivered: readonly string[];
  /** Whether captures were pinned, noted, deleted or brought back. */
  isMarked: boolean;
  /** The captures whose signatures were judged; null where none were, not even without a verdict. */
  verified: readonly string[] | null;
  /** The newest status, if it changed. */
  status: Status | null;
  /** Whether endpoints came, went or were renamed. */
  hasEndpoints: boolean;
  /** Whether a run began, wrote or ended, or rules changed. */
  hasRan: boolean;
  /** Whether captures have gone. */
  hasRemoved: boolean;
  /** How far work on the history is, null when it has ended; undefined where nothing was said. */
  working: WorkProgress | null | undefined;
  /** How far replays are, in the order in which it was told. */
  replays: readonly ReplayProgress[];
}

/** Sums up events and gives the sum to `take` at the next frame. */
export class HeardPerFrame {
  readonly #take: (heard: Heard) => void;
  #sum: Heard | null = null;

  constructor(take: (heard: Heard) => void) {
    this.#take = take;
  }

  add(events: readonly EngineEvent[]): void {
    if (events.length === 0) return;
    if (this.#sum === null) requestAnimationFrame(() => this.#flush());
    this.#sum = events.reduce(sum, this.#sum ?? NOTHING);
  }

  #flush(): void {
    const heard = this.#sum;
    this.#sum = null;
    if (heard) this.#take(heard);
  }
}

const NOTHING: Heard = {
  captured: 0,
  delivered: [],
  isMarked: false,
  verified: null,
  status: null,
  hasEndpoints: false,
  hasRan: false,
  hasRemoved: false,
  working: undefined,
  replays: [],
};

function sum(heard: Heard, event: EngineEvent): Heard {
  switch (event.kind) {
    case "captured":
      return { ...heard, captured: heard.captured + event.count };
    case "delivered":
      return { ...heard, delivered: [...heard.delivered, ...event.captures] };
    case "marked":
      return { ...heard, isMarked: true };
    case "verified":
      return { ...heard, verified: [...(heard.verified ?? []), ...event.captures] };
    case "status":
      return { ...heard, status: event.status };
    case "fellBack":
      return heard;
    case "ran":
      return { ...heard, hasRan: true };
    case "endpoints":
      return { ...heard, hasEndpoints: true };
    case "removed":
      return { ...heard, hasRemoved: true };
    case "working":
      return { ...heard, working: event.progress };
    case "replay":
      return { ...heard, replays: [...heard.replays, event.progress] };
  }
}
