// What a person did with the fake engine's captures: pins, notes, deletions.

import type { MarkChange } from "../../bindings/MarkChange";

/** The marks, by the captures' places in the history. */
export class Marks {
  readonly pinned = new Set<number>();
  readonly notes = new Map<number, string>();
  readonly deleted = new Set<number>();

  /** Does `change` to `seqs`; answers how many it changed. */
  apply(seqs: number[], change: MarkChange): number {
    return seqs.filter((seq) => this.#one(seq, change)).length;
  }

  #one(seq: number, change: MarkChange): boolean {
    switch (change.kind) {
      case "pin":
        return change.isPinned
          ? !this.pinned.has(seq) && !!this.pinned.add(seq)
          : this.pinned.delete(seq);
      case "note": {
        const text = change.text.trim();
        if (text === "") return this.notes.delete(seq);
        const isNew = this.notes.get(seq) !== text;
        this.notes.set(seq, text);
        return isNew;
      }
      case "delete":
        return !this.deleted.has(seq) && !!this.deleted.add(seq);
      case "restore":
        return this.deleted.delete(seq);
    }
  }
}
