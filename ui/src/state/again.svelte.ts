// Sending captures again: the one looked at, one that is edited, or many. Where nobody has said yet
// where to, or another computer was not confirmed, the person is asked in place.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { DeliveryView } from "../bindings/DeliveryView";
import type { EditView } from "../bindings/EditView";
import type { ReplayOptions } from "../bindings/ReplayOptions";
import type { ReplaySelection } from "../bindings/ReplaySelection";
import type { UiError } from "../bindings/UiError";
import type { Format } from "../text/format";
import type { Words } from "../text/en";
import type { Captures } from "./captures.svelte";
import { EditDraft } from "./draft.svelte";
import type { Endpoints } from "./endpoints.svelte";
import { hostOf } from "./form";
import type { Inspection } from "./inspection.svelte";
import type { Picks } from "./picks.svelte";
import type { Prefs } from "./prefs.svelte";
import { Missing } from "./missing.svelte";
import { Many } from "./many.svelte";
import type { Toast } from "./toast.svelte";

/** What sending again needs of the window. */
interface Room {
  backend: Backend;
  captures: Captures;
  endpoints: Endpoints;
  inspection: Inspection;
  picks: Picks;
  prefs: Prefs;
  toast: Toast;
  format: Format;
  words: Words;
  screen: "list" | "detail";
  say(error: UiError): string;
}

/** What is asked before a capture is sent. */
interface Asking {
  row: CaptureRow;
  /** Where to, as it is typed. */
  to: string;
  /** The other computer that has to be confirmed first. */
  remote: string | null;
  problem: string | null;
}

/** How a single capture goes. */
const ONCE: Omit<ReplayOptions, "to" | "asSender"> = {
  edit: null,
  pace: { pace: "now" },
  atOnce: null,
  twice: false,
  shuffle: false,
  drop: 0,
  truncate: 0,
  seed: null,
};

export class Again {
  readonly #room: Room;
  readonly many: Many;
  readonly missing: Missing;

  asking: Asking | null = $state(null);
  /** The capture that is being edited. */
  draft: EditDraft | null = $state.raw(null);
  isSending = $state(false);

  constructor(room: Room) {
    this.#room = room;
    this.many = new Many(room.backend);
    this.missing = new Missing(room.backend, room.endpoints);
  }

  /** Where the captures of `endpoint` go by hand if nothing else is said; empty where nobody said. */
  usual(endpoint: string): string {
    const { endpoints, prefs } = this.#room;
    return prefs.looks.targets[endpoint] ?? endpoints.byId(endpoint)?.forwards[0]?.target ?? "";
  }

  /** Sends the capture looked at to where its endpoint forwards, or else asks where to. */
  async replay(): Promise<void> {
    const { row } = this.#room.inspection;
    if (!row) return;
    const to = this.usual(row.endpoint);
    if (to === "") this.ask();
    else await this.#send(row, to);
  }

  /** Asks where the capture looked at is to go. */
  ask(): void {
    const { inspection } = this.#room;
    const { row } = inspection;
    if (!row) return;
    this.#room.screen = "detail";
    this.asking = { row, to: this.usual(row.endpoint), remote: null, problem: null };
  }

  /** Sends to what was typed; with `confirms` it may be another computer from now on. */
  async answer(confirms: boolean): Promise<void> {
    const { asking } = this;
    const { backend, words } = this.#room;
    if (!asking) return;
    const to = asking.to.trim();
    if (to === "" || hostOf(to) === null) {
      asking.problem = words.again.noTarget;
      return;
    }
    if (confirms) {
      try {
        await backend.confirmTarget(to);
      } catch (reason) {
        asking.problem = this.#room.say(asUiError(reason));
        return;
      }
    }
    await this.#send(asking.row, to);
  }

  /** Opens the capture looked at for editing. */
  async edit(): Promise<void> {
    const { backend, inspection, toast } = this.#room;
    const { row } = inspection;
    if (!row) return;
    try {
      this.draft = await EditDraft.of(backend, row.id, this.usual(row.endpoint));
    } catch (reason) {
      toast.warn(this.#room.say(asUiError(reason)));
    }
  }

  /** Sends what was edited, and looks at the capture that it became. Else the draft says why not. */
  async sendDraft(draft: EditDraft, confirms: boolean): Promise<void> {
    const { backend, words } = this.#room;
    draft.problem = null;
    const to = draft.to.trim();
    if (to === "" || hostOf(to) === null) {
      draft.problem = words.again.noTarget;
      return;
    }
    this.isSending = true;
    try {
      if (confirms) await backend.confirmTarget(to);
      const { capture, delivery } = await this.#replay(draft.row, to, draft.view());
      this.draft = null;
      const { row } = await backend.detail(capture);
      await this.#room.captures.reveal(row);
      this.#tell(row, delivery);
    } catch (reason) {
      const problem = asUiError(reason);
      draft.remote = problem.code === "target_remote" ? (hostOf(to) ?? to) : null;
      if (draft.remote === null) draft.problem = this.#room.say(problem);
    } finally {
      this.isSending = false;
    }
  }

  /** Opens what is to be sent when several are: those picked, or else all of the list. */
  async openMany(isWhole: boolean): Promise<void> {
    const { captures, picks, inspection } = this.#room;
    const filter: ReplaySelection = { filter: captures.shownFilter };
    const endpoint = captures.shownFilter.endpoint ?? inspection.row?.endpoint ?? "";
    if (isWhole || picks.count === captures.shown) {
      this.many.open(filter, captures.shown, this.#room.prefs.looks.targets[endpoint] ?? "");
      return;
    }
    const rows = await Promise.all([...picks.all].map((seq) => captures.find(seq)));
    const ids = rows.flatMap((row) => (row ? [row.id] : []));
    const first = rows.find((row) => row !== undefined)?.endpoint ?? "";
    this.many.open({ ids }, ids.length, this.#room.prefs.looks.targets[first] ?? "");
  }

  /** Sends `endpoint`'s captures to `target` that it never answered. */
  async replayMissed(endpoint: string, target: string, count: number): Promise<boolean> {
    const { backend, format, toast, words } = this.#room;
    try {
      this.many.follow(await backend.replayMissed(endpoint, target));
      toast.say(words.again.missedStarted(format.number(count)));
      void this.missing.load();
      return true;
    } catch (reason) {
      toast.warn(this.#room.say(asUiError(reason)));
      return false;
    }
  }

  async #send(row: CaptureRow, to: string): Promise<void> {
    if (this.isSending) return;
    const { inspection, toast } = this.#room;
    this.isSending = true;
    try {
      const { delivery } = await this.#replay(row, to, null);
      this.asking = null;
      await inspection.hear([row.id]);
      this.#tell(row, delivery);
    } catch (reason) {
      const problem = asUiError(reason);
      const remote = problem.code === "target_remote" ? (hostOf(to) ?? to) : null;
      if (remote !== null || problem.code.startsWith("target") || problem.code === "no_target") {
        const told = remote === null ? this.#room.say(problem) : null;
        this.#room.screen = "detail";
        this.asking = { row, to, remote, problem: told };
      } else {
        toast.warn(this.#room.say(problem));
      }
    } finally {
      this.isSending = false;
    }
  }

  async #replay(row: CaptureRow, to: string, edit: EditView | null) {
    const { backend, endpoints, prefs } = this.#room;
    const { targets, isAsSender } = prefs.looks;
    // Where it goes by itself is not said, so that what is known of that way holds for it too.
    const own = endpoints.byId(row.endpoint)?.forwards[0]?.target;
    const answered = await backend.replay(row.id, {
      ...ONCE,
      to: to === own ? null : to,
      asSender: isAsSender,
      edit,
    });
    const others = Object.fromEntries(
      Object.entries(targets).filter(([endpoint]) => endpoint !== row.endpoint),
    );
    prefs.set({ targets: to === own ? others : { ...others, [row.endpoint]: to } });
    return answered;
  }

  /** Shows what came of it, and says it. */
  #tell(row: CaptureRow, { status, error, target, totalMs }: DeliveryView): void {
    const { format, prefs, toast, words } = this.#room;
    prefs.set({ tab: "response" });
    this.#room.screen = "detail";
    const again = { label: words.again.elsewhere, act: () => this.#askFor(row) };
    if (status === null || error !== null) {
      toast.warn(words.again.failed(target, error ?? ""), again);
      return;
    }
    const said = words.again.answered(String(status), format.span(totalMs));
    if (status >= 400) toast.warn(said, again);
    else toast.say(said);
  }

  #askFor(row: CaptureRow): void {
    void this.#room.inspection.show(row);
    this.ask();
  }
}
