// Requests with bodies of every kind, for the fake engine; the newest is the first of them.

import { sample, type Maker, type Sample } from "./samples";

const PNG = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAUAAAADIAQAAAACxfwUGAAAAP0lEQVR42u3XIRIAAAgCMP//aT2zRYNtJMISjYhOdhYNBEEQBI/QMiAIguAntBEIgiDoz4AgCIL+DAiCIAiOVjS9kULj0TInAAAAAElFTkSuQmCC",
  ),
  (one) => one.charCodeAt(0),
);

const latin = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0));
const json = (value: unknown) => JSON.stringify(value);

/** What a body is called under `/h/`, its content type and itself. */
type Kind = [name: string, media: string, body: string | Uint8Array];

const EVENT = {
  id: "evt_1",
  message: json({ Type: "Notification", Subject: "nested", items: [1, 2, 3] }),
  items: Array.from({ length: 400 }, (_, at) => ({
    sku: `TH-${String(at)}`,
    price: 4.5,
    tags: ["a", "b"],
    note: at === 301 ? "the needle is here" : null,
  })),
};

const PARTS = [
  ["", 'Content-Disposition: form-data; name="note"', "", "bonjour"].join("\r\n"),
  [
    "",
    'Content-Disposition: form-data; name="event"',
    "Content-Type: application/json",
    "",
    json({ event: "inbound", attachments: 1 }),
  ].join("\r\n"),
  [
    "",
    'Content-Disposition: form-data; name="file"; filename="chart.png"',
    "Content-Type: image/png",
    "",
    Array.from(PNG, (byte) => String.fromCharCode(byte)).join(""),
  ].join("\r\n"),
];

const KINDS: readonly Kind[] = [
  ["packed", "application/json", json(EVENT)],
  [
    "form",
    "application/x-www-form-urlencoded",
    `token=abc&user_name=mei&payload=${encodeURIComponent(json({ action: "opened", repository: { name: "api" } }))}`,
  ],
  ["parts", "multipart/form-data; boundary=B7", latin(`--B7${PARTS.join("\r\n--B7")}\r\n--B7--`)],
  ["picture", "image/png", PNG],
  ["brokenpicture", "image/png", PNG.slice(0, 20)],
  [
    "xml",
    "application/xml",
    '<order id="7"><total currency="EUR">49.00</total><line sku="TH-1"/><note>a &lt; b</note></order>',
  ],
  [
    "csv",
    "text/csv",
    `id,name,amount,note\n${Array.from({ length: 5000 }, (_, at) => `${String(at)},Grażyna ${String(at)},${String(at * 3)}.50,"paid"`).join("\n")}\n`,
  ],
  ["latin", "text/plain; charset=iso-8859-1", latin("caf\u00e9 cr\u00e8me\nd\u00e9j\u00e0 vu\n")],
  [
    "badjson",
    "application/json",
    '{\n  "id": "evt_1",\n  "type": "charge.failed",\n  "data": [1, 2, oops]\n}',
  ],
  ["oneline", "text/plain", `start ${"lorem ipsum ".repeat(9_000)}end`],
  [
    "source",
    "text/plain",
    Array.from({ length: 900 }, (_, at) => `line ${String(at)}: \u202Egnp.exe and a word`).join(
      "\n",
    ),
  ],
  ["minified", "application/json", json({ a: { b: [1, 2, { c: "é" }] }, d: null })],
];

/** One request of each kind. */
export const bodies: Maker = (seq) => {
  const [name, media, body] = KINDS[KINDS.length - 1 - (seq % KINDS.length)] ?? ["", "", ""];
  const made: Sample = sample(seq, "POST", `/h/${name}`, media, body);
  if (name !== "packed") return made;
  const sent = Uint8Array.from({ length: 1_200 }, (_, at) => (at * 37 + 11) & 0xff);
  const coding = {
    names: "gzip",
    sentBytes: sent.length,
    decodedBytes: made.body.length,
    isCounted: true,
    isDecoded: true,
    hasMore: false,
    problem: null,
  };
  return { ...made, packed: { coding, sent } };
};
