// Verdicts in words, and how they look.

import type { Words } from "../text/en";

/** Whether it is good, bad, open, or that there is nothing to judge. */
type VerdictTone = "good" | "bad" | "open" | "none";

/** The part of a verdict that is put into words. */
interface Verdict {
  reason: string;
  scheme: string;
  secret: string | null;
  covers: string | null;
  why: string | null;
}

/** The tone of the verdict of which `reason` is the word; of none at all without one. */
export function toneOf(reason: string | null): VerdictTone {
  if (reason === "ok") return "good";
  if (reason === "unknown") return "open";
  return reason === null || reason === "unsigned" ? "none" : "bad";
}

/** What a person calls it. */
export function wordOf({ verify }: Words, reason: string | null): string {
  return reason === null ? verify.none : (verify.verdicts[reason] ?? reason);
}

/** What a signature vouches for. */
export function coverOf({ verify }: Words, covers: string): string {
  return verify.covered[covers] ?? covers;
}

/** Why a signature proves nothing. */
export function whyOf({ verify }: Words, why: string | null): string {
  return verify.whys[why ?? ""] ?? why ?? "";
}

/** A verdict in half a sentence. */
export function brief(words: Words, { reason, scheme, secret, covers, why }: Verdict): string {
  const { verify } = words;
  if (reason === "unsigned") return verify.signsNothing(scheme);
  if (reason !== "ok") return verify.briefly(scheme, whyOf(words, why));
  const rests = verify.brieflyValid(secret ?? "", coverOf(words, covers ?? ""));
  return verify.briefly(scheme, rests);
}
