// What the fake engine's applications answered, each made from the capture's number alone.

import type { DeliveryView } from "../../bindings/DeliveryView";
import type { HeaderView } from "../../bindings/HeaderView";
import { scatter } from "./samples";

/** Attempts of one capture have numbers from this many times its own. */
const MOST_ATTEMPTS = 10;

const OUTCOMES = [200, 200, 200, 201, 204, 302, 404, 500, null] as const;
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  302: "Found",
  404: "Not Found",
  500: "Internal Server Error",
};

const header = (name: string, value: string, isSecret = false): HeaderView => ({
  name,
  value,
  isText: true,
  isSecret,
});

/** What came of passing the capture `seq`, received at `atMs`, on to `target`, the newest first. */
export function attempts(seq: number, atMs: number, target: string): DeliveryView[] {
  const outcome = OUTCOMES[scatter(seq * 3) % OUTCOMES.length] ?? null;
  const first = attempt(seq * MOST_ATTEMPTS, atMs + 20, target, outcome);
  // What failed was tried again once.
  return outcome === null || outcome >= 500
    ? [attempt(seq * MOST_ATTEMPTS + 1, atMs + 4_000, target, outcome), first]
    : [first];
}

function attempt(
  number: number,
  beganAtMs: number,
  target: string,
  status: number | null,
): DeliveryView {
  const bodyBytes = status === null ? 0 : body(number).length;
  const firstByteMs = 3 + (scatter(number) % 900);
  return {
    number,
    beganAtMs,
    target,
    changes: ["target", "host", "content-length"],
    status,
    reason: status === null ? "" : (REASONS[status] ?? ""),
    headers:
      status === null
        ? []
        : [
            header("Content-Type", "application/json"),
            header("Set-Cookie", "session=5f0c9e", true),
            header("x-Request-ID", scatter(number).toString(16)),
            header("Content-Length", String(bodyBytes)),
          ],
    bodyBytes,
    keptBytes: bodyBytes,
    error:
      status === null
        ? "nothing answers at localhost:3000: connection refused; is the application running?"
        : null,
    connectMs: status === null ? null : 1,
    firstByteMs: status === null ? null : firstByteMs,
    totalMs: firstByteMs + 2,
  };
}

/** The body that was answered to the attempt `number`. */
export function body(number: number): Uint8Array {
  const taken = { ok: true, job: scatter(number), note: "<b>queued</b> — 已排队" };
  return new TextEncoder().encode(`${JSON.stringify(taken, null, 2)}\n`);
}
