// The bytes of a request, head then body, as rows: windows of it are read as the view nears the
// end of what is here. What was read stays, for it is what the rows are made of.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { Part } from "../bindings/Part";
import type { UiError } from "../bindings/UiError";
import type { Run } from "../text/glyphs";
import { glyphs, runsOf } from "../text/glyphs";
import { rowEnds } from "../text/rows";

/** Bytes read at once. */
export const WINDOW = 32 * 1024;
/** How many rows are kept ready beyond the view. */
const AHEAD = 60;
/** A cut UTF-8 sequence at the end of what was read may still become one character. */
const LONGEST_SEQUENCE = 4;

/** One row as shown. */
export interface RawRow {
  part: Part;
  runs: Run[];
}

export class Raw {
  readonly #backend: Backend;
  readonly #id: string;
  readonly #headBytes: number;
  readonly total: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #ends: number[] = [];
  #columns = 0;
  #viewEnd = 0;
  #isReading = false;
  #version = $state(0);

  /** How many bytes are here. */
  loaded = $state(0);
  problem: UiError | null = $state.raw(null);

  constructor(backend: Backend, id: string, headBytes: number, bodyBytes: number) {
    this.#backend = backend;
    this.#id = id;
    this.#headBytes = headBytes;
    this.total = headBytes + bodyBytes;
  }

  /** How many rows what is here makes. */
  get rows(): number {
    void this.#version;
    return this.#ends.length;
  }

  row(index: number): RawRow {
    void this.#version;
    const from = index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
    const runs = runsOf(glyphs(this.#bytes, from, this.#ends[index] ?? from));
    return { part: from < this.#headBytes ? "head" : "body", runs };
  }

  /** Breaks the rows for a view of `columns`. */
  layOut(columns: number): Promise<void> {
    if (columns === this.#columns || columns <= 0) return Promise.resolve();
    this.#columns = columns;
    this.#ends = [];
    this.#lay();
    return this.view(this.#viewEnd);
  }

  /** The view ends at row `end`; reads on until there are rows enough beyond it. */
  async view(end: number): Promise<void> {
    this.#viewEnd = end;
    if (this.#isReading || this.#columns === 0) return;
    this.#isReading = true;
    try {
      while (this.loaded < this.total && this.#viewEnd + AHEAD >= this.#ends.length) {
        await this.#read();
        this.#lay();
      }
    } catch (reason) {
      this.problem = asUiError(reason);
    } finally {
      this.#isReading = false;
    }
  }

  async #read(): Promise<void> {
    const isHead = this.loaded < this.#headBytes;
    const part = isHead ? "head" : "body";
    const from = isHead ? this.loaded : this.loaded - this.#headBytes;
    const left = isHead ? this.#headBytes - from : this.total - this.loaded;
    const window = await this.#backend.bytes(this.#id, part, from, Math.min(WINDOW, left));
    if (window.length === 0) throw new Error(`no bytes at ${from} of the ${part}`);
    this.#keep(window);
  }

  #keep(window: Uint8Array): void {
    const size = this.loaded + window.length;
    if (size > this.#bytes.length) {
      const room = new Uint8Array(Math.min(this.total, Math.max(size, 2 * this.#bytes.length)));
      room.set(this.#bytes.subarray(0, this.loaded));
      this.#bytes = room;
    }
    this.#bytes.set(window, this.loaded);
    this.loaded = size;
  }

  /** Makes rows of what was read since. A row never has bytes of both head and body. */
  #lay(): void {
    if (this.#columns === 0) return;
    for (const edge of [this.#headBytes, this.total]) {
      const from = this.#laid;
      const isAllHere = this.loaded >= edge;
      const to = isAllHere ? edge : this.loaded - LONGEST_SEQUENCE + 1;
      if (from >= to) continue;
      for (const end of rowEnds(this.#bytes, from, to, this.#columns)) this.#ends.push(end);
      if (isAllHere && this.#laid < edge) this.#ends.push(edge);
    }
    this.#version += 1;
  }

  get #laid(): number {
    return this.#ends.at(-1) ?? 0;
  }
}
