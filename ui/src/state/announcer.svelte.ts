// What a screen reader is told of arrivals: a count now and then, not one message each.

const QUIET_MS = 3000;

/** Adds up arrivals and lets `count` be heard at most once in a while. */
export class Announcer {
  /** The last count to be read out; 0 says nothing. */
  count = $state(0);
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  arrived(count: number): void {
    this.#since += count;
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.count = this.#since;
      this.#since = 0;
      this.#timer = undefined;
    }, QUIET_MS);
  }
}
