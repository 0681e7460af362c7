// What the palette finds: everything that can be done now, by its name in either language. What
// there is comes from [`SOURCES`]; a new kind of thing is one more of them.

import { en } from "../text/en";
import { fit } from "../text/fuzzy";
import { zh } from "../text/zh";
import type { Action } from "./actions";
import type { Desk } from "./desk.svelte";
import { SECTIONS } from "./sections";

/** Something that can be done. */
interface Entry {
  /** Its name in what is remembered. */
  id: string;
  kind: "action" | "endpoint" | "section";
  title: string;
  /** Other words by which it is found. */
  alias: string;
  keys: readonly string[];
  run: (desk: Desk) => unknown;
}

interface Found {
  entry: Entry;
  /** The letters of the title that were sought. */
  at: readonly number[];
}

export interface Shelf {
  kind: Entry["kind"] | "recent" | "found";
  rows: Found[];
}

/** More than a person looks through. */
const MOST = 60;
/** What is found only by another word comes after what is found by its name. */
const ALIAS = 20;
const RECENT = 5;
/** What has a key that every hand knows comes last. */
const ORDER: readonly Action["group"][] = ["list", "endpoint", "capture", "window", "move"];

const SOURCES: readonly ((desk: Desk) => Entry[])[] = [
  (desk) =>
    desk.keymap.actions
      .filter(({ id, can }) => id !== "palette" && (!can || can(desk)))
      .sort((one, other) => ORDER.indexOf(one.group) - ORDER.indexOf(other.group))
      .map((action) => ({
        id: action.id,
        kind: "action",
        title: action.words[desk.prefs.looks.language],
        alias: Object.values(action.words).join(" "),
        keys: desk.keymap.of(action),
        run: action.run,
      })),
  (desk) =>
    desk.endpoints.all.flatMap((endpoint): Entry[] => {
      const { id, url } = endpoint;
      const words = desk.words.palette;
      const name = desk.titleOf(endpoint);
      const usual = { kind: "endpoint", alias: url, keys: [] } as const;
      const go = ({ captures }: Desk) => captures.showEndpoint(id);
      const copy = (desk: Desk) => desk.copy(url, desk.words.address.copied);
      return [
        { ...usual, id: `go ${id}`, title: words.goTo(name), run: go },
        { ...usual, id: `copy ${id}`, title: words.copyUrl(name), run: copy },
      ];
    }),
  (desk) =>
    SECTIONS.map((section) => {
      const nameIn = (words: typeof en) =>
        words.palette.section(words.preferences.sections[section]);
      return {
        id: `section ${section}`,
        kind: "section",
        title: nameIn(desk.words),
        alias: `${nameIn(en)} ${nameIn(zh)}`,
        keys: [],
        run: (desk) => desk.openPreferences(section),
      };
    }),
];

export class Palette {
  readonly #desk: Desk;
  #text = $state("");
  /** The number of the row that Enter does. */
  chosen = $state(0);

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    this.chosen = 0;
  }

  readonly #entries = $derived.by(() => SOURCES.flatMap((source) => source(this.#desk)));
  readonly #found = $derived.by(() => this.#find(this.#text));

  /** What is shown, under its headings. */
  readonly shelves: Shelf[] = $derived.by(() => {
    const shown = this.#found.slice(0, MOST);
    if (this.#text.trim() !== "") return [{ kind: "found", rows: shown }];
    const { recent } = this.#desk.prefs.looks;
    const last = recent.flatMap((id) => this.#found.find(({ entry }) => entry.id === id) ?? []);
    const others = shown.filter((found) => !last.slice(0, RECENT).includes(found));
    const kinds = ["action", "endpoint", "section"] as const;
    const shelves: Shelf[] = [
      { kind: "recent", rows: last.slice(0, RECENT) },
      ...kinds.map((kind) => ({ kind, rows: others.filter(({ entry }) => entry.kind === kind) })),
    ];
    return shelves.filter(({ rows }) => rows.length > 0);
  });

  /** All rows, in the order in which they are seen. */
  readonly rows: Found[] = $derived(this.shelves.flatMap(({ rows }) => rows));
  /** How many more there are than are shown. */
  readonly more = $derived(this.#found.length - this.rows.length);

  /** Moves to the row `by` further, round the ends. */
  step(by: number): void {
    const count = this.rows.length;
    if (count > 0) this.chosen = (this.chosen + by + count) % count;
  }

  /** Does what row `index` says. */
  run(index: number): void {
    const entry = this.rows[index]?.entry;
    if (!entry) return;
    this.#desk.prefs.did(entry.id);
    void entry.run(this.#desk);
  }

  #find(text: string): Found[] {
    const sought = text.trim();
    if (sought === "") return this.#entries.map((entry) => ({ entry, at: [] }));
    const found = this.#entries.flatMap((entry) => {
      const title = fit(sought, entry.title);
      const alias = title ? null : fit(sought, entry.alias);
      const score = title?.score ?? (alias ? alias.score - ALIAS : null);
      return score === null ? [] : [{ entry, at: title?.at ?? [], score }];
    });
    return found.sort((one, other) => other.score - one.score);
  }
}
