// The fake engine's signatures: which captures bear one, what it proves, and the secrets of the
// endpoints. Nothing is hashed; a capture's number says how its signature turns out.

import type { DiagnosisView } from "../../bindings/DiagnosisView";
import type { MadeSecret } from "../../bindings/MadeSecret";
import type { SchemeView } from "../../bindings/SchemeView";
import type { SecretView } from "../../bindings/SecretView";
import type { StepsView } from "../../bindings/StepsView";
import type { VerdictView } from "../../bindings/VerdictView";
import type { VerificationView } from "../../bindings/VerificationView";
import type { NewSecret } from "../backend";
import { fault } from "./owned";
import { scatter, type Sample } from "./samples";

const scheme = (id: string, title: string, isMadeHere = true): SchemeView => ({
  id,
  title,
  isMadeHere,
});
const GITHUB = scheme("github", "GitHub");
const SCHEMES = [
  GITHUB,
  scheme("shopify", "Shopify"),
  scheme("stripe", "Stripe"),
  scheme("slack", "Slack"),
  scheme("standard-webhooks", "Standard Webhooks"),
  scheme("twilio", "Twilio"),
  scheme("discord", "Discord", false),
];

const NONE = { secret: null, covers: null, why: null };
const UNKNOWN: VerdictView = {
  ...NONE,
  reason: "unknown",
  scheme: GITHUB.title,
  why: "no secret is set for this sender",
};
const MISMATCH: VerdictView = {
  ...NONE,
  reason: "mismatch",
  scheme: GITHUB.title,
  why: "made with another secret, or for other bytes",
};

export class Signatures {
  readonly #secrets = new Map<string, SecretView[]>();
  #number = 1;

  /** The endpoint `first` has a secret, and the one that it took the place of. */
  constructor(first: string | undefined) {
    if (first === undefined) return;
    this.add(first, { name: "acme 2025", scheme: "github", header: null, value: "hush" });
    this.retire(first, "acme 2025", true);
    this.add(first, { name: "acme", scheme: "github", header: null, value: "hush" });
  }

  of(endpoint: string): SecretView[] {
    return this.#secrets.get(endpoint) ?? [];
  }

  verdict(seq: number, endpoint: string, { headers }: Sample): VerdictView | null {
    if (!headers.some(([name]) => name === "X-Hub-Signature-256")) return null;
    const [secret] = this.of(endpoint);
    if (!secret) return UNKNOWN;
    if (scatter(seq * 11) % 7 === 0) return MISMATCH;
    return { ...NONE, reason: "ok", scheme: GITHUB.title, secret: secret.name, covers: "body" };
  }

  verification(seq: number, endpoint: string, sample: Sample): VerificationView {
    const verdict = this.verdict(seq, endpoint, sample);
    const signature = sample.headers.find(([name]) => name === "X-Hub-Signature-256")?.[1];
    return {
      scheme: verdict ? GITHUB : null,
      verdict,
      headers: verdict
        ? [{ name: "X-Hub-Signature-256", values: signature ? [signature] : [], isSecret: false }]
        : [],
      steps: verdict ? this.#steps(verdict, endpoint, signature ?? "", sample) : null,
      mostAgeS: null,
      secrets: this.of(endpoint),
      guesses: verdict ? [GITHUB] : [],
      schemes: SCHEMES,
    };
  }

  #steps({ reason }: VerdictView, endpoint: string, signature: string, sample: Sample): StepsView {
    const seen = signature.replace("sha256=", "");
    const turned = Array.from(seen.slice(3)).reverse().join("");
    const other = `${seen.slice(0, 1)}0f${turned}`;
    const expected = reason === "ok" ? seen : reason === "unknown" ? null : other;
    return {
      signedAtMs: null,
      signedBytes: sample.body.length,
      key: this.of(endpoint)[0]?.name ?? "",
      expected,
      seen: [seen],
      differAt: reason === "mismatch" ? 1 : null,
    };
  }

  diagnosis(seq: number): DiagnosisView {
    if (scatter(seq) % 3 === 0) return { finding: null, isCutShort: false, tookMs: 84 };
    const finding = {
      area: "body",
      text: "The signature was made with the secret `acme` for the body with its line feed at the end taken away.",
      difference: { at: 1204, arrived: 'name": "gnowak" } }\\n', signed: 'name": "gnowak" } }' },
      mends: [
        {
          framework: "Express",
          text: "Mount `express.raw({ type: '*/*' })` on this route before any `express.json()` and hash `req.body`, which is then a Buffer.",
        },
        { framework: "Rails", text: "Hash `request.raw_post`, never `params.to_json`." },
        {
          framework: "axum",
          text: "Take `body: axum::body::Bytes` as the last extractor, hash it, and call `serde_json::from_slice` on it after.",
        },
      ],
    };
    return { finding, isCutShort: false, tookMs: 12 };
  }

  add(endpoint: string, { name, scheme, header, value }: NewSecret): MadeSecret {
    const own = this.of(endpoint);
    const known = SCHEMES.find(({ id }) => id === scheme) ?? null;
    const secret: SecretView = {
      number: this.#number++,
      name: name ?? scheme ?? "secret",
      scheme: known,
      header,
      isOld: false,
      madeAtMs: Date.now(),
    };
    if (own.some((one) => one.name === secret.name)) {
      const message = `the endpoint has a secret \`${secret.name}\` already: choose another name`;
      throw fault("secret_name_taken", message);
    }
    this.#secrets.set(endpoint, [secret, ...own]);
    return { secret, value: value === null ? "3f9ac1d07be24a5c8d61f02b97e4c8aa" : null };
  }

  retire(endpoint: string, name: string, isOld: boolean): void {
    const own = this.of(endpoint).map((one) => (one.name === name ? { ...one, isOld } : one));
    this.#secrets.set(
      endpoint,
      own.toSorted((a, b) => Number(a.isOld) - Number(b.isOld) || b.number - a.number),
    );
  }

  remove(endpoint: string, name: string): void {
    const left = this.of(endpoint).filter((one) => one.name !== name);
    this.#secrets.set(endpoint, left);
  }
}
