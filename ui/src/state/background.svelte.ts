// What the window does while nobody looks at it: notifications, the tray, closing and starting. Each
// change holds at once; what the window itself changes is heard.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { Background as Settings } from "../bindings/Background";
import type { Loudness } from "../bindings/Loudness";
import type { UiError } from "../bindings/UiError";

const HOUR_MS = 3_600_000;
/** When a day begins for who muted until tomorrow, in hours. */
const MORNING = 8;

export class Background {
  readonly #backend: Backend;
  now: Settings | null = $state.raw(null);
  /** Why the last change was not taken. */
  problem: UiError | null = $state.raw(null);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Asks once; what was heard meanwhile is newer and stays. */
  async load(): Promise<void> {
    try {
      const settings = await this.#backend.background();
      this.now ??= settings;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }

  hear(settings: Settings): void {
    this.now = settings;
  }

  /** Changes some of it. What is refused is told, and everything stays as it was. */
  async set(change: Partial<Settings>): Promise<void> {
    if (!this.now) return;
    const before = this.now;
    const wanted = { ...before, ...change };
    this.now = wanted;
    try {
      const held = await this.#backend.setBackground(wanted);
      if (this.now === wanted) this.now = held;
      this.problem = null;
    } catch (reason) {
      if (this.now === wanted) this.now = before;
      this.problem = asUiError(reason);
    }
  }

  /** How loud an endpoint is. */
  loudness(endpoint: string): Loudness {
    return this.now?.endpoints[endpoint] ?? "all";
  }

  setLoudness(endpoint: string, loudness: Loudness): Promise<void> {
    const others = Object.entries(this.now?.endpoints ?? {}).filter(([id]) => id !== endpoint);
    const named: [string, Loudness][] = loudness === "all" ? [] : [[endpoint, loudness]];
    return this.set({ endpoints: Object.fromEntries([...others, ...named]) });
  }

  /** Until when nothing is notified; null while it is. */
  mutedUntil(nowMs: number): number | null {
    const until = this.now?.mutedUntilMs ?? null;
    return until !== null && nowMs < until ? until : null;
  }

  muteForAnHour(nowMs: number): Promise<void> {
    return this.set({ mutedUntilMs: nowMs + HOUR_MS });
  }

  /** Until tomorrow morning, in local time. */
  muteUntilTomorrow(nowMs: number): Promise<void> {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
    const morning = new Date(nowMs);
    morning.setDate(morning.getDate() + 1);
    morning.setHours(MORNING, 0, 0, 0);
    return this.set({ mutedUntilMs: morning.getTime() });
  }

  unmute(): Promise<void> {
    return this.set({ mutedUntilMs: null });
  }
}
