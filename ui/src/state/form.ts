// An endpoint's settings as they stand in a form, where each is a text or a tick, and the way back.
// What cannot be right is named here, field by field, before the relay is asked.

import type { ForwardView } from "../bindings/ForwardView";
import type { SettingsView } from "../bindings/SettingsView";
import type { UiError } from "../bindings/UiError";

/** What the person sees and types. */
export interface Form {
  isPaused: boolean;
  requiresToken: boolean;
  /** With spaces or commas between them. */
  methods: string;
  /** As `methods`. */
  allowFrom: string;
  bodyLimitBytes: string;
  allowsCors: boolean;
  /** One a line. */
  forwards: string;
  allowsRemote: boolean;
  answers: "relay" | "application";
  deadlineMs: string;
  status: string;
  /** One a line. */
  headers: string;
  body: string;
  delayMs: string;
}

/** Why a field cannot be as it is. */
type Flaw =
  "status" | "time" | "deadline" | "bytes" | "header" | "method" | "target" | "remote" | "missing";

/** What is wrong, by field; `all` is of no one field. */
export type Problems = Partial<Record<keyof Form | "all", Flaw | UiError>>;

/** The longest time that a sender is kept waiting. */
const MOST_MS = 30_000;
/** Slack and Harbor wait 3 s. */
const USUAL_DEADLINE_MS = 2_500;
const METHOD = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

const words = (text: string) => text.split(/[\s,]+/).filter((word) => word !== "");
const lines = (text: string) => text.split("\n").filter((line) => line.trim() !== "");

/** The form for `settings`; the receiver on this computer has none, and the usual ones stand. */
export function formOf(settings: SettingsView | null, forwards: ForwardView[]): Form {
  return {
    isPaused: settings?.isPaused ?? false,
    requiresToken: settings?.requiresToken ?? false,
    methods: settings?.methods.join(" ") ?? "",
    allowFrom: settings?.allowFrom.join(" ") ?? "",
    bodyLimitBytes: String(settings?.bodyLimitBytes ?? ""),
    allowsCors: settings?.allowsCors ?? false,
    forwards: forwards.map(({ target }) => target).join("\n"),
    allowsRemote: forwards.some(({ isRemote }) => isRemote),
    answers: settings?.deadlineMs == null ? "relay" : "application",
    deadlineMs: String(settings?.deadlineMs ?? USUAL_DEADLINE_MS),
    status: String(settings?.answer.status ?? 200),
    headers: settings?.answer.headers.map(([name, value]) => `${name}: ${value}`).join("\n") ?? "",
    body: settings?.answer.body ?? "",
    delayMs: String(settings?.answer.delayMs ?? 0),
  };
}

/** The settings that `form` says. Only where {@link flawsOf} finds nothing are they right. */
export function settingsOf(form: Form): SettingsView {
  return {
    isPaused: form.isPaused,
    requiresToken: form.requiresToken,
    methods: words(form.methods),
    allowFrom: words(form.allowFrom),
    bodyLimitBytes: form.bodyLimitBytes.trim() === "" ? null : Number(form.bodyLimitBytes),
    allowsCors: form.allowsCors,
    answer: {
      status: Number(form.status),
      headers: lines(form.headers).map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
      }),
      body: form.body,
      delayMs: Number(form.delayMs),
    },
    deadlineMs: form.answers === "application" ? Number(form.deadlineMs) : null,
  };
}

/** Where `form` says that captures go. */
export function forwardsOf({ forwards, allowsRemote }: Form): ForwardView[] {
  return lines(forwards).map((line) => {
    const target = line.trim();
    return { target, isRemote: allowsRemote && isElsewhere(target) };
  });
}

/** The targets that are another computer's by their names. */
export function remoteOf(form: Form): string[] {
  return forwardsOf(form)
    .map(({ target }) => target)
    .filter(isElsewhere);
}

/** What is wrong with `form`; `hasSettings` where it is more than forwards. */
export function flawsOf(form: Form, hasSettings: boolean): Problems {
  const problems: Problems = {};
  if (forwardsOf(form).some(({ target }) => hostOf(target) === null)) problems.forwards = "target";
  else if (remoteOf(form).length > 0 && !form.allowsRemote) problems.allowsRemote = "remote";
  if (!hasSettings) return problems;
  if (form.answers === "application") {
    if (form.forwards.trim() === "") problems.forwards = "missing";
    if (!isWhole(form.deadlineMs, 1, MOST_MS)) problems.deadlineMs = "deadline";
  }
  if (!words(form.methods).every((word) => METHOD.test(word))) problems.methods = "method";
  const limit = form.bodyLimitBytes.trim();
  if (limit !== "" && !isWhole(limit, 1, Number.MAX_SAFE_INTEGER))
    problems.bodyLimitBytes = "bytes";
  if (!isWhole(form.status, 200, 599)) problems.status = "status";
  if (!isWhole(form.delayMs, 0, MOST_MS)) problems.delayMs = "time";
  if (!lines(form.headers).every((line) => /^[^\s:]+\s*:/.test(line.trim())))
    problems.headers = "header";
  return problems;
}

/** The field that a refusal speaks of: the one that holds the value which it quotes. */
export function placeOf({ code, message }: UiError, form: Form): keyof Form | "all" {
  if (code === "target" || code === "target_remote") return "forwards";
  const [, quoted] = /`([^`]+)`/.exec(message) ?? [];
  if (code !== "setting_invalid" || quoted === undefined) return "all";
  if (words(form.allowFrom).includes(quoted)) return "allowFrom";
  if (words(form.methods).includes(quoted)) return "methods";
  const headers = settingsOf(form).answer.headers.map(([name, value]) => `${name}: ${value}`);
  return headers.includes(quoted) ? "headers" : "all";
}

function isWhole(text: string, least: number, most: number): boolean {
  const number = Number(text);
  return /^\d+$/.test(text.trim()) && number >= least && number <= most;
}

/** The host of a target as a person writes it: a URL, `host:port/path`, `:3000` or `3000`. */
export function hostOf(target: string): string | null {
  const whole = target.includes("://")
    ? target
    : /^\d{1,5}(\/|$)/.test(target)
      ? `http://localhost:${target}`
      : target.startsWith(":")
        ? `http://localhost${target}`
        : `http://${target}`;
  try {
    const { protocol, hostname } = new URL(whole);
    return /^https?:$/.test(protocol) ? hostname : null;
  } catch {
    return null;
  }
}

function isElsewhere(target: string): boolean {
  const host = hostOf(target)?.replace(/\.$/, "");
  if (host === undefined) return false;
  return !(/(^|\.)localhost$/.test(host) || host.startsWith("127.") || host === "[::1]");
}
