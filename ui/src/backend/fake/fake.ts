// An engine that lives in the page: for the browser, for the tests of the state, and for the tests
// of the built window. It keeps the real one's contract; only its webhooks are made up.

import type { Background } from "../../bindings/Background";
import type { BodyForm } from "../../bindings/BodyForm";
import type { BodyRef } from "../../bindings/BodyRef";
import type { BodyView } from "../../bindings/BodyView";
import type { CaptureDetail } from "../../bindings/CaptureDetail";
import type { CaptureRow } from "../../bindings/CaptureRow";
import type { Comparison } from "../../bindings/Comparison";
import type { DeliveryView } from "../../bindings/DeliveryView";
import type { DiagnosisView } from "../../bindings/DiagnosisView";
import type { EndpointView } from "../../bindings/EndpointView";
import type { EngineEvent } from "../../bindings/EngineEvent";
import type { Compacted } from "../../bindings/Compacted";
import type { FormatView } from "../../bindings/FormatView";
import type { ForwardView } from "../../bindings/ForwardView";
import type { HistoryFile } from "../../bindings/HistoryFile";
import type { HistoryView } from "../../bindings/HistoryView";
import type { Language } from "../../bindings/Language";
import type { Folds } from "../../bindings/Folds";
import type { Found } from "../../bindings/Found";
import type { LinkView } from "../../bindings/LinkView";
import type { ListFilter } from "../../bindings/ListFilter";
import type { ListInfo } from "../../bindings/ListInfo";
import type { Merged } from "../../bindings/Merged";
import type { Matches } from "../../bindings/Matches";
import type { MarkChange } from "../../bindings/MarkChange";
import type { MendedList } from "../../bindings/MendedList";
import type { MadeSecret } from "../../bindings/MadeSecret";
import type { Part } from "../../bindings/Part";
import type { PrunePreview } from "../../bindings/PrunePreview";
import type { QueryHelp } from "../../bindings/QueryHelp";
import type { Restored } from "../../bindings/Restored";
import type { Retention } from "../../bindings/Retention";
import type { ReplaySelection } from "../../bindings/ReplaySelection";
import type { SavedView } from "../../bindings/SavedView";
import type { SettingsView } from "../../bindings/SettingsView";
import type { Status } from "../../bindings/Status";
import type { TextPage } from "../../bindings/TextPage";
import type { Timeline } from "../../bindings/Timeline";
import type { TreePage } from "../../bindings/TreePage";
import type { WindowNews } from "../../bindings/WindowNews";
import type { VerificationView } from "../../bindings/VerificationView";
import type { Backend, NewSecret } from "../backend";
import { attempts, body } from "./answers";
import { Native } from "./native";
import { FakeCare } from "./care";
import { opened, type FakeBody } from "./bodies";
import { changes, isJson } from "./compare";
import { Marks } from "./marks";
import { fault, Owned } from "./owned";
import { deliveryId, isTried, matches, nthTry, timeline, TRY_EVERY } from "./finding";
import { helpWith, lets } from "./query";
import { Rules } from "./rules";
import type { Maker, Sample } from "./samples";
import { Signatures } from "./signatures";

/** What a fake engine starts with. */
export interface Start {
  /** Captures from before. */
  rows: number;
  make: Maker;
  endpoints: EndpointView[];
  status: Status;
}

/** Milliseconds between two captures from before. */
const SPACING_MS = 37_000;
const BATCH = 50;
/** Samples that are kept. */
const MOST_MADE = 400;

/** A list of captures: all of them, or the numbers of those that match. */
interface List {
  filter: ListFilter;
  /** Null where nothing is left out. */
  matching: number[] | null;
  /** How many captures it has looked at. */
  seen: number;
}

export class FakeBackend extends Rules implements Backend {
  readonly start: Start;
  readonly #startedAtMs = Date.now();
  readonly #arrivedAtMs: number[] = [];
  readonly #lists = new Map<number, List>();
  readonly #listeners = new Set<(events: EngineEvent[]) => void>();
  readonly #owned: Owned;
  /** Samples take long to make, and each is asked for several times. */
  readonly #made = new Map<number, Sample>();
  readonly #marks = new Marks();
  readonly #signatures: Signatures;
  readonly #passedOn = new Set<number>();
  readonly #care: FakeCare;
  #saved: SavedView[] = [];
  #behind = 0;
  readonly #linkListeners = new Set<(link: LinkView) => void>();
  #link: LinkView | null = null;
  #status: Status;
  #nextList = 1;
  #opened: { name: string; body: FakeBody } | null = null;

  /** The window around the page. */
  readonly native = new Native();
  /** What each method was asked, newest last, by its name and numbers. */
  readonly asked: string[] = [];
  /** What was copied, newest last. */
  readonly copied: string[] = [];
  /** What was saved, newest last. */
  readonly taken: string[] = [];

  constructor(start: Start) {
    super();
    this.start = start;
    this.#owned = new Owned(start.endpoints);
    this.#signatures = new Signatures(start.endpoints[0]?.id);
    this.#status = start.status;
    this.#care = new FakeCare(start.rows, (event) => {
      this.#status = { ...this.#status, captures: this.#shown };
      this.#tell([event, { kind: "status", status: this.#status }]);
    });
  }

  // What the engine does by itself.

  /** `count` webhooks arrive now, told in batches as the engine does. */
  arrive(count: number): void {
    const atMs = Date.now();
    for (let left = count; left > 0; left -= BATCH) {
      const batch = Math.min(BATCH, left);
      for (let one = 0; one < batch; one += 1) this.#arrivedAtMs.push(atMs);
      this.#status = { ...this.#status, captures: this.#shown };
      const captured = Array.from({ length: batch }, (): EngineEvent => ({
        kind: "captured",
        count: 1,
      }));
      this.#tell([...captured, { kind: "status", status: this.#status }]);
    }
  }

  /** What arrived since the start is passed on now, where it goes by itself. */
  deliver(): void {
    const seqs = this.#arrivedAtMs.map((_, at) => this.start.rows + at);
    const fresh = seqs.filter((seq) => !this.#passedOn.has(seq));
    for (const seq of fresh) this.#passedOn.add(seq);
    this.#tell([{ kind: "delivered", captures: fresh.map((seq) => this.#row(seq).id) }]);
  }

  /** Something about the engine changes. */
  become(change: Partial<Status>): void {
    this.#status = { ...this.#status, ...change };
    this.#tell([{ kind: "status", status: this.#status }]);
  }

  /** The person opens a link elsewhere; it is kept until a page listens. */
  openLink(link: LinkView): void {
    if (this.#linkListeners.size === 0) this.#link = link;
    for (const listener of this.#linkListeners) listener(link);
  }

  // What the page asks.

  status(): Promise<Status> {
    return this.#answer("status", () => ({ ...this.#status, captures: this.#shown }));
  }

  endpoints(): Promise<EndpointView[]> {
    return this.#answer("endpoints", () => {
      const { all } = this.#owned;
      const share = Math.floor(this.#total / Math.max(1, all.length));
      return all.map((endpoint) => ({ ...endpoint, captures: share }));
    });
  }

  openList(filter: ListFilter): Promise<ListInfo> {
    return this.#answer(`openList ${filter.endpoint ?? "*"} ${filter.query ?? ""}`, () => {
      const isAll =
        filter.endpoint === null && filter.query === null && this.#marks.deleted.size === 0;
      const list = this.#nextList++;
      this.#lists.set(list, { filter, matching: isAll ? null : [], seen: this.#care.gone });
      return { list, count: this.#grown(list), behind: isAll ? 0 : this.#behind };
    });
  }

  queryHelp(text: string, cursor: number): Promise<QueryHelp> {
    return this.#answer(`queryHelp ${text}`, () => helpWith(text, cursor));
  }

  growList(list: number): Promise<ListInfo> {
    return this.#answer(`growList ${String(list)}`, () => ({
      list,
      count: this.#grown(list),
      behind: this.#behind,
    }));
  }

  rows(list: number, from: number, count: number): Promise<CaptureRow[]> {
    return this.#answer(`rows ${String(list)} ${String(from)} ${String(count)}`, () => {
      const { matching, seen } = this.#list(list);
      const { gone } = this.#care;
      const end = Math.min(matching?.length ?? seen - gone, from + count);
      const wanted = Array.from({ length: Math.max(0, end - from) }, (_, at) => from + at);
      return wanted.map((position) => this.#row(matching?.[position] ?? position + gone));
    });
  }

  closeList(list: number): Promise<void> {
    return this.#answer(`closeList ${String(list)}`, () => void this.#lists.delete(list));
  }

  timeline(list: number): Promise<Timeline> {
    return this.#answer(`timeline ${String(list)}`, () => {
      const { matching, seen } = this.#list(list);
      const count = matching?.length ?? seen;
      return timeline(count, (at) => {
        const seq = matching?.[at] ?? at;
        return { receivedAtMs: this.#receivedAtMs(seq), delivery: this.#delivery(seq) };
      });
    });
  }

  matches(query: string): Promise<Matches> {
    return this.#answer(`matches ${query}`, () =>
      matches(this.#total, (seq) => this.#matches(seq, { endpoint: null, text: null, query })),
    );
  }

  saved(): Promise<SavedView[]> {
    return this.#answer("saved", () => this.#saved);
  }

  setSaved(all: SavedView[]): Promise<void> {
    return this.#change(`setSaved ${JSON.stringify(all)}`, () => {
      const names = all.map(({ name }) => name.toLowerCase());
      const twice = names.find((name, at) => names.indexOf(name) < at);
      if (twice) throw fault("saved_taken", `there is a filter \`${twice}\` already`);
      this.#saved = all;
    });
  }

  tries(id: string): Promise<CaptureRow[]> {
    return this.#answer(`tries ${id}`, () => {
      const seq = this.#seq(id);
      const first = seq - (nthTry(seq) - 1) * TRY_EVERY;
      const all = [first, first + TRY_EVERY, first + 2 * TRY_EVERY];
      const own = all.filter((one, at) => one < this.#total && nthTry(one) === at + 1);
      return this.#row(seq).deliveryId === null ? [] : own.map((one) => this.#row(one));
    });
  }

  /** How many captures the search's index lacks from now on. */
  lag(behind: number): void {
    this.#behind = behind;
  }

  mendList(list: number, positions: number[]): Promise<MendedList> {
    return this.#answer(`mendList ${String(list)}`, () => {
      const open = this.#list(list);
      const old = this.#seqsOf(open);
      const seqs = Array.from({ length: open.seen }, (_, seq) => seq);
      open.matching = seqs.filter((seq) => this.#matches(seq, open.filter));
      const now = open.matching;
      const places = positions.map((position) => {
        const seq = old[position];
        const at = seq === undefined ? now.length : now.filter((one) => one < seq).length;
        return { at, isGone: now[at] !== seq };
      });
      const hasMoved = old.length !== now.length || old.some((seq, at) => seq !== now[at]);
      return { count: now.length, hasMoved, places };
    });
  }

  listSeqs(list: number, from: number, count: number): Promise<number[]> {
    return this.#answer(`listSeqs ${String(from)} ${String(count)}`, () =>
      this.#seqsOf(this.#list(list)).slice(from, from + count),
    );
  }

  listPosition(list: number, seq: number): Promise<number | null> {
    return this.#answer(`listPosition ${String(seq)}`, () => {
      const position = this.#seqsOf(this.#list(list)).indexOf(seq);
      return position < 0 ? null : position;
    });
  }

  async mark(seqs: number[], change: MarkChange): Promise<number> {
    const changed = await this.#answer(`mark ${JSON.stringify([seqs, change])}`, () =>
      this.#marks.apply(seqs, change),
    );
    this.#status = { ...this.#status, captures: this.#shown };
    if (changed > 0) this.#tell([{ kind: "marked" }, { kind: "status", status: this.#status }]);
    return changed;
  }

  compare(id: string, other: string | null): Promise<Comparison> {
    return this.#answer(`compare ${id} ${other ?? "*"}`, () => {
      const seq = this.#seq(id);
      const kin = this.#kin(seq);
      const with_ = other === null ? (kin[0] ?? null) : this.#seq(other);
      const after = this.#row(seq);
      const before = with_ === null ? null : this.#row(with_);
      const all = [seq, ...kin].map((one) => this.#sample(one));
      const changed = with_ === null ? [] : changes(this.#sample(with_), this.#sample(seq), all);
      const isSame = !changed.some(({ part }) => part === "body");
      const ofJson = isJson(this.#sample(seq).headers);
      return {
        before,
        after,
        kinship: other !== null ? "chosen" : before ? (after.event ? "event" : "path") : "alone",
        changes: changed,
        leftOut: 0,
        body: isSame ? "same" : ofJson ? "json" : "lines",
        learnedFrom: all.length > 2 ? all.length : 0,
      };
    });
  }

  formats(): Promise<FormatView[]> {
    return this.#answer("formats", () => [
      { id: "curl", name: "curl", isOneAFile: false },
      { id: "http", name: ".http file", isOneAFile: false },
      { id: "har", name: "HAR 1.2", isOneAFile: false },
      { id: "ndjson", name: "NDJSON", isOneAFile: false },
      { id: "python", name: "Python, http.client", isOneAFile: true },
    ]);
  }

  snippet(id: string, format: string, withSecrets: boolean): Promise<string> {
    return this.#answer(`snippet ${format}`, () => {
      const { method, target } = this.#sample(this.#seq(id));
      const token = withSecrets ? "Bearer s3cret" : "SECRET-LEFT-OUT";
      return `${format} --request ${method} --header 'Authorization: ${token}' '${target}'
`;
    });
  }

  saveCaptures(seqs: number[], format: string, withSecrets: boolean): Promise<string> {
    return this.#answer("saveCaptures", () => {
      this.taken.push(`${String(seqs.length)} ${format}${withSecrets ? " with secrets" : ""}`);
      return `/home/ada/Downloads/captures.${format}`;
    });
  }

  /** How many lists are open. */
  get openLists(): number {
    return this.#lists.size;
  }

  detail(id: string): Promise<CaptureDetail> {
    return this.#answer(`detail ${id}`, () => {
      const seq = this.#seq(id);
      const sample = this.#sample(seq);
      const [, query = ""] = sample.target.split("?");
      return {
        row: this.#row(seq),
        peer: "192.0.2.14:51234",
        version: "HTTP/1.1",
        headers: sample.headers.map(([name, value]) => ({
          name,
          value,
          isText: !value.includes("\\u{"),
          isSecret: /^(authorization|cookie)$/i.test(name),
        })),
        query: [...new URLSearchParams(query)].map(([name, value]) => ({ name, value })),
        headBytes: head(sample).length,
      };
    });
  }

  bodyView(body: BodyRef): Promise<BodyView> {
    return this.#answer("bodyView", () => this.#body(body).view());
  }

  tree(
    body: BodyRef,
    folds: Folds,
    show: number | null,
    from: number,
    count: number,
  ): Promise<TreePage> {
    return this.#answer(`tree ${String(from)} ${String(count)}`, () =>
      this.#body(body).tree(folds, show, from, count),
    );
  }

  text(body: BodyRef, form: BodyForm, from: number, count: number): Promise<TextPage> {
    return this.#answer(`text ${String(from)} ${String(count)}`, () =>
      this.#body(body).textPage(form, from, count),
    );
  }

  bodyBytes(body: BodyRef, form: BodyForm, from: number, count: number): Promise<Uint8Array> {
    return this.#answer(`bodyBytes ${form} ${String(from)} ${String(count)}`, () =>
      this.#body(body).bytes(form, from, count),
    );
  }

  bodyRows(body: BodyRef, from: number, count: number): Promise<string[][]> {
    return this.#answer(`bodyRows ${String(from)} ${String(count)}`, () =>
      this.#body(body).rows(from, count),
    );
  }

  bodyFind(body: BodyRef, form: BodyForm, needle: string): Promise<Found> {
    return this.#answer(`bodyFind ${needle}`, () => this.#body(body).find(form, needle));
  }

  bytes(id: string, part: Part, from: number, count: number): Promise<Uint8Array> {
    return this.#answer(`bytes ${part} ${String(from)} ${String(count)}`, () => {
      const sample = this.#sample(this.#seq(id));
      return (part === "head" ? head(sample) : (sample.packed?.sent ?? sample.body)).slice(
        from,
        from + count,
      );
    });
  }

  tryLine(endpoint: string): Promise<string> {
    return this.#answer("tryLine", () => {
      const url = this.#owned.all.find(({ id }) => id === endpoint)?.url ?? "";
      return `curl --json '{"hello":"world"}' '${url}'`;
    });
  }

  async copy(text: string): Promise<void> {
    this.copied.push(text);
    await this.#answer("copy", () => undefined);
  }

  pair(connect: string): Promise<void> {
    return this.#answer("pair", () => {
      if (!connect.startsWith("tenterhook://")) {
        const message = "this is not a connect string: it should begin with tenterhook://";
        throw fault("connect_string", message);
      }
      const nowMs = Date.now();
      const line = { state: "connected", sinceMs: nowMs, heardAtMs: nowMs } as const;
      this.become({ relay: "https://hooks.example.dev", line });
    });
  }

  unpair(): Promise<void> {
    return this.#change("unpair", () => {
      this.#owned.all = this.#owned.all.filter(({ source }) => source === "local");
      const { probe, ...others } = this.#status;
      void probe;
      this.#status = { ...others, relay: null, line: { state: "unpaired" } };
      this.become({});
    });
  }

  newEndpoint(name: string | null, address: string | null): Promise<EndpointView> {
    return this.#change("newEndpoint", () => this.#owned.make(name, address));
  }

  endpointSettings(id: string): Promise<SettingsView> {
    return this.#answer("endpointSettings", () => this.#owned.settings(id));
  }

  saveEndpoint(id: string, settings: SettingsView | null, forwards: ForwardView[]): Promise<void> {
    return this.#change(`saveEndpoint ${JSON.stringify([id, settings, forwards])}`, () => {
      this.#owned.save(id, settings, forwards);
    });
  }

  endpointToken(id: string): Promise<string | null> {
    return this.#answer("endpointToken", () => this.#owned.token(id));
  }

  rotateEndpoint(id: string): Promise<void> {
    return this.#answer("rotateEndpoint", () => {
      this.#owned.rotate(id);
    });
  }

  removeEndpoint(id: string): Promise<void> {
    return this.#change("removeEndpoint", () => {
      this.#owned.remove(id);
    });
  }

  restoreEndpoint(id: string): Promise<EndpointView> {
    return this.#change("restoreEndpoint", () => this.#owned.restore(id));
  }

  deliveries(id: string): Promise<DeliveryView[]> {
    return this.#answer(`deliveries ${id}`, () => [
      ...this.sentAgain(id),
      ...this.#deliveries(this.#seq(id)),
    ]);
  }

  deliveryBody(number: number): Promise<Uint8Array> {
    return this.#answer(`deliveryBody ${String(number)}`, () => body(number));
  }

  sendTest(): Promise<void> {
    return this.#answer("sendTest", () => {
      this.arrive(1);
    });
  }

  background(): Promise<Background> {
    return this.#answer("background", () => this.native.settings);
  }

  setBackground(background: Background): Promise<Background> {
    return this.#answer("setBackground", () => this.native.set(background));
  }

  speak(language: Language): Promise<void> {
    return this.#answer(`speak ${language}`, () => undefined);
  }

  pauseLine(isPaused: boolean): Promise<void> {
    return this.#answer(`pauseLine ${String(isPaused)}`, () => {
      const atMs = Date.now();
      const up = { state: "connected", sinceMs: atMs, heardAtMs: atMs } as const;
      this.become({ line: isPaused ? { state: "paused" } : up });
    });
  }

  leave(answer: "stay" | "hide" | "quit", remembers: boolean): Promise<void> {
    return this.#answer(`leave ${answer} ${String(remembers)}`, () => undefined);
  }

  onWindow(heard: (news: WindowNews) => void): () => void {
    return this.native.listen(heard);
  }

  history(): Promise<HistoryView> {
    return this.#answer("history", () => this.#care.view());
  }

  prunePreview(retention: Retention): Promise<PrunePreview> {
    const asked = `prunePreview ${JSON.stringify(retention)}`;
    return this.#answer(asked, () => this.#care.preview(retention));
  }

  saveRetention(retention: Retention): Promise<void> {
    const asked = `saveRetention ${JSON.stringify(retention)}`;
    return this.#answer(asked, () => {
      this.#care.save(retention);
    });
  }

  async backupHistory(to: string): Promise<HistoryFile> {
    return this.#care.backup(await this.#answer("backupHistory", () => to));
  }

  checkHistory(from: string): Promise<HistoryFile> {
    return this.#answer("checkHistory", () => this.#care.check(from));
  }

  async restoreHistory(from: string): Promise<Restored> {
    return this.#care.restore(await this.#answer("restoreHistory", () => from));
  }

  async compactHistory(): Promise<Compacted> {
    await this.#answer("compactHistory", () => undefined);
    return this.#care.compact();
  }

  async mergeHistory(from: string): Promise<Merged> {
    return this.#care.merge(await this.#answer("mergeHistory", () => from));
  }

  stopWork(): Promise<void> {
    return this.#answer("stopWork", () => {
      this.#care.stop();
    });
  }

  /** Work on the history goes on by as much; without `done` it ends by itself. */
  work(done: number | null): void {
    this.#care.work(done);
  }

  verification(id: string): Promise<VerificationView> {
    return this.#answer(`verification ${id}`, () => {
      const seq = this.#seq(id);
      return this.#signatures.verification(seq, this.#endpointOf(seq), this.#sample(seq));
    });
  }

  signedBytes(id: string, from: number, count: number): Promise<Uint8Array> {
    return this.#answer(`signedBytes ${String(from)} ${String(count)}`, () =>
      this.#sample(this.#seq(id)).body.slice(from, from + count),
    );
  }

  diagnose(id: string): Promise<DiagnosisView> {
    return this.#answer(`diagnose ${id}`, () => this.#signatures.diagnosis(this.#seq(id)));
  }

  addSecret(endpoint: string, secret: NewSecret): Promise<MadeSecret> {
    const kept = { ...secret, value: secret.value === null ? null : "•" };
    return this.#judged(`addSecret ${JSON.stringify([endpoint, kept])}`, () =>
      this.#signatures.add(endpoint, secret),
    );
  }

  retireSecret(endpoint: string, name: string, isOld: boolean): Promise<void> {
    return this.#judged(`retireSecret ${name}`, () => {
      this.#signatures.retire(endpoint, name, isOld);
    });
  }

  removeSecret(endpoint: string, name: string): Promise<void> {
    return this.#judged(`removeSecret ${name}`, () => {
      this.#signatures.remove(endpoint, name);
    });
  }

  sendTestEvent(endpoint: string, scheme: string): Promise<number> {
    return this.#answer(`sendTestEvent ${endpoint} ${scheme}`, () => {
      this.arrive(1);
      return 200;
    });
  }

  /** As {@link #answer}, and tells that the newest captures were judged again. */
  async #judged<Answer>(asked: string, answer: () => Answer): Promise<Answer> {
    const answered = await this.#answer(asked, answer);
    const newest = Array.from({ length: Math.min(128, this.#total) }, (_, at) =>
      this.#row(this.#total - 1 - at),
    );
    this.#tell([{ kind: "verified", captures: newest.map(({ id }) => id) }]);
    return answered;
  }

  onEvents(heard: (events: EngineEvent[]) => void): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  onLink(heard: (link: LinkView) => void): () => void {
    if (this.#link) heard(this.#link);
    this.#link = null;
    this.#linkListeners.add(heard);
    return () => this.#linkListeners.delete(heard);
  }

  // What sending again needs.

  protected answered<Answer>(asked: string, answer: () => Answer): Promise<Answer> {
    return this.#answer(asked, answer);
  }

  protected told(events: EngineEvent[]): void {
    this.#tell(events);
  }

  protected selected(selection: ReplaySelection): CaptureRow[] {
    if ("ids" in selection) {
      const seqs = selection.ids.map((id) => this.#seq(id)).sort((one, other) => one - other);
      return seqs.map((seq) => this.#row(seq));
    }
    const all = Array.from({ length: this.#total }, (_, seq) => seq);
    const matching = all.filter((seq) => this.#matches(seq, selection.filter));
    return matching.map((seq) => this.#row(seq));
  }

  protected forwardsOf(endpoint: string): ForwardView[] {
    return this.#owned.all.find(({ id }) => id === endpoint)?.forwards ?? [];
  }

  protected arrived(): string {
    this.arrive(1);
    return this.#row(this.#total - 1).id;
  }

  async #answer<Answer>(asked: string, answer: () => Answer): Promise<Answer> {
    this.asked.push(asked);
    await Promise.resolve();
    return answer();
  }

  /** As {@link #answer}, and tells that endpoints changed. */
  async #change<Answer>(asked: string, answer: () => Answer): Promise<Answer> {
    const answered = await this.#answer(asked, answer);
    this.#tell([{ kind: "endpoints" }]);
    return answered;
  }

  #tell(events: EngineEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  get #total(): number {
    return this.start.rows + this.#arrivedAtMs.length;
  }

  get #shown(): number {
    return this.#total - this.#care.gone - this.#marks.deleted.size;
  }

  #list(list: number): List {
    const open = this.#lists.get(list);
    if (!open) throw fault("no_list", `list ${String(list)} is not open`);
    return open;
  }

  #grown(number: number): number {
    const list = this.#list(number);
    if (list.filter.query === "is:pinned") {
      // Few, and known without a look at each: as the engine's index has them.
      const pinned = [...this.#marks.pinned].sort((one, other) => one - other);
      list.matching = pinned.filter((seq) => this.#matches(seq, list.filter));
      list.seen = this.#total;
    }
    for (; list.matching && list.seen < this.#total; list.seen += 1) {
      if (this.#matches(list.seen, list.filter)) list.matching.push(list.seen);
    }
    list.seen = this.#total;
    return list.matching?.length ?? list.seen - this.#care.gone;
  }

  #matches(seq: number, { endpoint, query }: ListFilter): boolean {
    if (endpoint !== null && this.#endpointOf(seq) !== endpoint) return false;
    if (seq < this.#care.gone || this.#marks.deleted.has(seq)) return false;
    return query === null || lets(query, this.#sample(seq), () => this.#row(seq));
  }

  #seqsOf({ matching, seen }: List): number[] {
    return matching ?? Array.from({ length: seen }, (_, seq) => seq);
  }

  /** Captures before `seq` of its sender and event, or else of its path, the newest first. */
  #kin(seq: number): number[] {
    const kindOf = (one: number) => {
      const { about, target } = this.#sample(one);
      return about ? `${about.sender?.id ?? ""} ${about.event ?? ""}` : target.split("?")[0];
    };
    const before = Array.from({ length: Math.min(seq, 200) }, (_, at) => seq - 1 - at);
    const isKin = (one: number) => !this.#marks.deleted.has(one) && kindOf(one) === kindOf(seq);
    return before.filter(isKin).slice(0, 6);
  }

  #sample(seq: number): Sample {
    let made = this.#made.get(seq);
    if (made) return made;
    made = this.start.make(seq);
    if (this.#made.size >= MOST_MADE) this.#made.clear();
    this.#made.set(seq, made);
    return made;
  }

  /** A body, opened once while it is looked at. */
  #body(ref: BodyRef): FakeBody {
    const name = JSON.stringify(ref);
    if (this.#opened?.name !== name) {
      const { of } = ref;
      const message =
        of.of === "delivery"
          ? { media: "application/json", body: body(of.number) }
          : messageOf(this.#sample(this.#seq(of.id)));
      this.#opened = { name, body: opened(message, ref) };
    }
    return this.#opened.body;
  }

  #endpointOf(seq: number): string {
    const all = this.start.endpoints;
    return all[this.#sample(seq).endpoint % all.length]?.id ?? "local";
  }

  #row(seq: number): CaptureRow {
    const sample = this.#sample(seq);
    const receivedAtMs = this.#receivedAtMs(seq);
    const endpoint = this.#endpointOf(seq);
    const type = sample.headers.find(([name]) => name === "content-type")?.[1] ?? null;
    const id = `01936f2e-7c1a-7000-8000-${seq.toString(16).padStart(12, "0")}`;
    const origin = this.originOf(id);
    return {
      ...(origin === undefined ? {} : { origin }),
      seq,
      id,
      endpoint,
      source: endpoint === "local" ? "local" : "relay",
      receivedAtMs,
      storedAtMs: receivedAtMs + (sample.isHeld ? 2_400_000 : 14),
      isHeld: sample.isHeld,
      method: sample.method,
      target: sample.target.slice(0, 512),
      contentType: type,
      bodyBytes: (sample.packed?.sent ?? sample.body).length,
      flaws: sample.flaws,
      delivery: this.#delivery(seq),
      deliveryId: isTried(seq) ? deliveryId(seq) : null,
      nthTry: nthTry(seq),
      isPinned: this.#marks.pinned.has(seq),
      note: this.#marks.notes.get(seq) ?? null,
      verdict: this.#signatures.verdict(seq, endpoint, sample),
      ...(sample.about ?? { sender: null, event: null, summary: null }),
    };
  }

  #receivedAtMs(seq: number): number {
    const before = this.#startedAtMs - (this.start.rows - seq) * SPACING_MS;
    return this.#arrivedAtMs[seq - this.start.rows] ?? before;
  }

  #delivery(seq: number): CaptureRow["delivery"] {
    // Making a capture takes its time, and where nothing is passed on it need not be made.
    if (this.start.endpoints.every(({ forwards }) => forwards.length === 0)) return null;
    const [last] = this.#deliveries(seq);
    return last
      ? { status: last.status, isBroken: last.error !== null, totalMs: last.totalMs }
      : null;
  }

  #deliveries(seq: number): DeliveryView[] {
    if (seq >= this.start.rows && !this.#passedOn.has(seq)) return [];
    const id = this.#endpointOf(seq);
    const [forward] = this.start.endpoints.find((one) => one.id === id)?.forwards ?? [];
    return forward ? attempts(seq, this.#receivedAtMs(seq), forward.target) : [];
  }

  #seq(id: string): number {
    const seq = Number.parseInt(id.slice(-12), 16);
    if (!(seq >= 0 && seq < this.#total) || this.#marks.deleted.has(seq))
      throw fault("no_capture", `no capture ${id}`);
    return seq;
  }
}

function head({ method, target, headers }: Sample): Uint8Array {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return new TextEncoder().encode(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

function messageOf({ headers, body, packed }: Sample) {
  const media = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  return { media, body, packed };
}
