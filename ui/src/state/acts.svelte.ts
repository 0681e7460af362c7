// What can be done with captures: with those that are picked, or else with the one looked at.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { FormatView } from "../bindings/FormatView";
import type { MarkChange } from "../bindings/MarkChange";
import type { UiError } from "../bindings/UiError";
import type { Words } from "../text/en";
import type { Captures } from "./captures.svelte";
import type { Comparing } from "./comparing.svelte";
import type { Inspection } from "./inspection.svelte";
import type { Picks } from "./picks.svelte";
import type { Prefs } from "./prefs.svelte";
import type { Toast } from "./toast.svelte";

/** The engine keeps what is deleted for a minute; a late undo would find nothing. */
const UNDO_MS = 55_000;

/** What acting needs of the window. */
interface Room {
  backend: Backend;
  captures: Captures;
  comparing: Comparing;
  inspection: Inspection;
  picks: Picks;
  prefs: Prefs;
  toast: Toast;
  words: Words;
  copy(text: string, done: string): Promise<void>;
  say(error: UiError): string;
}

export class Acts {
  readonly #room: Room;
  #deleted: { seqs: number[]; atMs: number } | null = null;

  /** The captures that a note is being written to. */
  noting: number[] | null = $state.raw(null);
  /** What captures can be taken away as. */
  formats: FormatView[] = $state.raw([]);
  /** Whether credentials go along. */
  hasSecrets = $state(false);

  constructor(room: Room) {
    this.#room = room;
  }

  async start(): Promise<void> {
    await this.#try(async () => {
      this.formats = await this.#room.backend.formats();
    });
  }

  /** What is acted on, by `seq`. */
  get targets(): number[] {
    const { picks, inspection } = this.#room;
    if (picks.count > 0) return [...picks.all];
    return inspection.row ? [inspection.row.seq] : [];
  }

  /** Keeps them on top; those that are there already, no longer. */
  async pin(): Promise<void> {
    const words = this.#room.words.acts;
    const seqs = this.targets;
    await this.#try(async () => {
      const pinned = await this.#mark(seqs, { kind: "pin", isPinned: true });
      if (pinned > 0) {
        this.#room.toast.say(words.pinned(pinned));
        return;
      }
      const freed = await this.#mark(seqs, { kind: "pin", isPinned: false });
      if (freed > 0) this.#room.toast.say(words.unpinned(freed));
    });
  }

  /** Opens the note for writing. */
  openNote(): void {
    if (this.targets.length > 0) this.noting = this.targets;
  }

  async saveNote(text: string): Promise<void> {
    const seqs = this.noting ?? [];
    this.noting = null;
    await this.#try(() => this.#mark(seqs, { kind: "note", text }));
  }

  /** Deletes them, and offers to undo it. */
  async delete(): Promise<void> {
    const { picks, toast, words } = this.#room;
    const seqs = this.targets;
    await this.#try(async () => {
      const deleted = await this.#mark(seqs, { kind: "delete" });
      picks.clear();
      if (deleted === 0) return;
      this.#deleted = { seqs, atMs: Date.now() };
      toast.offer(words.acts.deleted(deleted), words.acts.undo, () => void this.undo());
    });
  }

  /** Brings back what was deleted last. */
  async undo(): Promise<void> {
    const { toast, words } = this.#room;
    const last = this.#deleted;
    this.#deleted = null;
    if (!last || Date.now() - last.atMs > UNDO_MS) return;
    await this.#try(async () => {
      const restored = await this.#mark(last.seqs, { kind: "restore" });
      toast.say(words.acts.restored(restored));
    });
  }

  /** Shows what differs from the one before of its kind. */
  comparePrevious(): void {
    const { comparing, prefs } = this.#room;
    comparing.pair = null;
    prefs.set({ tab: "diff" });
  }

  /** Shows what differs between two captures, the later one being looked at. */
  compareRows(one: CaptureRow, other: CaptureRow): void {
    const { comparing, prefs, inspection } = this.#room;
    const [before, after] = one.seq < other.seq ? [one, other] : [other, one];
    if (before.id === after.id) return;
    comparing.pair = { before: before.id, after: after.id };
    prefs.set({ tab: "diff" });
    void inspection.show(after);
  }

  /** Compares the two that are picked. */
  async comparePicked(): Promise<void> {
    const { captures, picks } = this.#room;
    const [one, other] = await Promise.all([...picks.all].map((seq) => captures.find(seq)));
    if (one && other) this.compareRows(one, other);
  }

  /** Puts the capture looked at on the clipboard. */
  async copyAs(format: string): Promise<void> {
    const { backend, inspection, words } = this.#room;
    const { row } = inspection;
    const name = this.formats.find(({ id }) => id === format)?.name ?? format;
    if (!row) return;
    await this.#try(async () => {
      const text = await backend.snippet(row.id, format, this.hasSecrets);
      const done = this.hasSecrets ? words.acts.copiedWithSecrets : words.acts.copied;
      await this.#room.copy(text, done(name));
    });
  }

  /** Saves `seqs` in the folder for downloads, and says where. */
  async save(seqs: number[], format: string): Promise<void> {
    const { backend, toast, words } = this.#room;
    await this.#try(async () => {
      const path = await backend.saveCaptures(seqs, format, this.hasSecrets);
      toast.say(words.acts.saved(seqs.length, path));
    });
  }

  /** Saves all of the list. */
  async saveList(format: string): Promise<void> {
    const { captures } = this.#room;
    await this.#try(async () => {
      await this.save(await captures.seqs(0, captures.shown), format);
    });
  }

  async #mark(seqs: number[], change: MarkChange): Promise<number> {
    return seqs.length === 0 ? 0 : this.#room.backend.mark(seqs, change);
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (reason) {
      this.#room.toast.warn(this.#room.say(asUiError(reason)));
    }
  }
}
