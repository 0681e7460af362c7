// What the window remembers between runs: its own looks, nothing about captures. Kept as one JSON
// text in the page's local storage; whatever is broken or unknown there is taken as not set.

export const THEMES = ["system", "light", "dark"] as const;
export const LANGUAGES = ["en", "zh"] as const;
/** The ways to show a body. */
const BODY_LOOKS = ["tree", "pretty", "fields", "parts", "table", "image", "text", "hex"] as const;

/** The parts of a capture, in the order of their tabs. */
export const TABS = [
  "body",
  "headers",
  "query",
  "raw",
  "response",
  "verify",
  "diff",
  "runs",
] as const;

/** Limits of the panes' widths, and the first ones, in pixels. */
export const SIDE_PX = { min: 150, max: 360, first: 200 };
export const LIST_PX = { min: 260, max: 900, first: 400 };

export type BodyLook = (typeof BODY_LOOKS)[number];
export type Language = (typeof LANGUAGES)[number];
type Tab = (typeof TABS)[number];

/** What was done last in the palette, the newest first, is kept of at most so many. */
const RECENT = 6;

/** Everything that is remembered. */
export interface Looks {
  theme: (typeof THEMES)[number];
  language: Language;
  /** Whether the language is the system's, for none was chosen. */
  isSystemLanguage: boolean;
  tab: Tab;
  /** How bodies of a kind are shown where that is possible; those that were chosen. */
  bodyLooks: Readonly<Partial<Record<string, BodyLook>>>;
  /** Whether long lines of a text go on below. */
  isWrapped: boolean;
  sidePx: number;
  listPx: number;
  isSideOpen: boolean;
  isListOpen: boolean;
  isTimelineOpen: boolean;
  /** Whether the pinned captures on top of the list are shown. */
  isPinnedOpen: boolean;
  /** Whether times are shown as clock times and not as ages. */
  isAbsolute: boolean;
  /** The chords of actions that do not have their usual ones. */
  keys: Readonly<Record<string, readonly string[]>>;
  /** What was done last in the palette, the newest first. */
  recent: readonly string[];
  /** Whether the first steps do not open by themselves. */
  isGuideHidden: boolean;
  /** The framework whose mends are shown; null until one was chosen. */
  framework: string | null;
  /** Where captures were sent again to by hand, by the ids of their endpoints. */
  targets: Readonly<Partial<Record<string, string>>>;
  /** Whether captures are sent again as their sender would reach the application. */
  isAsSender: boolean;
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
    this.#keep(Object.entries({ ...this.#chosen, ...change }));
  }

  /** System, light, dark, and round again. */
  nextTheme(): void {
    const next = THEMES[(THEMES.indexOf(this.looks.theme) + 1) % THEMES.length];
    this.set({ theme: next ?? "system" });
  }

  /** Chooses a language, or with null the system's. */
  chooseLanguage(language: Language | null): void {
    if (language) this.set({ language });
    else this.#keep(Object.entries(this.#chosen).filter(([name]) => name !== "language"));
  }

  otherLanguage(): void {
    this.chooseLanguage(this.looks.language === "en" ? "zh" : "en");
  }

  /** Remembers what was done in the palette. */
  did(id: string): void {
    const others = this.looks.recent.filter((one) => one !== id);
    this.set({ recent: [id, ...others].slice(0, RECENT) });
  }

  #keep(chosen: [string, unknown][]): void {
    this.#chosen = Object.fromEntries(chosen);
    try {
      this.#shelf.setItem(KEY, JSON.stringify(this.#chosen));
    } catch {
      return; // no storage: the window forgets, and works
    }
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
    isSystemLanguage: oneOf(LANGUAGES, of.language) === null,
    language: oneOf(LANGUAGES, of.language) ?? (/^zh\b/i.test(language) ? "zh" : "en"),
    tab: oneOf(TABS, of.tab) ?? "body",
    bodyLooks: bodyLooks(of.bodyLooks),
    isWrapped: of.isWrapped === true,
    sidePx: width(SIDE_PX, of.sidePx),
    listPx: width(LIST_PX, of.listPx),
    isSideOpen: of.isSideOpen !== false,
    isListOpen: of.isListOpen !== false,
    isTimelineOpen: of.isTimelineOpen !== false,
    isPinnedOpen: of.isPinnedOpen !== false,
    isAbsolute: of.isAbsolute === true,
    keys: chordsOf(of.keys),
    recent: texts(of.recent) ?? [],
    isGuideHidden: of.isGuideHidden === true,
    framework: typeof of.framework === "string" ? of.framework : null,
    targets: targets(of.targets),
    isAsSender: of.isAsSender === true,
  };
}

function chordsOf(kept: unknown): Looks["keys"] {
  if (typeof kept !== "object" || kept === null) return {};
  const entries = Object.entries(kept).flatMap(([id, value]: [string, unknown]) => {
    const chords = texts(value);
    return chords ? [[id, chords] as const] : [];
  });
  return Object.fromEntries(entries);
}

function targets(kept: unknown): Looks["targets"] {
  if (typeof kept !== "object" || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter(([, to]) => typeof to === "string"));
}

function texts(kept: unknown): string[] | null {
  return Array.isArray(kept) && kept.every((one) => typeof one === "string") ? kept : null;
}

function bodyLooks(kept: unknown): Looks["bodyLooks"] {
  if (typeof kept !== "object" || kept === null) return {};
  const entries = Object.entries(kept).map(([kind, look]) => [kind, oneOf(BODY_LOOKS, look)]);
  return Object.fromEntries(entries.filter(([, look]) => look !== null)) as Looks["bodyLooks"];
}

function oneOf<Name extends string>(choices: readonly Name[], kept: unknown): Name | null {
  return choices.find((choice) => choice === kept) ?? null;
}

function width({ min, max, first }: typeof SIDE_PX, kept: unknown): number {
  return typeof kept === "number" && kept >= min && kept <= max ? kept : first;
}
