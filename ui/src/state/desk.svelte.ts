// Everything that the window knows, put together: who hears which event, and what the parts of the
// window share. Start at [`Desk.start`].

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { EndpointView } from "../bindings/EndpointView";
import type { LinkView } from "../bindings/LinkView";
import type { Part } from "../bindings/Part";
import type { UiError } from "../bindings/UiError";
import type { WindowNews } from "../bindings/WindowNews";
import { en } from "../text/en";
import { Format } from "../text/format";
import { zh } from "../text/zh";
import { Acts } from "./acts.svelte";
import { Again } from "./again.svelte";
import { Announcer } from "./announcer.svelte";
import { Background } from "./background.svelte";
import { Care } from "./care.svelte";
import { Arrivals } from "./arrivals.svelte";
import { Captures, EVERYTHING } from "./captures.svelte";
import { Comparing } from "./comparing.svelte";
import { Clock } from "./clock.svelte";
import { Editor } from "./editor.svelte";
import { Endpoints } from "./endpoints.svelte";
import { Guide } from "./guide.svelte";
import type { Heard } from "./heard";
import { HeardPerFrame } from "./heard";
import { Inspection } from "./inspection.svelte";
import { Keymap } from "./keymap.svelte";
import { Picks } from "./picks.svelte";
import { Pinned } from "./pinned.svelte";
import { Prefs, type Shelf } from "./prefs.svelte";
import type { Section } from "./sections";
import { QueryBar } from "./query.svelte";
import { Rules } from "./rules.svelte";
import { Running } from "./running.svelte";
import { Runs } from "./runs.svelte";
import { Saved } from "./saved.svelte";
import { EngineStatus } from "./status.svelte";
import { term } from "./terms";
import { Toast } from "./toast.svelte";

/** Bytes that a copy may take; more would choke the clipboard's other end. */
const MOST_COPIED_BYTES = 8_000_000;
const COPY_WINDOW = 1024 * 1024;

/** Something special about a capture: a word for a chip, and the sentence behind it. */
export interface Flag {
  kind: "held" | "flaw" | "edited";
  word: string;
  why: string;
  tone: "plain" | "wait";
}

/** What the person can ask for; one at a time. */
type Dialog =
  "palette" | "preferences" | "keys" | "pair" | "line" | "notices" | "create" | "settings";

/** Where the focus can be sent. */
interface Panes {
  toFilter(): void;
  toList(): void;
  toDetail(): void;
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
  readonly keymap: Keymap;
  readonly guide: Guide;
  readonly background: Background;
  readonly care: Care;
  readonly query: QueryBar;
  readonly saved: Saved;
  readonly arrivals: Arrivals;
  readonly picks: Picks;
  readonly pinned: Pinned;
  readonly comparing: Comparing;
  readonly acts: Acts;
  readonly rules: Rules;
  readonly runs: Runs;
  readonly running: Running;
  readonly again: Again;

  /** Which of the two screens a narrow window shows. */
  screen: "list" | "detail" = $state("list");
  /** The dialog that is open. */
  dialog: Dialog | null = $state(null);
  /** The section of the settings that is looked at. */
  section: Section = $state("appearance");
  /** The panes, while they are there. */
  panes: Panes | null = $state.raw(null);
  /** The settings that the dialog `settings` is about. */
  editor: Editor | null = $state.raw(null);

  /** Whether a dialog is open in which something is done, and said. */
  get hasModal(): boolean {
    const isDialog = ["create", "settings", "preferences"].includes(this.dialog ?? "");
    return isDialog || this.again.many.report !== null;
  }

  /** Whether the person is asked what closing the window is to do; that comes before all else. */
  isClosing = $state(false);

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
    this.background = new Background(backend);
    this.care = new Care(backend);
    this.keymap = new Keymap(this.prefs, navigator.platform.startsWith("Mac"));
    this.guide = new Guide(this.prefs);
    this.captures = new Captures(backend, (row) => {
      // The first arrival is looked at by itself, which stops nothing; a person's choice does.
      if (!this.captures.isLive) this.guide.close();
      void this.inspection.show(row);
    });
    this.query = new QueryBar(backend, (text) => void this.captures.showQuery(text));
    this.saved = new Saved(backend);
    this.arrivals = new Arrivals(backend);
    this.picks = new Picks(this.captures);
    this.pinned = new Pinned(backend);
    this.comparing = new Comparing(backend);
    this.acts = new Acts(this);
    this.rules = new Rules(backend);
    this.runs = new Runs(backend, null);
    this.running = new Running(this);
    this.again = new Again(this);
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
    const stopWindow = this.backend.onWindow((news) => {
      this.#hearWindow(news);
    });
    const stopClock = this.clock.start();
    void this.status.load().then(() => {
      if (this.status.now?.captures === 0) this.guide.begin();
    });
    void this.endpoints.load().then(() => this.again.missing.load());
    void this.background.load();
    void this.saved.load();
    void this.captures.show(EVERYTHING);
    void this.acts.start();
    void this.runs.load();
    return () => {
      stopListening();
      stopLinks();
      stopWindow();
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

  /** The key of an action for the end of a sentence: ` (l)`, or nothing. */
  keyOf(id: string): string {
    const caps = this.keymap.capsOf(id);
    return caps ? ` (${caps.join(" ")})` : "";
  }

  /** Opens the window's settings, at `section` or where they were left. */
  openPreferences(section: Section = this.section): void {
    this.section = section;
    this.dialog = "preferences";
  }

  /** Opens the first steps, from their beginning. */
  openGuide(): void {
    this.rules.close();
    this.guide.open();
    this.screen = "detail";
  }

  /** Posts a sample to the receiver on this computer. */
  async sendTest(): Promise<void> {
    try {
      await this.backend.sendTest();
    } catch (reason) {
      this.toast.warn(this.say(asUiError(reason)));
    }
  }

  /** Opens the settings of `endpoint`. */
  openSettings(endpoint: EndpointView | null): void {
    if (!endpoint) return;
    this.editor = new Editor(this.backend, endpoint);
    void this.editor.open();
    this.dialog = "settings";
  }

  /** Opens the rules of `endpoint`, or of the nearest one. */
  openRules(endpoint: EndpointView | null = this.nearest): void {
    if (!endpoint) return;
    this.dialog = null;
    this.screen = "detail";
    void this.rules.open(endpoint.id);
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

  /** Shows what `query` lets through, of all endpoints. */
  showFilter(query: string): void {
    this.screen = "list";
    void this.captures.showEndpoint(null);
    void this.query.set(query);
  }

  /** Keeps the filter as it is now, with its endpoint. Fails with why it is not kept. */
  async keepFilter(name: string): Promise<void> {
    const { endpoint } = this.captures.filter;
    const own = endpoint === null ? "" : `${term("endpoint", endpoint)} `;
    await this.saved.keep(name, `${own}${this.query.text.trim()}`);
    this.toast.say(this.words.find.kept(name));
  }

  /** Forgets the kept filter at `at`, and offers to undo it. */
  async removeFilter(at: number): Promise<void> {
    const words = this.words.find;
    const warn = (reason: unknown) => {
      this.toast.warn(this.say(asUiError(reason)));
    };
    try {
      const name = this.saved.all[at]?.name ?? "";
      const restore = await this.saved.remove(at);
      this.toast.offer(words.removed(name), words.undo, () => void restore().catch(warn));
    } catch (reason) {
      warn(reason);
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
  flagsOf({ isHeld, flaws, origin }: CaptureRow): Flag[] {
    const words = this.words.captures;
    const { again } = this.words;
    const edit: Flag = { kind: "edited", word: again.edited, why: again.editedWhy, tone: "plain" };
    const held: Flag = { kind: "held", word: words.held, why: words.heldWhy, tone: "plain" };
    const marks = flaws.map((flaw): Flag => {
      if (flaw === "normalised")
        return { kind: "flaw", word: words.normalised, why: words.normalisedWhy, tone: "wait" };
      return { kind: "flaw", word: flaw, why: words.flawWhy(flaw), tone: "wait" };
    });
    return [...(origin === undefined ? [] : [edit]), ...(isHeld ? [held] : []), ...marks];
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

  #hearWindow(news: WindowNews): void {
    switch (news.kind) {
      case "background":
        this.background.hear(news.background);
        break;
      case "closing":
        this.isClosing = true;
        break;
      case "show":
        void this.reveal(news.capture);
    }
  }

  /** Shows a capture that was asked for outside the page, in the list and beside it. */
  async reveal(id: string): Promise<void> {
    try {
      const { row } = await this.backend.detail(id);
      this.link = null;
      this.rules.close();
      this.dialog = null;
      this.screen = "detail";
      await this.captures.reveal(row);
    } catch (reason) {
      this.toast.warn(this.say(asUiError(reason)));
    }
  }

  async #mend(): Promise<void> {
    void this.pinned.load(this.captures.filter.endpoint);
    await this.captures.mend();
    await this.inspection.reread(); // after another has been chosen instead of one that is gone
  }

  #hear({
    captured,
    delivered,
    isMarked,
    verified,
    status,
    hasEndpoints,
    hasRemoved,
    hasRan,
    working,
    replays,
  }: Heard): void {
    this.again.many.hear(replays);
    if (delivered.length > 0 || replays.length > 0 || hasEndpoints) this.again.missing.hear();
    if (status) this.status.hear(status);
    if (captured > 0) {
      void this.captures.grow();
      void this.saved.count();
      this.announcer.arrived(captured);
    }
    if (delivered.length > 0) {
      void this.captures.refresh(delivered);
      void this.captures.reconsider();
      void this.inspection.hear(delivered);
      const { list } = this.captures;
      if (list !== null && this.prefs.looks.isTimelineOpen) void this.arrivals.load(list);
      void this.saved.count();
    }
    if (hasEndpoints) void this.saved.load();
    if (hasRan) void this.runs.load();
    const isOther = isMarked || hasRemoved;
    if (isOther) void this.#mend();
    if (working !== undefined) this.care.hear(working);
    if (verified) {
      void this.captures.refresh(verified);
      void this.inspection.hearVerdicts(verified);
      // A list that asks for verdicts takes a capture in when it has one.
      if (captured === 0) void this.captures.grow();
    }
    if (captured > 0 || isOther || hasEndpoints) void this.endpoints.load();
  }
}
