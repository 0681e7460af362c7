// The fake relay's endpoints: their settings and tokens, and what it refuses.

import type { EndpointView } from "../../bindings/EndpointView";
import type { ForwardView } from "../../bindings/ForwardView";
import type { SettingsView } from "../../bindings/SettingsView";
import type { UiError } from "../../bindings/UiError";
import { scatter } from "./samples";

const USUAL: SettingsView = {
  isPaused: false,
  requiresToken: false,
  methods: [],
  allowFrom: [],
  bodyLimitBytes: null,
  allowsCors: false,
  answer: { status: 200, headers: [], body: "", delayMs: 0 },
  deadlineMs: null,
};

/** An error as the engine's. */
export function fault(code: string, message: string): Error & UiError {
  return Object.assign(new Error(message), { code });
}

export class Owned {
  readonly #settings = new Map<string, SettingsView>();
  readonly #turns = new Map<string, number>();
  readonly #removed = new Map<string, EndpointView>();
  all: EndpointView[];

  constructor(all: EndpointView[]) {
    this.all = all;
  }

  make(name: string | null, address: string | null): EndpointView {
    const id = address ?? `n${scatter(this.all.length).toString(36)}`;
    if (this.all.some((one) => one.id === id))
      throw fault("address_taken", `the relay refused: the address \`${id}\` is taken`);
    const made: EndpointView = {
      id,
      name: name ?? "",
      url: `https://hooks.example.dev/h/${id}`,
      source: "relay",
      captures: 0,
      lastAtMs: null,
      forwards: [],
    };
    this.all = [...this.all, made];
    return made;
  }

  settings(id: string): SettingsView {
    this.#known(id);
    return this.#settings.get(id) ?? USUAL;
  }

  save(id: string, settings: SettingsView | null, forwards: ForwardView[]): void {
    this.#known(id);
    const wrong = settings?.allowFrom.find((one) => !/^[0-9a-f.:]+(\/\d+)?$/i.test(one));
    if (wrong !== undefined) {
      const message = `the relay refused: \`${wrong}\` is not an address or a range such as 192.0.2.0/24`;
      throw fault("setting_invalid", message);
    }
    if (settings) this.#settings.set(id, settings);
    this.all = this.all.map((one) => (one.id === id ? { ...one, forwards } : one));
  }

  token(id: string): string {
    return `thk_${(scatter(this.#turns.get(id) ?? 0) * 7919).toString(36)}${id.toLowerCase()}`;
  }

  rotate(id: string): void {
    this.#turns.set(id, (this.#turns.get(id) ?? 0) + 1);
  }

  remove(id: string): void {
    this.#removed.set(id, this.#known(id));
    this.all = this.all.filter((one) => one.id !== id);
  }

  restore(id: string): EndpointView {
    const back = this.#removed.get(id);
    if (!back) throw fault("no_endpoint", `there is no endpoint \`${id}\``);
    this.all = [...this.all, back];
    return back;
  }

  #known(id: string): EndpointView {
    const known = this.all.find((one) => one.id === id);
    if (!known) throw fault("no_endpoint", `there is no endpoint \`${id}\``);
    return known;
  }
}
