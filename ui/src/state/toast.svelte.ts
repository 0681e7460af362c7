// The one short message after something was done.

const SHOWN_MS = 2600;

/** Holds the message while it is to be seen. */
export class Toast {
  text = $state<string | null>(null);
  isBad = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Shows `text`, instead of what was there. */
  say(text: string): void {
    this.#show(text, false);
  }

  /** Shows `text` as something that did not work. */
  warn(text: string): void {
    this.#show(text, true);
  }

  #show(text: string, isBad: boolean): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.isBad = isBad;
    this.#timer = setTimeout(() => (this.text = null), SHOWN_MS);
  }
}
