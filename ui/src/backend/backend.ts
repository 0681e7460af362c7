// The one door to the engine: what the page may ask and what it hears. Two stand behind it: the
// desktop's (`tauri.ts`) and, in a browser and in the tests, `fake/`.

import type { CaptureDetail } from "../bindings/CaptureDetail";
import type { CaptureRow } from "../bindings/CaptureRow";
import type { DeliveryView } from "../bindings/DeliveryView";
import type { DiagnosisView } from "../bindings/DiagnosisView";
import type { EndpointView } from "../bindings/EndpointView";
import type { EngineEvent } from "../bindings/EngineEvent";
import type { ForwardView } from "../bindings/ForwardView";
import type { LinkView } from "../bindings/LinkView";
import type { ListFilter } from "../bindings/ListFilter";
import type { ListInfo } from "../bindings/ListInfo";
import type { MadeSecret } from "../bindings/MadeSecret";
import type { Part } from "../bindings/Part";
import type { QueryHelp } from "../bindings/QueryHelp";
import type { SettingsView } from "../bindings/SettingsView";
import type { Status } from "../bindings/Status";
import type { TextPage } from "../bindings/TextPage";
import type { TreePage } from "../bindings/TreePage";
import type { UiError } from "../bindings/UiError";
import type { VerificationView } from "../bindings/VerificationView";

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
