// The one door to the engine: what the page may ask and what it hears. Two stand behind it: the
// desktop's (`tauri.ts`) and, in a browser and in the tests, `fake/`.

import type { Background } from "../bindings/Background";
import type { BodyForm } from "../bindings/BodyForm";
import type { BodyRef } from "../bindings/BodyRef";
import type { BodyView } from "../bindings/BodyView";
import type { CaptureDetail } from "../bindings/CaptureDetail";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { Comparison } from "../bindings/Comparison";
import type { DeliveryView } from "../bindings/DeliveryView";
import type { DiagnosisView } from "../bindings/DiagnosisView";
import type { EndpointView } from "../bindings/EndpointView";
import type { EngineEvent } from "../bindings/EngineEvent";
import type { Compacted } from "../bindings/Compacted";
import type { FormatView } from "../bindings/FormatView";
import type { ForwardView } from "../bindings/ForwardView";
import type { HistoryFile } from "../bindings/HistoryFile";
import type { HistoryView } from "../bindings/HistoryView";
import type { Language } from "../bindings/Language";
import type { Folds } from "../bindings/Folds";
import type { Found } from "../bindings/Found";
import type { LinkView } from "../bindings/LinkView";
import type { ListFilter } from "../bindings/ListFilter";
import type { ListInfo } from "../bindings/ListInfo";
import type { Merged } from "../bindings/Merged";
import type { Matches } from "../bindings/Matches";
import type { MarkChange } from "../bindings/MarkChange";
import type { MendedList } from "../bindings/MendedList";
import type { MadeSecret } from "../bindings/MadeSecret";
import type { Part } from "../bindings/Part";
import type { PrunePreview } from "../bindings/PrunePreview";
import type { QueryHelp } from "../bindings/QueryHelp";
import type { Restored } from "../bindings/Restored";
import type { Retention } from "../bindings/Retention";
import type { SavedView } from "../bindings/SavedView";
import type { SettingsView } from "../bindings/SettingsView";
import type { Status } from "../bindings/Status";
import type { TextPage } from "../bindings/TextPage";
import type { Timeline } from "../bindings/Timeline";
import type { TreePage } from "../bindings/TreePage";
import type { UiError } from "../bindings/UiError";
import type { WindowNews } from "../bindings/WindowNews";
import type { ReplayBackend } from "./replay";
import type { RulesBackend } from "./rules";
import type { VerificationView } from "../bindings/VerificationView";

/** What the page asks of the engine. Whatever fails, fails with a {@link UiError}. */
export interface Backend extends ReplayBackend, RulesBackend {
  status(): Promise<Status>;
  endpoints(): Promise<EndpointView[]>;

  /** What is wrong with a query, and what may be typed at `cursor`. */
  queryHelp(text: string, cursor: number): Promise<QueryHelp>;

  /**
   * Opens a list of the captures that match. Positions in it count from the oldest (0), so that
   * they stay when newer ones arrive. It does not grow by itself: {@link growList}.
   */
  openList(filter: ListFilter): Promise<ListInfo>;
  /** Takes in what has arrived since, and says how many match now. */
  growList(list: number): Promise<ListInfo>;
  rows(list: number, from: number, count: number): Promise<CaptureRow[]>;
  closeList(list: number): Promise<void>;
  /** When the captures of a list were received, and what came of them. */
  timeline(list: number): Promise<Timeline>;

  /** How many captures a query lets through, up to a limit. */
  matches(query: string): Promise<Matches>;
  /** The filters that are kept. */
  saved(): Promise<SavedView[]>;
  /** Keeps these, in this order, in place of those of before; or, when one is refused, nothing. */
  setSaved(all: SavedView[]): Promise<void>;
  /** The captures that the sender calls the same delivery as this one, the oldest first. */
  tries(id: string): Promise<CaptureRow[]>;
  /**
   * Makes a list right again after captures were marked, and says where those at `positions` are
   * now. Only this moves captures in a list.
   */
  mendList(list: number, positions: number[]): Promise<MendedList>;
  /** The `seq`s of a list's captures, by position. */
  listSeqs(list: number, from: number, count: number): Promise<number[]>;
  /** The position of a capture in a list; null when it is not in it. */
  listPosition(list: number, seq: number): Promise<number | null>;

  /** Does `change` to the captures of `seqs`, to all or to none; answers how many it changed. */
  mark(seqs: number[], change: MarkChange): Promise<number>;
  /** What differs in a capture from `other`, or else from the one before of its kind. */
  compare(id: string, other: string | null): Promise<Comparison>;

  /** What captures can be taken away as. */
  formats(): Promise<FormatView[]>;
  snippet(id: string, format: string, withSecrets: boolean): Promise<string>;
  /** Writes captures into the folder for downloads; answers the path of what was made. */
  saveCaptures(seqs: number[], format: string, withSecrets: boolean): Promise<string>;

  detail(id: string): Promise<CaptureDetail>;
  /** What a body is. */
  bodyView(body: BodyRef): Promise<BodyView>;
  /**
   * A window of a body's outline. With `show` what is around that node is opened first, and the
   * page says where it is. A row's `text` is the token as it stands in the body: a string with its
   * quotes and escapes.
   */
  tree(
    body: BodyRef,
    folds: Folds,
    show: number | null,
    from: number,
    count: number,
  ): Promise<TreePage>;
  /** Lines of a body's text, counted from 0, without their line ends. */
  text(body: BodyRef, form: BodyForm, from: number, count: number): Promise<TextPage>;
  /** Bytes of a body in one of its forms; fewer than `count` at the end, and above 1 MiB. */
  bodyBytes(body: BodyRef, form: BodyForm, from: number, count: number): Promise<Uint8Array>;
  /** Rows of a body that is a table. */
  bodyRows(body: BodyRef, from: number, count: number): Promise<string[][]>;
  /** Where `needle` occurs in a body's text or tree, small and large letters alike. */
  bodyFind(body: BodyRef, form: BodyForm, needle: string): Promise<Found>;
  /** Bytes as sent; fewer than `count` only at the end. */
  bytes(id: string, part: Part, from: number, count: number): Promise<Uint8Array>;

  /** A curl command that sends a sample to `endpoint`. */
  tryLine(endpoint: string): Promise<string>;
  copy(text: string): Promise<void>;
  pair(connect: string): Promise<void>;
  /** Forgets the relay, its endpoints and what proved this computer to it; captures stay. */
  unpair(): Promise<void>;

  /** Makes a public address; `address` is its last part, where one that can be read is wanted. */
  newEndpoint(name: string | null, address: string | null): Promise<EndpointView>;
  endpointSettings(id: string): Promise<SettingsView>;
  /**
   * Has the captures of an endpoint go to `forwards`, and gives it `settings` (the receiver on this
   * computer has none): all of it, or when something is refused nothing.
   */
  saveEndpoint(id: string, settings: SettingsView | null, forwards: ForwardView[]): Promise<void>;
  /** What a sender shows, read from the keychain; null where it is not kept here. */
  endpointToken(id: string): Promise<string | null>;
  /** Makes another token; the old one is void. */
  rotateEndpoint(id: string): Promise<void>;
  removeEndpoint(id: string): Promise<void>;
  /** Undoes a removal, within a week. */
  restoreEndpoint(id: string): Promise<EndpointView>;

  /** What came of the attempts to pass a capture on, the newest first. */
  deliveries(id: string): Promise<DeliveryView[]>;
  /** What is kept of the body that was answered to an attempt. */
  deliveryBody(number: number): Promise<Uint8Array>;

  /** Posts a sample to the receiver on this computer. */
  sendTest(): Promise<void>;

  /** How the window behaves in the background. */
  background(): Promise<Background>;
  /** Changes it; the answer is what holds now. */
  setBackground(background: Background): Promise<Background>;
  /** What stands outside the page speaks this language from now on. */
  speak(language: Language): Promise<void>;
  /** Lets the line to the relay go, or takes it up again. */
  pauseLine(isPaused: boolean): Promise<void>;
  /** Answers to `closing`, now and, when `remembers`, from now on. Quits without being asked too. */
  leave(answer: "stay" | "hide" | "quit", remembers: boolean): Promise<void>;
  /** The history as a whole, what it is kept by, and its backups. */
  history(): Promise<HistoryView>;
  /** What would go by `retention`. */
  prunePreview(retention: Retention): Promise<PrunePreview>;
  /** Keeps the history by `retention` from now on. */
  saveRetention(retention: Retention): Promise<void>;
  /** Copies the history into a new file. This and what follows tell how far they are by events. */
  backupHistory(to: string): Promise<HistoryFile>;
  /** Fails when the file is no sound history. */
  checkHistory(from: string): Promise<HistoryFile>;
  /** Puts a backup in the history's place, which is kept beside it. */
  restoreHistory(from: string): Promise<Restored>;
  compactHistory(): Promise<Compacted>;
  /** Takes in what another history has and this one has not. */
  mergeHistory(from: string): Promise<Merged>;
  /** Stops what of these goes on. */
  stopWork(): Promise<void>;
  /** What there is to say about a capture's signature, and the secrets of its endpoint. */
  verification(id: string): Promise<VerificationView>;
  /** Bytes of what was signed; fewer than `count` only at the end. */
  signedBytes(id: string, from: number, count: number): Promise<Uint8Array>;
  /** Looks for what would have matched where a signature fails. */
  diagnose(id: string): Promise<DiagnosisView>;
  /** Keeps a secret of an endpoint; `value` null has one made, which is told this once. */
  addSecret(endpoint: string, secret: NewSecret): Promise<MadeSecret>;
  /** Says that another secret has taken the place of one, or no longer; it counts all the same. */
  retireSecret(endpoint: string, name: string, isOld: boolean): Promise<void>;
  removeSecret(endpoint: string, name: string): Promise<void>;
  /** Has a sender's test event sent to an endpoint; the status that was answered. */
  sendTestEvent(endpoint: string, scheme: string): Promise<number>;

  /** Calls `heard` with each batch of events until the function that it returns is called. */
  onEvents(heard: (events: EngineEvent[]) => void): () => void;
  /** Calls `heard` with each link that is opened, and once with one from before, until as above. */
  onLink(heard: (link: LinkView) => void): () => void;
  /** Calls `heard` with what the window tells, also with what it told before, until as above. */
  onWindow(heard: (news: WindowNews) => void): () => void;
}

/** A signing secret as it is typed in. */
export interface NewSecret {
  /** Null: after its scheme. */
  name: string | null;
  /** Null: as the sender signs who is recognised. */
  scheme: string | null;
  /** Where the signature stands, if not where the scheme has it. */
  header: string | null;
  value: string | null;
}

/** What was thrown, as an error that a person can read. */
export function asUiError(reason: unknown): UiError {
  if (isUiError(reason)) return reason;
  return { code: "unknown", message: reason instanceof Error ? reason.message : String(reason) };
}

function isUiError(reason: unknown): reason is UiError {
  return (
    typeof reason === "object" &&
    reason !== null &&
    "code" in reason &&
    typeof reason.code === "string" &&
    "message" in reason &&
    typeof reason.message === "string"
  );
}
