// Webhooks for the fake engine, each made from its number alone, so that a million cost nothing.

import type { CaptureRow } from "../../bindings/CaptureRow";
import type { Message } from "./bodies";

/** One made-up request. */
export interface Sample {
  /** Which endpoint it was sent to, counted round. */
  endpoint: number;
  method: string;
  target: string;
  headers: [name: string, value: string][];
  body: Uint8Array;
  /** How it was packed, where it was. */
  packed?: Message["packed"];
  isHeld: boolean;
  flaws: string[];
  /** Who sent it and what it is about, where that is known. */
  about?: Pick<CaptureRow, "sender" | "event" | "summary">;
}

/** Makes the request with this number. */
export type Maker = (seq: number) => Sample;

/** Parts of a path, by the number of the endpoint that it belongs to. */
const ENDPOINTS = ["/github", "/stripe", "/harbor", "/slack", "/orders", "/upload"];

const encoder = new TextEncoder();

/** A number that looks like chance and is the same each time. */
export function scatter(seq: number): number {
  let mixed = Math.imul(seq + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

const hex = (seq: number, digits: number): string =>
  Array.from({ length: Math.ceil(digits / 8) }, (_, at) =>
    scatter(seq * 31 + at)
      .toString(16)
      .padStart(8, "0"),
  )
    .join("")
    .slice(0, digits);

function json(seq: number, target: string, name: string, event: string, value: unknown): Sample {
  return sample(seq, "POST", target, "application/json", JSON.stringify(value, null, 2), [
    ["X-Event", event],
    ["User-Agent", `${name}-Hookshot/${hex(seq, 7)}`],
    ["X-Hub-Signature-256", `sha256=${hex(seq, 64)}`],
  ]);
}

export function sample(
  seq: number,
  method: string,
  target: string,
  type: string | null,
  text: string | Uint8Array,
  more: [string, string][] = [],
): Sample {
  const body = typeof text === "string" ? encoder.encode(text) : text;
  const headers: [string, string][] = [
    ["Host", "hooks.example.dev"],
    ["Accept", "*/*"],
    ...(type === null ? [] : ([["content-type", type]] as [string, string][])),
    ...more,
    ["X-Request-Id", hex(seq, 32)],
    ["Authorization", `Bearer ${hex(seq + 7, 40)}`],
    ["content-length", String(body.length)],
  ];
  const chance = scatter(seq * 7);
  const flaws = chance % 23 === 0 ? ["normalised"] : [];
  const endpoint = ENDPOINTS.findIndex((part) => target.includes(part));
  return { endpoint, method, target, headers, body, isHeld: chance % 17 === 0, flaws };
}

/** What the engine would make out of it. */
function about(id: string, name: string, event: string, summary: string, made: Sample): Sample {
  return { ...made, about: { sender: { id, name }, event, summary } };
}

const push = (seq: number): Sample =>
  about(
    "github",
    "GitHub",
    "push",
    `push · acme/api · ${String(1 + (seq % 3))} commits to main`,
    pushed(seq),
  );

const pushed = (seq: number): Sample =>
  json(seq, "/h/7QkZp2/github", "GitHub", "push", {
    ref: "refs/heads/main",
    before: hex(seq, 40),
    after: hex(seq + 1, 40),
    created: false,
    deleted: false,
    forced: false,
    compare: `https://example.dev/acme/api/compare/${hex(seq, 12)}`,
    commits: Array.from({ length: 1 + (seq % 3) }, (_, at) => ({
      id: hex(seq + at, 40),
      message: at === 0 ? "Answer before the work begins" : "Let a slow sender wait",
      timestamp: "2026-11-12T14:03:22+01:00",
      author: { name: "Grażyna Nowak", email: "grazyna@example.dev", username: "gnowak" },
      added: ["src/retry.rs"],
      removed: [],
      modified: ["src/main.rs", "README.md"],
    })),
    repository: {
      id: 1296269 + seq,
      name: "api",
      full_name: "acme/api",
      private: true,
      size: 108.5,
      description: null,
    },
    pusher: { name: "gnowak" },
  });

const invoice = (seq: number): Sample => {
  const event = seq % 2 === 0 ? "invoice.paid" : "invoice.payment_failed";
  return about("stripe", "Stripe", event, `${event} · 49.00 EUR`, invoiced(seq));
};

const invoiced = (seq: number): Sample =>
  json(seq, "/h/9xRt41/stripe", "Stripe", "invoice.paid", {
    id: `evt_${hex(seq, 24)}`,
    object: "event",
    api_version: "2025-08-27",
    created: 1762955002 + seq,
    type: seq % 2 === 0 ? "invoice.paid" : "invoice.payment_failed",
    livemode: false,
    pending_webhooks: 1,
    data: {
      object: {
        id: `in_${hex(seq, 24)}`,
        amount_due: 4900,
        amount_paid: seq % 2 === 0 ? 4900 : 0,
        currency: "eur",
        customer_email: "amélie@example.fr",
        lines: {
          object: "list",
          data: [{ description: "Team × 1", amount: 4900 }],
          has_more: false,
        },
      },
    },
  });

const artifact = (seq: number): Sample => {
  const summary = `PUSH_ARTIFACT · library/debian:v1.${String(seq % 40)}.0`;
  return about("harbor", "Harbor", "PUSH_ARTIFACT", summary, artifacts(seq));
};

const artifacts = (seq: number): Sample =>
  json(seq, "/h/Hb33aa/harbor?project=library", "Harbor", "PUSH_ARTIFACT", {
    type: "PUSH_ARTIFACT",
    occur_at: 1762955002,
    operator: "admin",
    event_data: {
      resources: [{ digest: `sha256:${hex(seq, 64)}`, tag: `v1.${String(seq % 40)}.0` }],
      repository: { name: "debian", namespace: "library", repo_type: "private" },
    },
  });

const command = (seq: number): Sample => {
  const summary = `/deploy · acme · mei: api v1.${String(seq % 9)}`;
  return about("slack", "Slack", "/deploy", summary, commanded(seq));
};

const commanded = (seq: number): Sample =>
  sample(
    seq,
    "POST",
    "/h/sLk88q/slack",
    "application/x-www-form-urlencoded",
    `token=${hex(seq, 24)}&team_domain=acme&user_name=mei&command=%2Fdeploy&text=api+v1.${String(seq % 9)}`,
    [["X-Slack-Request-Timestamp", String(1762955002 + seq)]],
  );

const order = (seq: number): Sample =>
  sample(
    seq,
    "PUT",
    `/h/oRd55x/orders/${String(1000 + (seq % 9000))}?shop=north&retry=1&note=a%20b`,
    "application/xml; charset=utf-8",
    `<?xml version="1.0" encoding="UTF-8"?>\n<order id="${String(seq)}">\n  <total currency="EUR">49.00</total>\n  <line sku="TH-1" count="2"/>\n</order>\n`,
  );

const picture = (seq: number): Sample =>
  sample(
    seq,
    "POST",
    "/upload?part=2",
    "application/octet-stream",
    Uint8Array.from({ length: 300 + (seq % 900) }, (_, at) => scatter(seq + at) & 0xff),
  );

const ping = (seq: number): Sample =>
  sample(seq, "GET", `/h/7QkZp2/github?challenge=${hex(seq, 16)}`, null, "");

const broken = (seq: number): Sample =>
  sample(
    seq,
    "POST",
    "/h/9xRt41/stripe",
    "application/json",
    `{\n  "id": "evt_${hex(seq, 12)}",\n  "type": "charge.failed",\n  "data": [1, 2, oops]\n}`,
  );

const KINDS: readonly Maker[] = [push, push, invoice, push, artifact, command, invoice, order];
const RARE: readonly Maker[] = [picture, ping, broken];

/** The everyday mixture. */
export const everyday: Maker = (seq) => {
  const chance = scatter(seq);
  const maker =
    chance % 11 === 0 ? RARE[(chance >>> 8) % RARE.length] : KINDS[chance % KINDS.length];
  return (maker ?? push)(seq);
};

const LONG_PATH = `/h/7QkZp2/${"a-rather-long-part-of-a-path/".repeat(40)}`.slice(0, 512);

/** Requests that are too much in every way: long, wide, deep, foreign, hostile. */
export const overfull: Maker = (seq) => {
  const target = [
    LONG_PATH,
    "/h/emoji/🪝🪡👩🏽‍💻/🇵🇱?q=✅",
    "/h/rtl/مرحبا-بالعالم/שלום?name=\\u{202e}gnp.exe",
    "/h/html/<img src=x onerror=alert(1)>",
    "/h/中文/订单/通知?编号=42",
  ][seq % 5];
  const rows = Array.from({ length: 4000 }, (_, at) => ({
    index: at,
    text: at % 2 ? "مرحبا بالعالم" : "👩🏽‍💻 <script>alert(1)</script>",
    amount: 4900.5,
    nested: { deep: { deeper: [[[at]]] } },
  }));
  const long = { long: "x".repeat(6000), hidden: "abc\u202Egnp.exe\u200Bzero", rows };
  const made = sample(
    seq,
    seq % 2 ? "DELETE" : "PROPFIND",
    target ?? "/",
    "application/vnd.acme.events.v3.very-long-subtype-name+json; charset=utf-8; profile=long",
    JSON.stringify(long, null, 1),
    [
      ["X-Long", "value-".repeat(170).slice(0, 1000)],
      [`X-${"Very-".repeat(30)}Long-Name`, "short"],
      ["X-Right-To-Left", "مرحبا \\u{202e}abc"],
      ["Cookie", `session=${hex(seq, 64)}`],
      ...Array.from({ length: 120 }, (_, at): [string, string] => [
        `X-Number-${String(at)}`,
        hex(at, 24),
      ]),
    ],
  );
  return { ...made, endpoint: seq, isHeld: true, flaws: ["normalised", "later-flaw"] };
};
