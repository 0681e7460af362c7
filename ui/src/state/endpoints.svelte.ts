// The endpoints and how much each has received.

import type { Backend } from "../backend/backend";
import { asUiError } from "../backend/backend";
import type { EndpointView } from "../bindings/EndpointView";
import type { UiError } from "../bindings/UiError";
import { Latest } from "./latest";

/** Counts are read again at most this often while captures come in. */
const REST_MS = 400;

export class Endpoints {
  readonly #backend: Backend;
  readonly #reading: Latest<void>;
  all: EndpointView[] = $state.raw([]);
  problem: UiError | null = $state.raw(null);

  readonly public = $derived(this.all.filter(({ source }) => source === "relay"));
  readonly local = $derived(this.all.filter(({ source }) => source === "local"));

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#reading = new Latest(() => this.#read(), REST_MS);
  }

  load(): Promise<void> {
    return this.#reading.ask();
  }

  byId(id: string): EndpointView | undefined {
    return this.#byId.get(id);
  }

  /** Asks the relay for another address; throws what the relay said. */
  async create(name: string | null, address: string | null): Promise<EndpointView> {
    const made = await this.#backend.newEndpoint(name, address);
    if (!this.byId(made.id)) this.all = [...this.all, made];
    return made;
  }

  /** Removes an address from the relay; throws what the relay said. */
  async remove(id: string): Promise<void> {
    await this.#backend.removeEndpoint(id);
    this.all = this.all.filter((endpoint) => endpoint.id !== id);
  }

  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew whenever `all` changes
  readonly #byId = $derived(new Map(this.all.map((endpoint) => [endpoint.id, endpoint])));

  async #read(): Promise<void> {
    try {
      this.all = await this.#backend.endpoints();
      this.problem = null;
    } catch (reason) {
      this.problem = asUiError(reason);
    }
  }
}
