// What the fake engine can start with, named in the page's address: `?scene=everyday&rows=100000`.

import type { EndpointView } from "../../bindings/EndpointView";
import type { Status } from "../../bindings/Status";
import type { Start } from "./fake";
import { FakeBackend } from "./fake";
import { bodies } from "./bodysamples";
import { everyday, overfull } from "./samples";

const LOCAL: EndpointView = {
  id: "local",
  name: "",
  url: "http://127.0.0.1:8787/",
  source: "local",
  captures: 0,
  lastAtMs: null,
  forwards: [],
};

const publicOnes = (names: string[]): EndpointView[] =>
  names.map((name, at) => {
    const id = `7QkZp2vX${String(at)}wLr9sTb4cYhN`;
    const url = `https://hooks.example.dev/h/${id}`;
    return { id, name, url, source: "relay", captures: 0, lastAtMs: null, forwards: [] };
  });

/** GitHub's and Stripe's captures go to an application. */
const passedOn = (endpoint: EndpointView, at: number): EndpointView => {
  const target = `http://localhost:3000/${endpoint.name.toLowerCase()}`;
  return at < 2 ? { ...endpoint, forwards: [{ target, isRemote: false }] } : endpoint;
};

const NAMES = ["GitHub", "Stripe", "Harbor", "Slack", "Shop orders"];
const ODD_NAMES = [
  "a name that is much too long for the narrow column that it stands in",
  "مرحبا بالعالم",
  "🪝 hooks 👩🏽‍💻",
  "支付通知",
];

const status = (more: Partial<Status>): Status => ({
  relay: "https://hooks.example.dev",
  probe: { atMs: Date.now() - 12_000, tookMs: 84, failed: null },
  line: { state: "connected", sinceMs: Date.now() - 5_400_000, heardAtMs: Date.now() - 4_000 },
  receiver: "http://127.0.0.1:8787",
  captures: 0,
  diskBytes: 38_214_000,
  notices: [],
  ...more,
});

const SCENES: Record<string, (rows: number | null) => Start> = {
  everyday: (rows) => ({
    rows: rows ?? 1204,
    make: everyday,
    endpoints: [...publicOnes(NAMES).map(passedOn), LOCAL],
    status: status({}),
  }),
  bodies: () => ({
    rows: 12,
    make: bodies,
    endpoints: [...publicOnes(NAMES), LOCAL],
    status: status({}),
  }),
  empty: () => ({
    rows: 0,
    make: everyday,
    endpoints: [...publicOnes(["GitHub"]), LOCAL],
    status: status({ diskBytes: 24_576 }),
  }),
  unpaired: () => ({
    rows: 0,
    make: everyday,
    endpoints: [LOCAL],
    status: status({ relay: null, line: { state: "unpaired" }, diskBytes: 24_576 }),
  }),
  overfull: (rows) => ({
    rows: rows ?? 1_000_000,
    make: overfull,
    endpoints: [
      ...publicOnes(
        Array.from(
          { length: 300 },
          (_, at) => `${ODD_NAMES[at % ODD_NAMES.length] ?? ""} ${String(at)}`,
        ),
      ),
      LOCAL,
    ],
    status: status({
      relay: "https://a-relay-with-a-very-long-name.hooks.department.example.dev",
      line: {
        state: "waiting",
        reason:
          "the relay closed the line: its certificate is not valid for this name (expected hooks.example.dev)",
        retryAtMs: Date.now() + 29_000,
      },
      diskBytes: 1_234_567_890_123,
      notices: [
        {
          code: "secrets_in_file",
          message: "No keychain answered, so secrets are kept in a file that only you can read.",
        },
        {
          code: "disk_low",
          message: "The disk has less than 1 GB left; the oldest captures will go first.",
        },
        {
          code: "clock_skew",
          message: "The clock of this computer is 4 minutes behind the relay's.",
        },
      ],
    }),
  }),
};

/** The engine that an address such as `?scene=empty` asks for. */
export function fakeBackend(search: string): FakeBackend {
  const wish = new URLSearchParams(search);
  const rows = wish.get("rows");
  const scene = SCENES[wish.get("scene") ?? "everyday"] ?? SCENES.everyday;
  if (!scene) throw new Error("the everyday scene is always there");
  return new FakeBackend(scene(rows === null ? null : Number(rows)));
}
