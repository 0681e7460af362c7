// The one door to the engine: what the page may ask and what it hears. Two stand behind it: the
// desktop's (`tauri.ts`) and, in a browser and in the tests, `fake/`.

import type { CaptureDetail } from "../bindings/CaptureDetail";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { Comparison } from "../bindings/Comparison";
import type { DeliveryView } from "../bindings/DeliveryView";
import type { EndpointView } from "../bindings/EndpointView";
import type { EngineEvent } from "../bindings/EngineEvent";
import type { FormatView } from "../bindings/FormatView";
import type { ForwardView } from "../bindings/ForwardView";
import type { LinkView } from "../bindings/LinkView";
import type { ListFilter } from "../bindings/ListFilter";
import type { ListInfo } from "../bindings/ListInfo";
import type { MarkChange } from "../bindings/MarkChange";
import type { MendedList } from "../bindings/MendedList";
import type { Part } from "../bindings/Part";
import type { QueryHelp } from "../bindings/QueryHelp";
import type { SettingsView } from "../bindings/SettingsView";
import type { Status } from "../bindings/Status";
import type { TextPage } from "../bindings/TextPage";
import type { TreePage } from "../bindings/TreePage";
import type { UiError } from "../bindings/UiError";

/** What the page asks of the engine. Whatever fails, fails with a {@link UiError}. */
export interface Backend {
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
  /**
   * A window of the body's outline with the subtrees of `folded` (node numbers) closed. A row's
   * `text` is the token as it stands in the body: a string with its quotes and escapes.
   */
  tree(id: string, folded: number[], from: number, count: number): Promise<TreePage>;
  /** Lines of the body as text, counted from 0, without their line ends. */
  text(id: string, from: number, count: number): Promise<TextPage>;
  /** Bytes as sent; fewer than `count` only at the end. */
  bytes(id: string, part: Part, from: number, count: number): Promise<Uint8Array>;

  /** A curl command that sends a sample to `endpoint`. */
  tryLine(endpoint: string): Promise<string>;
  copy(text: string): Promise<void>;
  pair(connect: string): Promise<void>;

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

  /** Calls `heard` with each batch of events until the function that it returns is called. */
  onEvents(heard: (events: EngineEvent[]) => void): () => void;
  /** Calls `heard` with each link that is opened, and once with one from before, until as above. */
  onLink(heard: (link: LinkView) => void): () => void;
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
