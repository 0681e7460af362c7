// Runs that the person asks for: which rule is meant, again, and stop.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { RuleView } from "../bindings/RuleView";
import type { UiError } from "../bindings/UiError";
import type { Words } from "../text/en";
import type { Inspection } from "./inspection.svelte";
import type { Prefs } from "./prefs.svelte";
import type { Rules } from "./rules.svelte";
import type { Toast } from "./toast.svelte";

/** What running needs of the window. */
interface Room {
  backend: Backend;
  inspection: Inspection;
  prefs: Prefs;
  rules: Rules;
  toast: Toast;
  words: Words;
  screen: "list" | "detail";
  say(error: UiError): string;
}

export class Running {
  readonly #room: Room;

  /** The rules among which one is to be chosen, and the capture that it is to run on. */
  choice: { row: CaptureRow; rules: RuleView[] } | null = $state.raw(null);

  constructor(room: Room) {
    this.#room = room;
  }

  /** Runs a rule on the capture looked at: the only one, or else the one that is chosen then. */
  async ask(): Promise<void> {
    const { backend, inspection, rules, toast, words } = this.#room;
    const { row } = inspection;
    if (!row) return;
    await this.#try(async () => {
      const view = await backend.rules(row.endpoint);
      const [only] = view.rules;
      if (view.rules.length > 1) this.choice = { row, rules: view.rules };
      else if (only) await this.run(row, only.id);
      else {
        const write = () => void rules.open(row.endpoint);
        toast.offer(words.rules.noneHere, words.rules.write, write);
      }
    });
  }

  /** Runs `rule` on a capture, and shows how it goes. */
  async run(row: CaptureRow, rule: string): Promise<void> {
    this.choice = null;
    const room = this.#room;
    await this.#try(async () => {
      await room.backend.runRule(row.endpoint, rule, row.id);
      room.toast.say(room.words.rules.started(rule));
      if (room.inspection.row?.id !== row.id) return;
      room.rules.close();
      room.screen = "detail";
      room.prefs.set({ tab: "runs" });
    });
  }

  again(number: number): Promise<void> {
    return this.#try(() => this.#room.backend.runAgain(number));
  }

  stop(number: number): Promise<void> {
    return this.#try(() => this.#room.backend.stopRun(number));
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (reason) {
      this.#room.toast.warn(this.#room.say(asUiError(reason)));
    }
  }
}
