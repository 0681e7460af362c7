// What stands around the page in a real window: its settings, its closing, its tray.

import type { Background } from "../../bindings/Background";
import type { WindowNews } from "../../bindings/WindowNews";
import { fault } from "./owned";

export class Native {
  settings: Background = {
    isNotifying: true,
    hidesContents: false,
    isQuietInFocus: true,
    mutedUntilMs: null,
    endpoints: {},
    onClose: "ask",
    startsAtLogin: false,
    startsHidden: true,
    language: "en",
  };
  /** Why the next change is refused. */
  refusal: string | null = null;
  readonly #listeners = new Set<(news: WindowNews) => void>();

  /** The window has something to say to the page. */
  tell(news: WindowNews): void {
    for (const listener of this.#listeners) listener(news);
  }

  set(settings: Background): Background {
    const reason = this.refusal;
    this.refusal = null;
    if (reason !== null) throw fault("background", `the settings cannot be kept: ${reason}`);
    this.settings = settings;
    this.tell({ kind: "background", background: settings });
    return settings;
  }

  listen(heard: (news: WindowNews) => void): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }
}
