// Bodies for the fake engine, opened as the real one opens them: packed or not, whole or a part.

import type { BodyForm } from "../../bindings/BodyForm";
import type { BodyKind } from "../../bindings/BodyKind";
import type { BodyRef } from "../../bindings/BodyRef";
import type { BodyView } from "../../bindings/BodyView";
import type { CodingView } from "../../bindings/CodingView";
import type { Folds } from "../../bindings/Folds";
import type { Found } from "../../bindings/Found";
import type { TextPage } from "../../bindings/TextPage";
import type { TreePage } from "../../bindings/TreePage";
import { outline, shownIn, treePage, type Outline } from "./outline";
import { fault } from "./owned";
import { written } from "./written";

/** A body as it was sent. */
export interface Message {
  media: string;
  body: Uint8Array;
  /** What it was packed in, and how it looks packed. */
  packed?: { coding: CodingView; sent: Uint8Array } | undefined;
}

const MOST_FOUND = 10_000;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

export class FakeBody {
  readonly #media: string;
  readonly #bytes: Uint8Array;
  readonly #coding: CodingView | null;
  readonly #kind: BodyKind;
  readonly #text: string;
  #outline: Outline | null = null;

  constructor({ media, body, packed }: Message, isAsSent = false) {
    this.#media = media;
    this.#bytes = isAsSent && packed ? packed.sent : body;
    this.#coding = packed ? { ...packed.coding, isDecoded: !isAsSent } : null;
    this.#kind = isAsSent && packed ? "binary" : kindOf(media, this.#bytes);
    const charset = /charset=([\w-]+)/i.exec(media)?.[1] ?? "utf-8";
    this.#text = new TextDecoder(charset, { ignoreBOM: true }).decode(this.#bytes);
  }

  part(number: number): FakeBody {
    const parts = this.#parts();
    const found = this.#kind === "json" ? this.#value(number) : parts[number];
    if (!found) throw fault("no_part", "the body has no such part");
    return new FakeBody(found);
  }

  view(): BodyView {
    const kind = this.#kind;
    const problem = kind === "json" ? this.#tree().problem : null;
    const isText = !["empty", "binary", "image", "multipart"].includes(kind);
    const isUtf8 = !/charset=(?!utf-8)/i.test(this.#media);
    const rows = this.#text.trimEnd().split("\n");
    return {
      kind,
      media: this.#media,
      bytes: this.#bytes.length,
      coding: this.#coding,
      charset: isText
        ? {
            name: isUtf8 ? "UTF-8" : "windows-1252",
            isAssumed: !this.#media.includes("charset"),
            isBroken: false,
            unknown: null,
          }
        : null,
      problem,
      hasPretty: (kind === "json" && !problem) || kind === "xml",
      fields:
        kind === "form"
          ? [...new URLSearchParams(this.#text)].map(([name, value]) => ({
              name,
              value: value.slice(0, 4096),
              bytes: value.length,
              kind: kindOf("", encoder.encode(value)),
            }))
          : [],
      parts:
        kind === "multipart"
          ? this.#parts().map(({ media, body, name, fileName }) => ({
              name,
              fileName,
              media,
              bytes: body.length,
              kind: kindOf(media, body),
            }))
          : [],
      partsProblem: null,
      picture: kind === "image" ? { media: "image/png", ...sizeOf(this.#bytes) } : null,
      table:
        kind === "csv" ? { rows: rows.length, columns: rows[0]?.split(",").length ?? 0 } : null,
    };
  }

  tree(folds: Folds, show: number | null, from: number, count: number): TreePage {
    const shown = show === null ? null : shownIn(this.#tree(), folds, show);
    return { ...treePage(this.#tree(), shown?.folds ?? folds, from, count), shown };
  }

  textPage(form: BodyForm, from: number, count: number): TextPage {
    const text = this.#textIn(form);
    const lines = text.split("\n");
    return {
      total: lines.length,
      lines: lines.slice(from, from + count),
      bytes: text.length,
      longestBytes: Math.max(...lines.map((line) => line.length)),
    };
  }

  bytes(form: BodyForm, from: number, count: number): Uint8Array {
    const whole = form === "bytes" ? this.#bytes : encoder.encode(this.#textIn(form));
    return whole.slice(from, from + count);
  }

  rows(from: number, count: number): string[][] {
    const rows = this.#text.trimEnd().split("\n");
    return rows.slice(from, from + count).map((row) => row.split(","));
  }

  find(form: BodyForm, needle: string): Found {
    const sought = needle.toLowerCase();
    const holds = (text: string | null) => text?.toLowerCase().includes(sought) === true;
    const places =
      form === "tree"
        ? this.#tree()
            .nodes.map(({ key, text }, row) => ({ key, text, row }))
            .filter(({ key, text }) => holds(key) || holds(text))
            .map(({ row }) => ({ row, start: 0, end: 0 }))
        : this.#textIn(form)
            .split("\n")
            .flatMap((line, row) =>
              [
                ...line
                  .toLowerCase()
                  .matchAll(new RegExp(sought.replace(/[^\p{L}\p{N}\s]/gu, "\\$&"), "gu")),
              ].map(({ index }) => ({ row, start: index, end: index + sought.length })),
            );
    return { total: places.length, places: places.slice(0, MOST_FOUND) };
  }

  #tree(): Outline {
    this.#outline ??= outline(this.#text);
    return this.#outline;
  }

  #textIn(form: BodyForm): string {
    if (form !== "pretty") return this.#text;
    if (this.#kind === "json") return written(this.#tree().nodes);
    return this.#text.replace(/></g, ">\n<");
  }

  /** A value of the tree, taken out. */
  #value(number: number): Message | undefined {
    const node = this.#tree().nodes[number];
    if (!node) return undefined;
    const text =
      node.kind === "string" ? (JSON.parse(node.text) as string) : this.#text.slice(...node.span);
    return { media: "", body: encoder.encode(text) };
  }

  #parts(): (Message & { name: string | null; fileName: string | null })[] {
    if (this.#kind === "form")
      return [...new URLSearchParams(this.#text)].map(([name, value]) => ({
        media: "",
        body: encoder.encode(value),
        name,
        fileName: null,
      }));
    const boundary = /boundary=(\S+)/.exec(this.#media)?.[1];
    if (boundary === undefined) return [];
    // Latin-1 keeps each byte a character.
    const latin = Array.from(this.#bytes, (byte) => String.fromCharCode(byte)).join("");
    return latin
      .split(`--${boundary}`)
      .slice(1, -1)
      .map((part) => {
        const [head = "", ...rest] = part.slice(2, -2).split("\r\n\r\n");
        const said = (name: RegExp) => name.exec(head)?.[1] ?? null;
        return {
          media: said(/content-type: (.*)/i) ?? "",
          body: Uint8Array.from(rest.join("\r\n\r\n"), (one) => one.charCodeAt(0)),
          name: said(/[; ]name="([^"]*)"/),
          fileName: said(/filename="([^"]*)"/),
        };
      });
  }
}

/** The body that `ref` names, of `message`. */
export function opened(message: Message, ref: BodyRef): FakeBody {
  const whole = new FakeBody(message, ref.isAsSent && ref.parts.length === 0);
  return ref.parts.reduce((body, part) => body.part(part), whole);
}

function kindOf(media: string, body: Uint8Array): BodyKind {
  if (body.length === 0) return "empty";
  if (media.startsWith("multipart/")) return "multipart";
  if (media.startsWith("image/png")) return "image";
  if (media.includes("octet-stream")) return "binary";
  if (media.includes("csv")) return "csv";
  if (media.includes("xml")) return "xml";
  const text = decoder.decode(body).trim();
  if (media.includes("json") || /^(\{[^]*\}|\[[^]*\])$/.test(text)) return "json";
  return media.includes("urlencoded") ? "form" : "text";
}

/** Of a PNG: its first chunk begins with width and height. */
function sizeOf(bytes: Uint8Array): { width: number | null; height: number | null } {
  if (bytes[0] !== 0x89 || bytes.length < 24) return { width: null, height: null };
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
