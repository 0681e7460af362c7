// What the window remembers between runs: its own looks, nothing about captures. Kept as one JSON
// text in the page's local storage; whatever is broken or unknown there is taken as not set.

const THEMES = ["system", "light", "dark"] as const;
const LANGUAGES = ["en", "zh"] as const;
const VIEWS = ["tree", "text", "hex"] as const;

/** The parts of a capture, in the order of their tabs. */
export const TABS = ["body", "headers", "query", "raw", "response", "verify"] as const;

/** Limits of the panes' widths, and the first ones, in pixels. */
export const SIDE_PX = { min: 150, max: 360, first: 200 };
export const LIST_PX = { min: 260, max: 900, first: 400 };

export type BodyView = (typeof VIEWS)[number];
type Tab = (typeof TABS)[number];

/** Everything that is remembered. */
export interface Looks {
  theme: (typeof THEMES)[number];
  language: (typeof LANGUAGES)[number];
  tab: Tab;
  /** How bodies are shown where that is possible; null until it was chosen. */
  bodyView: BodyView | null;
  sidePx: number;
  listPx: number;
  isSideOpen: boolean;
  isListOpen: boolean;
  /** Whether times are shown as clock times and not as ages. */
  isAbsolute: boolean;
  /** The framework whose mends are shown; null until one was chosen. */
  framework: string | null;
}

/** A store of texts by name; the browser's local storage is one. */
export type Shelf = Pick<Storage, "getItem" | "setItem">;

const KEY = "tenterhook.looks";

export class Prefs {
  readonly #shelf: Shelf;
  readonly #language: string;
  #chosen: object = $state.raw({});

  /** `language` is the system's; it holds for as long as none was chosen. */
  constructor(shelf: Shelf, language: string) {
    this.#shelf = shelf;
    this.#language = language;
    this.#chosen = read(shelf);
  }

  /** What holds now. */
  readonly looks: Looks = $derived.by(() => parse(this.#chosen, this.#language));

  /** Changes some of it, and remembers. */
  set(change: Partial<Looks>): void {
    this.#chosen = { ...this.#chosen, ...change };
    try {
      this.#shelf.setItem(KEY, JSON.stringify(this.#chosen));
    } catch {
      return; // no storage: the window forgets, and works
    }
  }

  /** System, light, dark, and round again. */
  nextTheme(): void {
    const next = THEMES[(THEMES.indexOf(this.looks.theme) + 1) % THEMES.length];
    this.set({ theme: next ?? "system" });
  }

  otherLanguage(): void {
    this.set({ language: this.looks.language === "en" ? "zh" : "en" });
  }
}

function read(shelf: Shelf): object {
  try {
    const kept: unknown = JSON.parse(shelf.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}

function parse(chosen: object, language: string): Looks {
  const of: Partial<Record<keyof Looks, unknown>> = chosen;
  return {
    theme: oneOf(THEMES, of.theme) ?? "system",
    language: oneOf(LANGUAGES, of.language) ?? (/^zh\b/i.test(language) ? "zh" : "en"),
    tab: oneOf(TABS, of.tab) ?? "body",
    bodyView: oneOf(VIEWS, of.bodyView),
    sidePx: width(SIDE_PX, of.sidePx),
    listPx: width(LIST_PX, of.listPx),
    isSideOpen: of.isSideOpen !== false,
    isListOpen: of.isListOpen !== false,
    isAbsolute: of.isAbsolute === true,
    framework: typeof of.framework === "string" ? of.framework : null,
  };
}

function oneOf<Name extends string>(choices: readonly Name[], kept: unknown): Name | null {
  return choices.find((choice) => choice === kept) ?? null;
}

function width({ min, max, first }: typeof SIDE_PX, kept: unknown): number {
  return typeof kept === "number" && kept >= min && kept <= max ? kept : first;
}
