// The first steps: where the person is in them, and whether they are seen.

import type { Prefs } from "./prefs.svelte";

/** What is learnt, in this order. */
export const STEPS = ["try", "public", "sender"] as const;

export class Guide {
  readonly #prefs: Prefs;
  isOpen = $state(false);
  /** The number of the step, from 0. */
  at = $state(0);

  readonly step = $derived(STEPS[this.at] ?? "try");
  readonly isLast = $derived(this.at === STEPS.length - 1);

  constructor(prefs: Prefs) {
    this.#prefs = prefs;
  }

  /** Opens by itself, unless the person has said not to. */
  begin(): void {
    if (!this.#prefs.looks.isGuideHidden) this.open();
  }

  open(): void {
    this.at = 0;
    this.isOpen = true;
  }

  go(at: number): void {
    this.at = Math.min(Math.max(0, at), STEPS.length - 1);
  }

  close(): void {
    this.isOpen = false;
  }

  /** Closes, and does not open by itself again. */
  hide(): void {
    this.#prefs.set({ isGuideHidden: true });
    this.close();
  }
}
