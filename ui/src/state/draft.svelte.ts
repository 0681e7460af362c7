// A capture while a person edits it to send it again. What was not touched goes as it came, byte for
// byte: only what differs is told to the engine.

import type { Backend } from "../backend/backend";
import type { BodyEdit } from "../bindings/BodyEdit";
import type { CaptureDetail } from "../bindings/CaptureDetail";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { EditView } from "../bindings/EditView";
import type { HeaderEdit } from "../bindings/HeaderEdit";

/** A longer body stays as it is. */
const MOST_EDITED_BYTES = 2_000_000;
const WINDOW_BYTES = 1024 * 1024;
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** A header line; `at` is its place in the capture, null for one that was added. */
export interface DraftLine {
  key: number;
  at: number | null;
  name: string;
  value: string;
  /** Its bytes are no text, so it is kept or removed. */
  isFixed: boolean;
}

type BodyWay = "keep" | "text" | "hex";

/** Why a draft cannot be sent. */
type DraftFlaw = "method" | "path" | "header" | "hex";

export class EditDraft {
  readonly row: CaptureRow;
  readonly #detail: CaptureDetail;
  readonly #before: { lines: string; text: string | null };
  /** What the body's text had for line ends, which a text field does not keep. */
  readonly hasMixedEnds: boolean;
  readonly #isCrlf: boolean;
  #next = 0;

  method = $state("");
  target = $state("");
  lines: DraftLine[] = $state([]);
  bodyWay: BodyWay = $state("keep");
  text = $state("");
  hex = $state("");
  /** Where to. */
  to = $state("");
  /** Why it was not sent. */
  problem: string | null = $state(null);
  /** The other computer that has to be confirmed first. */
  remote: string | null = $state(null);

  /** `body` is null where it is too long to be edited. */
  constructor(detail: CaptureDetail, body: Uint8Array | null, to: string) {
    const { row, headers } = detail;
    this.row = row;
    this.#detail = detail;
    this.method = row.method;
    this.target = row.target;
    this.to = to;
    this.lines = headers.map(({ name, value, isText }, at) => ({
      key: this.#key(),
      at,
      name,
      value,
      isFixed: !isText,
    }));
    const text = body && textOf(body);
    const ends = text?.match(/\r\n|\r|\n/g) ?? [];
    this.#isCrlf = ends.length > 0 && ends.every((end) => end === "\r\n");
    this.hasMixedEnds = !this.#isCrlf && ends.some((end) => end !== "\n");
    const shown = text?.replace(/\r\n|\r/g, "\n") ?? null;
    this.#before = { lines: this.#told(), text: shown };
    this.text = shown ?? "";
    this.bodyWay = shown === null ? "keep" : "text";
    this.canBeHex = body !== null;
    this.canBeText = shown !== null;
  }

  /** Whether the body is short enough to be edited, and whether it is text. */
  readonly canBeHex: boolean;
  readonly canBeText: boolean;

  /** Reads the capture `id`. */
  static async of(backend: Backend, id: string, to: string): Promise<EditDraft> {
    const detail = await backend.detail(id);
    const { bodyBytes } = detail.row;
    if (bodyBytes > MOST_EDITED_BYTES) return new EditDraft(detail, null, to);
    const body = new Uint8Array(bodyBytes);
    for (let from = 0; from < bodyBytes;) {
      const count = Math.min(WINDOW_BYTES, bodyBytes - from);
      const window = await backend.bytes(id, "body", from, count);
      if (window.length === 0) throw new Error(`no bytes at ${String(from)} of the body`);
      body.set(window, from);
      from += window.length;
    }
    return new EditDraft(detail, body, to);
  }

  /** Which parts differ from the capture. */
  readonly changes = $derived.by(() => ({
    method: this.method !== this.row.method,
    target: this.target !== this.row.target,
    headers: this.#told() !== this.#before.lines,
    body:
      (this.bodyWay === "text" && this.text !== this.#before.text) ||
      (this.bodyWay === "hex" && this.hex.trim() !== ""),
  }));
  readonly isChanged = $derived(Object.values(this.changes).some((one) => one));

  /** What is wrong with it, if anything. */
  readonly flaw: DraftFlaw | null = $derived.by(() => {
    if (!TOKEN.test(this.method)) return "method";
    if (!/^[!-~\u0080-\uffff]+$/.test(this.target)) return "path";
    const written = this.lines.filter((line) => this.#isWritten(line));
    if (!written.every(({ name, value }) => TOKEN.test(name) && !/[\r\n\0]/.test(value)))
      return "header";
    return this.bodyWay === "hex" && bytesOf(this.hex) === null ? "hex" : null;
  });

  /** Whether JSON that was JSON still is; null where it never was. */
  readonly isJson: boolean | null = $derived.by(() => {
    if (this.bodyWay !== "text" || !/json/i.test(this.row.contentType ?? "")) return null;
    return isJson(this.text);
  });

  /** Whether `line` is another than it came; one that only moved is not. */
  isOther(line: DraftLine): boolean {
    return this.#isWritten(line);
  }

  /** How many lines of the capture are gone. */
  readonly gone = $derived.by(
    () => this.#detail.headers.length - this.lines.filter(({ at }) => at !== null).length,
  );

  add(): void {
    this.lines.push({ key: this.#key(), at: null, name: "", value: "", isFixed: false });
  }

  remove(key: number): void {
    this.lines = this.lines.filter((line) => line.key !== key);
  }

  /** Moves a line up by one, or down. */
  move(key: number, by: 1 | -1): void {
    const from = this.lines.findIndex((line) => line.key === key);
    const line = this.lines[from];
    if (!line || from + by < 0 || from + by >= this.lines.length) return;
    this.lines = this.lines.toSpliced(from, 1).toSpliced(from + by, 0, line);
  }

  /** What is to be another, for the engine. */
  view(): EditView {
    const { method, target, headers, body } = this.changes;
    return {
      method: method ? this.method : null,
      target: target ? this.target : null,
      headers: headers ? this.lines.map((line) => this.#edit(line)) : null,
      set: [],
      without: [],
      body: body ? this.#body() : null,
    };
  }

  #body(): BodyEdit {
    if (this.bodyWay === "text") {
      const text = this.#isCrlf ? this.text.replaceAll("\n", "\r\n") : this.text;
      return { body: "text", text };
    }
    const bytes = bytesOf(this.hex) ?? new Uint8Array();
    return { body: "base64", base64: btoa(String.fromCharCode(...bytes)) };
  }

  #edit(line: DraftLine): HeaderEdit {
    return line.at !== null && !this.#isWritten(line)
      ? { line: "kept", at: line.at }
      : { line: "written", name: line.name, value: line.value };
  }

  #isWritten({ at, name, value }: DraftLine): boolean {
    const before = at === null ? undefined : this.#detail.headers[at];
    return before?.name !== name || before.value !== value;
  }

  #told(): string {
    return JSON.stringify(this.lines.map((line) => this.#edit(line)));
  }

  #key(): number {
    this.#next += 1;
    return this.#next;
  }
}

function textOf(body: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** The bytes that hex digits spell, with spaces and line ends between them as one likes. */
function bytesOf(hex: string): Uint8Array | null {
  const digits = hex.replace(/\s+/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
