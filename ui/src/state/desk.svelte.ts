// Everything that the window knows, put together: who hears which event, and what the parts of the
// window share. Start at [`Desk.start`].

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { EndpointView } from "../bindings/EndpointView";
import type { LinkView } from "../bindings/LinkView";
import type { Part } from "../bindings/Part";
import type { UiError } from "../bindings/UiError";
import { en } from "../text/en";
import { Format } from "../text/format";
import { zh } from "../text/zh";
import { Announcer } from "./announcer.svelte";
import { Captures, EVERYTHING } from "./captures.svelte";
import { Clock } from "./clock.svelte";
import { Editor } from "./editor.svelte";
import { Endpoints } from "./endpoints.svelte";
import type { Heard } from "./heard";
import { HeardPerFrame } from "./heard";
import { Inspection } from "./inspection.svelte";
import { Prefs, type Shelf } from "./prefs.svelte";
import { EngineStatus } from "./status.svelte";
import { Toast } from "./toast.svelte";

/** Bytes that a copy may take; more would choke the clipboard's other end. */
const MOST_COPIED_BYTES = 8_000_000;
const COPY_WINDOW = 1024 * 1024;

/** Something special about a capture: a word for a chip, and the sentence behind it. */
export interface Flag {
  kind: "held" | "flaw";
  word: string;
  why: string;
  tone: "plain" | "wait";
}

export class Desk {
  readonly backend: Backend;
  readonly prefs: Prefs;
  readonly clock = new Clock();
  readonly toast = new Toast();
  readonly announcer = new Announcer();
  readonly status: EngineStatus;
  readonly endpoints: Endpoints;
  readonly captures: Captures;
  readonly inspection: Inspection;

  /** Which of the two screens a narrow window shows. */
  screen: "list" | "detail" = $state("list");
  /** The dialog that is open. */
  dialog: "keys" | "pair" | "line" | "notices" | "create" | "settings" | null = $state(null);
  /** The settings that the dialog `settings` is about. */
  editor: Editor | null = $state.raw(null);

  /** Whether a dialog is open in which something is done, and said. */
  readonly hasModal = $derived(this.dialog === "create" || this.dialog === "settings");

  /** The link that was opened last, until it is dealt with; it comes before any dialog. */
  link: LinkView | null = $state.raw(null);

  readonly words = $derived.by(() => (this.prefs.looks.language === "zh" ? zh : en));
  readonly format = $derived.by(() => new Format(this.prefs.looks.language));

  constructor(backend: Backend, shelf: Shelf, language: string) {
    this.backend = backend;
    this.prefs = new Prefs(shelf, language);
    this.status = new EngineStatus(backend);
    this.endpoints = new Endpoints(backend);
    this.inspection = new Inspection(backend);
    this.captures = new Captures(backend, (row) => void this.inspection.show(row));
  }

  /** Reads what there is and follows what comes, until the function that it returns is called. */
  start(): () => void {
    const heard = new HeardPerFrame((sum) => {
      this.#hear(sum);
    });
    const stopListening = this.backend.onEvents((events) => {
      heard.add(events);
    });
    const stopLinks = this.backend.onLink((link) => {
      this.link = link;
    });
    const stopClock = this.clock.start();
    void this.status.load();
    void this.endpoints.load();
    void this.captures.show(EVERYTHING);
    return () => {
      stopListening();
      stopLinks();
      stopClock();
    };
  }

  /** The endpoint whose address is offered: the one looked at, else the first public one. */
  readonly address: EndpointView | null = $derived.by(() => {
    const { endpoint } = this.captures.filter;
    const looked = endpoint === null ? undefined : this.endpoints.byId(endpoint);
    return looked ?? this.endpoints.public[0] ?? this.endpoints.local[0] ?? null;
  });

  /** The endpoint that a key means: the one looked at, else that of the capture looked at. */
  get nearest(): EndpointView | null {
    const { row } = this.inspection;
    const looked = this.captures.filter.endpoint ?? row?.endpoint;
    return (looked === undefined ? undefined : this.endpoints.byId(looked)) ?? this.address;
  }

  /** Opens the settings of `endpoint`. */
  openSettings(endpoint: EndpointView | null): void {
    if (!endpoint) return;
    this.editor = new Editor(this.backend, endpoint);
    void this.editor.open();
    this.dialog = "settings";
  }

  /** Removes `endpoint`, and offers to undo it. */
  async remove(endpoint: EndpointView): Promise<void> {
    const words = this.words.settings;
    try {
      await this.endpoints.remove(endpoint.id);
      if (this.captures.filter.endpoint === endpoint.id) void this.captures.showEndpoint(null);
      const name = this.titleOf(endpoint);
      this.toast.offer(words.removed(name), words.undo, () => void this.#restore(endpoint));
    } catch (reason) {
      this.toast.warn(this.say(asUiError(reason)));
    }
  }

  async #restore(endpoint: EndpointView): Promise<void> {
    try {
      await this.backend.restoreEndpoint(endpoint.id);
      void this.endpoints.load();
      this.toast.say(this.words.settings.restored(this.titleOf(endpoint)));
    } catch (reason) {
      this.toast.warn(this.say(asUiError(reason)));
    }
  }

  /** What an endpoint is called. */
  titleOf({ id, name, source }: Pick<EndpointView, "id" | "name" | "source">): string {
    if (source === "local") return this.words.endpoints.localReceiver;
    return name === "" ? id : name;
  }

  /** What `row`'s endpoint is called. */
  nameOf({ endpoint, source }: CaptureRow): string {
    const name = this.endpoints.byId(endpoint)?.name ?? "";
    return this.titleOf({ id: endpoint, name, source });
  }

  /** What is special about a capture, in words. */
  flagsOf({ isHeld, flaws }: CaptureRow): Flag[] {
    const words = this.words.captures;
    const held: Flag = { kind: "held", word: words.held, why: words.heldWhy, tone: "plain" };
    const marks = flaws.map((flaw): Flag => {
      if (flaw === "normalised")
        return { kind: "flaw", word: words.normalised, why: words.normalisedWhy, tone: "wait" };
      return { kind: "flaw", word: flaw, why: words.flawWhy(flaw), tone: "wait" };
    });
    return isHeld ? [held, ...marks] : marks;
  }

  /** Puts `text` on the clipboard and says `done`. */
  async copy(text: string, done: string): Promise<void> {
    try {
      await this.backend.copy(text);
      this.toast.say(done);
    } catch {
      this.toast.warn(this.words.copy.failed);
    }
  }

  /** Puts a command that sends a sample to `endpoint` on the clipboard. */
  async copyTryLine(endpoint: string): Promise<void> {
    try {
      await this.copy(await this.backend.tryLine(endpoint), this.words.address.curlCopied);
    } catch (reason) {
      this.toast.warn(this.say(asUiError(reason)));
    }
  }

  /** Puts bytes of a capture on the clipboard if they are text; `done` is told their size. */
  async copyBytes(
    id: string,
    parts: { part: Part; bytes: number }[],
    done: (size: string) => string,
  ): Promise<void> {
    const words = this.words.copy;
    const size = this.format.bytes(parts.reduce((sum, { bytes }) => sum + bytes, 0));
    if (parts.some(({ bytes }) => bytes > MOST_COPIED_BYTES)) {
      this.toast.warn(words.tooBig(size));
      return;
    }
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      let text = "";
      for (const { part, bytes } of parts)
        text += decoder.decode(await this.#bytes(id, part, bytes));
      await this.copy(text, done(size));
    } catch (reason) {
      this.toast.warn(reason instanceof TypeError ? words.notText : this.say(asUiError(reason)));
    }
  }

  /** An error in the window's language, or as the engine put it. */
  say({ code, message }: UiError): string {
    return this.words.error(code, message);
  }

  async #bytes(id: string, part: Part, bytes: number): Promise<Uint8Array> {
    const whole = new Uint8Array(bytes);
    for (let from = 0; from < bytes;) {
      const window = await this.backend.bytes(id, part, from, Math.min(COPY_WINDOW, bytes - from));
      if (window.length === 0) throw new Error(`no bytes at ${from} of the ${part}`);
      whole.set(window, from);
      from += window.length;
    }
    return whole;
  }

  #hear({ captured, delivered, verified, status, hasEndpoints }: Heard): void {
    if (status) this.status.hear(status);
    if (captured > 0) {
      void this.captures.grow();
      this.announcer.arrived(captured);
    }
    if (delivered.length > 0) {
      void this.captures.refresh(delivered);
      void this.inspection.hear(delivered);
    }
    if (verified) {
      void this.captures.refresh(verified);
      void this.inspection.hearVerdicts(verified);
      // A list that asks for verdicts takes a capture in when it has one.
      if (captured === 0) void this.captures.grow();
    }
    if (captured > 0 || hasEndpoints) void this.endpoints.load();
  }
}
