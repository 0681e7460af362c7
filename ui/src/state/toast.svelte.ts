// The one short message after something was done.

const SHOWN_MS = 2600;
/** What can be undone stays until a hand has come. */
const UNDO_MS = 10_000;

/** What can be done about it, by a button. */
export interface ToastAction {
  label: string;
  act: () => void;
}

/** Holds the message while it is to be seen. */
export class Toast {
  text = $state<string | null>(null);
  isBad = $state(false);
  action: ToastAction | null = $state.raw(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Shows `text`, instead of what was there. */
  say(text: string): void {
    this.#show(text, false);
  }

  /** Shows `text` with a button beside it. */
  offer(text: string, label: string, act: () => void): void {
    this.#show(text, false, this.#closing({ label, act }));
  }

  /** Shows `text` as something that did not work, perhaps with what can be done about it. */
  warn(text: string, action: ToastAction | null = null): void {
    this.#show(text, true, action && this.#closing(action));
  }

  #closing({ label, act }: ToastAction): ToastAction {
    return {
      label,
      act: () => {
        this.text = null;
        act();
      },
    };
  }

  #show(text: string, isBad: boolean, action: ToastAction | null = null): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.isBad = isBad;
    this.action = action;
    this.#timer = setTimeout(() => (this.text = null), action ? UNDO_MS : SHOWN_MS);
  }
}
