// An engine that lives in the page: for the browser, for the tests of the state, and for the tests
// of the built window. It keeps the real one's contract; only its webhooks are made up.

import type { CaptureDetail } from "../../bindings/CaptureDetail";
import type { CaptureRow } from "../../bindings/CaptureRow";
import type { DeliveryView } from "../../bindings/DeliveryView";
import type { DiagnosisView } from "../../bindings/DiagnosisView";
import type { EndpointView } from "../../bindings/EndpointView";
import type { EngineEvent } from "../../bindings/EngineEvent";
import type { ForwardView } from "../../bindings/ForwardView";
import type { LinkView } from "../../bindings/LinkView";
import type { ListFilter } from "../../bindings/ListFilter";
import type { ListInfo } from "../../bindings/ListInfo";
import type { MadeSecret } from "../../bindings/MadeSecret";
import type { Part } from "../../bindings/Part";
import type { QueryHelp } from "../../bindings/QueryHelp";
import type { SettingsView } from "../../bindings/SettingsView";
import type { Status } from "../../bindings/Status";
import type { TextPage } from "../../bindings/TextPage";
import type { TreePage } from "../../bindings/TreePage";
import type { VerificationView } from "../../bindings/VerificationView";
import type { Backend, NewSecret } from "../backend";
import { attempts, body } from "./answers";
import { fault, Owned } from "./owned";
import { outline, treePage, type Outline } from "./outline";
import { helpWith, lets } from "./query";
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

/** A list of captures: all of them, or the numbers of those that match. */
interface List {
  filter: ListFilter;
  /** Null where nothing is left out. */
  matching: number[] | null;
  /** How many captures it has looked at. */
  seen: number;
}

export class FakeBackend implements Backend {
  readonly start: Start;
  readonly #startedAtMs = Date.now();
  readonly #arrivedAtMs: number[] = [];
  readonly #lists = new Map<number, List>();
  readonly #listeners = new Set<(events: EngineEvent[]) => void>();
  readonly #owned: Owned;
  readonly #signatures: Signatures;
  readonly #passedOn = new Set<number>();
  readonly #linkListeners = new Set<(link: LinkView) => void>();
  #link: LinkView | null = null;
  #status: Status;
  #nextList = 1;
  #outline: { id: string; of: Outline } | null = null;

  /** What each method was asked, newest last, by its name and numbers. */
  readonly asked: string[] = [];
  /** What was copied, newest last. */
  readonly copied: string[] = [];

  constructor(start: Start) {
    this.start = start;
    this.#owned = new Owned(start.endpoints);
    this.#signatures = new Signatures(start.endpoints[0]?.id);
    this.#status = start.status;
  }

  // What the engine does by itself.

  /** `count` webhooks arrive now, told in batches as the engine does. */
  arrive(count: number): void {
    const atMs = Date.now();
    for (let left = count; left > 0; left -= BATCH) {
      const batch = Math.min(BATCH, left);
      for (let one = 0; one < batch; one += 1) this.#arrivedAtMs.push(atMs);
      this.#status = { ...this.#status, captures: this.#total };
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
    return this.#answer("status", () => ({ ...this.#status, captures: this.#total }));
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
      const isAll = filter.endpoint === null && filter.query === null;
      const list = this.#nextList++;
      this.#lists.set(list, { filter, matching: isAll ? null : [], seen: 0 });
      return { list, count: this.#grown(list), behind: 0 };
    });
  }

  queryHelp(text: string, cursor: number): Promise<QueryHelp> {
    return this.#answer(`queryHelp ${text}`, () => helpWith(text, cursor));
  }

  growList(list: number): Promise<ListInfo> {
    return this.#answer(`growList ${String(list)}`, () => ({
      list,
      count: this.#grown(list),
      behind: 0,
    }));
  }

  rows(list: number, from: number, count: number): Promise<CaptureRow[]> {
    return this.#answer(`rows ${String(list)} ${String(from)} ${String(count)}`, () => {
      const { matching, seen } = this.#list(list);
      const end = Math.min(matching?.length ?? seen, from + count);
      const wanted = Array.from({ length: Math.max(0, end - from) }, (_, at) => from + at);
      return wanted.map((position) => this.#row(matching?.[position] ?? position));
    });
  }

  closeList(list: number): Promise<void> {
    return this.#answer(`closeList ${String(list)}`, () => void this.#lists.delete(list));
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
        bodyKind: sample.kind,
        headBytes: head(sample).length,
      };
    });
  }

  tree(id: string, folded: number[], from: number, count: number): Promise<TreePage> {
    return this.#answer(`tree ${String(from)} ${String(count)}`, () => {
      if (this.#outline?.id !== id) {
        const text = new TextDecoder().decode(this.#sample(this.#seq(id)).body);
        this.#outline = { id, of: outline(text) };
      }
      return treePage(this.#outline.of, folded, from, count);
    });
  }

  text(id: string, from: number, count: number): Promise<TextPage> {
    return this.#answer(`text ${String(from)} ${String(count)}`, () => {
      const { body } = this.#sample(this.#seq(id));
      const lines = new TextDecoder().decode(body).split("\n");
      return { total: lines.length, lines: lines.slice(from, from + count), bytes: body.length };
    });
  }

  bytes(id: string, part: Part, from: number, count: number): Promise<Uint8Array> {
    return this.#answer(`bytes ${part} ${String(from)} ${String(count)}`, () => {
      const sample = this.#sample(this.#seq(id));
      return (part === "head" ? head(sample) : sample.body).slice(from, from + count);
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
    return this.#answer(`deliveries ${id}`, () => this.#deliveries(this.#seq(id)));
  }

  deliveryBody(number: number): Promise<Uint8Array> {
    return this.#answer(`deliveryBody ${String(number)}`, () => body(number));
  }

  sendTest(): Promise<void> {
    return this.#answer("sendTest", () => {
      this.arrive(1);
    });
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

  #list(list: number): List {
    const open = this.#lists.get(list);
    if (!open) throw fault("no_list", `list ${String(list)} is not open`);
    return open;
  }

  #grown(number: number): number {
    const list = this.#list(number);
    for (; list.matching && list.seen < this.#total; list.seen += 1) {
      if (this.#matches(list.seen, list.filter)) list.matching.push(list.seen);
    }
    list.seen = this.#total;
    return list.matching?.length ?? list.seen;
  }

  #matches(seq: number, { endpoint, query }: ListFilter): boolean {
    if (endpoint !== null && this.#endpointOf(seq) !== endpoint) return false;
    return query === null || lets(query, this.#sample(seq));
  }

  #sample(seq: number): Sample {
    return this.start.make(seq);
  }

  #endpointOf(seq: number): string {
    const all = this.start.endpoints;
    return all[this.#sample(seq).endpoint % all.length]?.id ?? "local";
  }

  #row(seq: number): CaptureRow {
    const sample = this.#sample(seq);
    const receivedAtMs = this.#receivedAtMs(seq);
    const [last] = this.#deliveries(seq);
    const endpoint = this.#endpointOf(seq);
    const type = sample.headers.find(([name]) => name === "content-type")?.[1] ?? null;
    return {
      seq,
      id: `01936f2e-7c1a-7000-8000-${seq.toString(16).padStart(12, "0")}`,
      endpoint,
      source: endpoint === "local" ? "local" : "relay",
      receivedAtMs,
      storedAtMs: receivedAtMs + (sample.isHeld ? 2_400_000 : 14),
      isHeld: sample.isHeld,
      method: sample.method,
      target: sample.target.slice(0, 512),
      contentType: type,
      bodyBytes: sample.body.length,
      flaws: sample.flaws,
      delivery: last
        ? { status: last.status, isBroken: last.error !== null, totalMs: last.totalMs }
        : null,
      verdict: this.#signatures.verdict(seq, endpoint, sample),
      ...(sample.about ?? { sender: null, event: null, summary: null }),
    };
  }

  #receivedAtMs(seq: number): number {
    const before = this.#startedAtMs - (this.start.rows - seq) * SPACING_MS;
    return this.#arrivedAtMs[seq - this.start.rows] ?? before;
  }

  #deliveries(seq: number): DeliveryView[] {
    if (seq >= this.start.rows && !this.#passedOn.has(seq)) return [];
    const id = this.#endpointOf(seq);
    const [forward] = this.start.endpoints.find((one) => one.id === id)?.forwards ?? [];
    return forward ? attempts(seq, this.#receivedAtMs(seq), forward.target) : [];
  }

  #seq(id: string): number {
    const seq = Number.parseInt(id.slice(-12), 16);
    if (!(seq >= 0 && seq < this.#total)) throw fault("no_capture", `no capture ${id}`);
    return seq;
  }
}

function head({ method, target, headers }: Sample): Uint8Array {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return new TextEncoder().encode(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
}
