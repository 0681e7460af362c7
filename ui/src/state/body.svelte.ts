// A body that is looked at: the whole one or a part of it, packed or not, and what the engine says
// that it is.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { BodyOf } from "../bindings/BodyOf";
import type { BodyRef } from "../bindings/BodyRef";
import type { BodyView } from "../bindings/BodyView";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";
import type { BodyLook } from "./prefs.svelte";

/** What is read together: which body, and what it is. */
interface Opened {
  ref: BodyRef;
  view: BodyView;
  /** What the parts are called that lead there, from the outside in. */
  names: string[];
}

export class Body {
  readonly #backend: Backend;
  readonly #opening: Latest<Omit<Opened, "view">>;

  /** What is shown; the one before until the next is here. */
  opened: Opened | null = $state.raw(null);
  problem: UiError | null = $state.raw(null);

  constructor(backend: Backend, of: BodyOf) {
    this.#backend = backend;
    this.#opening = new Latest((wish) => this.#open(wish));
    const ref = { of, parts: [], isAsSent: false, isWhole: false };
    void this.#opening.ask({ ref, names: [] });
  }

  /** Opens the part with this number. */
  enter(part: number, name: string): Promise<void> {
    const { ref, names } = this.#now();
    const parts = [...ref.parts, part];
    return this.#opening.ask({ ref: { ...ref, parts }, names: [...names, name] });
  }

  /** Goes back to the part that `depth` names lead to; 0 is the whole. */
  leaveTo(depth: number): Promise<void> {
    const { ref, names } = this.#now();
    const parts = ref.parts.slice(0, depth);
    return this.#opening.ask({ ref: { ...ref, parts }, names: names.slice(0, depth) });
  }

  /** Shows it packed as it was sent, or not. */
  showAsSent(isAsSent: boolean): Promise<void> {
    const { ref, names } = this.#now();
    return this.#opening.ask({ ref: { ...ref, isAsSent }, names });
  }

  /** Shows as much of a packed one as can be shown. */
  showWhole(): Promise<void> {
    const { ref, names } = this.#now();
    return this.#opening.ask({ ref: { ...ref, isWhole: true }, names });
  }

  #now(): Opened {
    if (!this.opened) throw new Error("nothing is open yet");
    return this.opened;
  }

  async #open(wish: Omit<Opened, "view">): Promise<void> {
    try {
      const view = await this.#backend.bodyView(wish.ref);
      this.opened = { ...wish, view };
      this.problem = null;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }
}

/** The ways in which a body can be shown, the most telling first. */
export function looksOf({ kind, hasPretty, problem }: BodyView): BodyLook[] {
  switch (kind) {
    case "json":
      return problem ? ["text", "tree", "hex"] : ["tree", "pretty", "text", "hex"];
    case "xml":
      return hasPretty ? ["pretty", "text", "hex"] : ["text", "hex"];
    case "form":
      return ["fields", "text", "hex"];
    case "multipart":
      return ["parts", "text", "hex"];
    case "csv":
      return ["table", "text", "hex"];
    case "image":
      return ["image", "hex"];
    case "text":
      return ["text", "hex"];
    default:
      return ["hex"];
  }
}

/** All bytes of a body in one of its forms, read by windows; null if there are more than `most`. */
export async function wholeOf(
  backend: Backend,
  body: BodyRef,
  form: "bytes" | "text" | "pretty",
  most: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const windows: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const window = await backend.bodyBytes(body, form, size, WINDOW);
    windows.push(window);
    size += window.length;
    if (size > most) return null;
    if (window.length < WINDOW) break;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const window of windows) {
    whole.set(window, at);
    at += window.length;
  }
  return whole;
}

/** Bytes read at once. */
const WINDOW = 1024 * 1024;
