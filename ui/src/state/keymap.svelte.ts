// Which chord does what: the usual ones, and what the person made of them. A chord does one thing:
// what was chosen comes before what is usual.

import { keycaps } from "../text/chords";
import { ACTIONS, type Action } from "./actions";
import type { Prefs } from "./prefs.svelte";

export class Keymap {
  readonly #prefs: Prefs;
  readonly actions = ACTIONS;
  /** Whether Cmd is held where others hold Ctrl. */
  readonly isMac: boolean;

  constructor(prefs: Prefs, isMac: boolean) {
    this.#prefs = prefs;
    this.isMac = isMac;
  }

  readonly #byChord = $derived.by(() => {
    const { keys } = this.#prefs.looks;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew whenever the keys change
    const byChord = new Map<string, Action>();
    const chosen = this.actions.filter(({ id }) => keys[id] !== undefined);
    for (const action of [...chosen, ...this.actions]) {
      for (const chord of keys[action.id] ?? action.keys)
        if (!byChord.has(chord)) byChord.set(chord, action);
    }
    return byChord;
  });

  /** What a chord does. */
  at(chord: string): Action | undefined {
    return this.#byChord.get(chord);
  }

  /** The chords of an action, the first one first to be shown. */
  of(action: Pick<Action, "id" | "keys">): readonly string[] {
    const chords = this.#prefs.looks.keys[action.id] ?? action.keys;
    return chords.filter((chord) => this.at(chord)?.id === action.id);
  }

  /** The keys of the first chord of an action, as they are labelled; null where it has none. */
  capsOf(id: string): string[] | null {
    const action = this.actions.find((one) => one.id === id);
    const chord = action && this.of(action)[0];
    return chord === undefined ? null : keycaps(chord, this.isMac);
  }

  /** Whether an action has other chords than usual. */
  isChanged(action: Action): boolean {
    return this.of(action).join(" ") !== action.keys.join(" ");
  }

  readonly isAnyChanged = $derived.by(() => this.actions.some((action) => this.isChanged(action)));

  /** Gives `chord` to `action`, and takes it from the one that had it. */
  give(action: Action, chord: string): void {
    if (this.at(chord)?.id === action.id) return;
    this.#set([...this.#without([chord]), [action.id, [...this.of(action), chord]]]);
  }

  /** Takes `chord` from `action`. */
  drop(action: Action, chord: string): void {
    this.#set([[action.id, this.of(action).filter((one) => one !== chord)]]);
  }

  /** Gives `action` its usual chords again, and takes them from those that have them. */
  reset(action: Action): void {
    this.#set([...this.#without(action.keys), [action.id, action.keys]]);
  }

  /** All chords as usual. */
  resetAll(): void {
    this.#prefs.set({ keys: {} });
  }

  /** What those who have `chords` are left with. */
  #without(chords: readonly string[]): [string, readonly string[]][] {
    const holders = chords.flatMap((chord) => this.at(chord) ?? []);
    return holders.map((one) => [one.id, this.of(one).filter((had) => !chords.includes(had))]);
  }

  /** Remembers only what differs from the usual. */
  #set(changes: [string, readonly string[]][]): void {
    const usual = new Map(this.actions.map(({ id, keys }) => [id, keys.join(" ")])); // eslint-disable-line svelte/prefer-svelte-reactivity -- read once
    const all = { ...this.#prefs.looks.keys, ...Object.fromEntries(changes) };
    const other = Object.entries(all).filter(([id, chords]) => usual.get(id) !== chords.join(" "));
    this.#prefs.set({ keys: Object.fromEntries(other) });
  }
}
