// How the captures of an endpoint go to each of its targets, while a person changes that, and what
// the targets never answered.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { ForwardSettings } from "../bindings/ForwardSettings";
import type { Missed } from "../bindings/Missed";
import type { QueryProblem } from "../bindings/QueryProblem";
import type { UiError } from "../bindings/UiError";

/** A way as it stands in a form. */
export interface Way {
  readonly target: string;
  filter: string;
  retries: string;
  backoffMs: string;
  atOnce: string;
  isOrdered: boolean;
  authorities: string;
  pin: string;
}

/** Fields that hold numbers, and what they may be. */
const LIMITS = { retries: [0, 100], backoffMs: [0, 3_600_000], atOnce: [1, 1024] } as const;

export type WayNumber = keyof typeof LIMITS;

export class Ways {
  readonly #backend: Backend;
  readonly endpoint: string;
  #saved: ForwardSettings[] = [];
  #before = $state("[]");

  all: Way[] = $state([]);
  missed: Missed[] = $state.raw([]);
  /** What is wrong with a filter, by its target. */
  faults: Readonly<Partial<Record<string, QueryProblem>>> = $state.raw({});
  /** Why one was not saved, by its target. */
  problems: Readonly<Partial<Record<string, UiError>>> = $state.raw({});

  readonly isChanged = $derived(JSON.stringify(this.all) !== this.#before);

  constructor(backend: Backend, endpoint: string) {
    this.#backend = backend;
    this.endpoint = endpoint;
  }

  async load(): Promise<void> {
    try {
      this.#saved = await this.#backend.forwardSettings(this.endpoint);
      const all = this.#saved.map(formOf);
      this.#before = JSON.stringify(all);
      this.all = all;
      this.missed = await this.#backend.missed(this.endpoint);
    } catch {
      return; // what can be said of it, the rest of the settings says
    }
  }

  /** Ids of what `target` never answered. */
  missedBy(target: string): readonly string[] {
    return this.missed.find((one) => one.target === target)?.captures ?? [];
  }

  /** Whether a number is one that it may be. */
  isRight(way: Way, field: WayNumber): boolean {
    const [least, most] = LIMITS[field];
    const number = Number(way[field]);
    return /^\d+$/.test(way[field].trim()) && number >= least && number <= most;
  }

  /** Has the filter of `way` read; what is wrong with it is in `faults`. */
  async read(way: Way): Promise<void> {
    const { filter, target } = way;
    const { problems } = await this.#backend.queryHelp(filter, filter.length);
    if (way.filter === filter) this.faults = { ...this.faults, [target]: problems[0] };
  }

  /** Saves those of `targets` that were changed; whether all of that went well. */
  async save(targets: readonly string[]): Promise<boolean> {
    const changed = this.all.filter((way) => {
      const saved = this.#saved.find(({ target }) => target === way.target);
      return (
        targets.includes(way.target) &&
        saved &&
        JSON.stringify(formOf(saved)) !== JSON.stringify(way)
      );
    });
    if (!changed.every((way) => this.#isWhole(way))) return false;
    this.problems = {};
    for (const way of changed) {
      const saved = this.#saved.find(({ target }) => target === way.target);
      if (!saved) continue;
      try {
        await this.#backend.putForward(this.endpoint, { ...saved, ...settingsOf(way) });
      } catch (reason) {
        this.problems = { [way.target]: asUiError(reason) };
        return false;
      }
    }
    return true;
  }

  #isWhole(way: Way): boolean {
    const numbers = ["retries", "backoffMs", "atOnce"] as const;
    return numbers.every((field) => this.isRight(way, field)) && !this.faults[way.target];
  }
}

function formOf(forward: ForwardSettings): Way {
  return {
    target: forward.target,
    filter: forward.filter,
    retries: String(forward.retries),
    backoffMs: String(forward.backoffMs),
    atOnce: String(forward.atOnce),
    isOrdered: forward.isOrdered,
    authorities: forward.authorities ?? "",
    pin: forward.pin ?? "",
  };
}

function settingsOf(way: Way): Partial<ForwardSettings> {
  const text = (typed: string) => (typed.trim() === "" ? null : typed.trim());
  return {
    filter: way.filter.trim(),
    retries: Number(way.retries),
    backoffMs: Number(way.backoffMs),
    atOnce: Number(way.atOnce),
    isOrdered: way.isOrdered,
    authorities: text(way.authorities),
    pin: text(way.pin),
  };
}
