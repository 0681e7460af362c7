// Text in CodeMirror: read only, coloured, as tall as its pane. It lives in a shadow root, for only
// there does it bring its styles as a constructed sheet, which the content policy lets through.

import { defaultKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { xml } from "@codemirror/lang-xml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, StateEffect, StateField, type Range } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  type DecorationSet,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

import type { Found } from "../bindings/Found";
import type { FoundPlace } from "../bindings/FoundPlace";
import { HIDDEN_IN_CODE, markOf } from "../text/glyphs";

/** How a text is shown. */
export interface Looks {
  /** Its name for those who hear it. */
  label: string;
  language: "json" | "xml" | null;
  isWrapped: boolean;
  /** Where it stops being what it claims to be; line and column from 1. */
  fault: { line: number; column: number } | null;
}

/** Places told at once; more are counted. */
const MOST_FOUND = 10_000;

const setMarks = StateEffect.define<DecorationSet>();
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (old, { effects }) => effects.find((effect) => effect.is(setMarks))?.value ?? old,
  provide: (field) => EditorView.decorations.from(field),
});
const hit = Decoration.mark({ class: "hit" });
const current = Decoration.mark({ class: "hit current" });
const faulty = Decoration.mark({ class: "fault" });
const faultyLine = Decoration.line({ class: "faultLine" });

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", fontSize: "var(--type-code)" },
  "&.cm-focused": { outline: "var(--focus-width) solid var(--line-focus)", outlineOffset: "-2px" },
  ".cm-scroller": {
    fontFamily: "var(--font-code)",
    fontWeight: "var(--weight-code)",
    fontVariantLigatures: "none",
    lineHeight: "var(--leading-code)",
    scrollbarColor: "var(--line-control) transparent",
  },
  ".cm-gutters": {
    border: "0",
    background: "var(--surface-pane)",
    color: "var(--code-quiet)",
  },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 var(--space-5) 0 var(--space-5)" },
  ".cm-content": { padding: "0" },
  ".cm-line": { padding: "0 var(--space-5) 0 0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-content ::selection, .cm-content::selection": { background: "var(--surface-selected)" },
  ".hit": { background: "var(--surface-wait)", color: "var(--text-wait)" },
  ".current": { outline: "var(--hairline) solid currentcolor" },
  ".faultLine": { background: "var(--surface-bad)" },
  ".fault": { textDecoration: "underline wavy var(--text-bad)" },
  ".mark": {
    borderRadius: "var(--radius-small)",
    background: "var(--surface-mark)",
    color: "var(--code-mark)",
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.tagName], color: "var(--code-key)" },
  { tag: [tags.string, tags.attributeValue], color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: [tags.bool, tags.null, tags.attributeName], color: "var(--code-word)" },
  { tag: [tags.comment, tags.processingInstruction], color: "var(--code-quiet)" },
]);

/** A text that is shown. */
export class Code {
  readonly #view: EditorView;
  readonly #wrapping = new Compartment();
  readonly #fault: Range<Decoration>[];

  constructor(host: HTMLElement, text: string, looks: Looks) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const languages = { json: [json()], xml: [xml()] };
    const state = EditorState.create({
      doc: text,
      extensions: [
        EditorState.readOnly.of(true),
        EditorState.lineSeparator.of("\n"),
        lineNumbers(),
        highlightSpecialChars({ specialChars: HIDDEN_IN_CODE, render: markElement }),
        keymap.of(defaultKeymap),
        looks.language ? languages[looks.language] : [],
        syntaxHighlighting(colours),
        theme,
        marks,
        this.#wrapping.of(looks.isWrapped ? EditorView.lineWrapping : []),
        EditorView.contentAttributes.of({
          "aria-label": looks.label,
          "aria-readonly": "true",
          tabindex: "0", // what scrolls is reached by Tab
        }),
      ],
    });
    this.#view = new EditorView({ state, parent: root, root });
    this.#fault = looks.fault ? this.#marksOf(looks.fault) : [];
    this.mark([], undefined);
    const [first] = this.#fault;
    if (first) this.#show(first.from);
  }

  /** Where `needle` occurs, small and large letters alike; places are offsets, all in row 0. */
  seek(needle: string): Found {
    const text = this.#view.state.doc.toString();
    const literal = needle.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    const places: FoundPlace[] = [];
    let total = 0;
    for (const { 0: found, index } of text.matchAll(new RegExp(literal, "giu"))) {
      total += 1;
      if (total <= MOST_FOUND) places.push({ row: 0, start: index, end: index + found.length });
    }
    return { total, places };
  }

  /** Marks `places`, and goes to `at`. */
  mark(places: readonly FoundPlace[], at: FoundPlace | undefined): void {
    const hits = places.map((place) =>
      (place === at ? current : hit).range(place.start, place.end),
    );
    const effects = setMarks.of(Decoration.set([...this.#fault, ...hits], true));
    this.#view.dispatch({ effects });
    if (at) this.#show(at.start);
  }

  wrap(isWrapped: boolean): void {
    const effects = this.#wrapping.reconfigure(isWrapped ? EditorView.lineWrapping : []);
    this.#view.dispatch({ effects });
  }

  focus(): void {
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }

  #show(at: number): void {
    this.#view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }

  #marksOf({ line, column }: { line: number; column: number }): Range<Decoration>[] {
    const { doc } = this.#view.state;
    if (line > doc.lines) return [];
    const { from, to, text } = doc.line(line);
    // The column counts characters, the text units of UTF-16.
    const before = Array.from(text)
      .slice(0, column - 1)
      .join("").length;
    const at = Math.min(from + before, to);
    return at < to ? [faultyLine.range(from), faulty.range(at, to)] : [faultyLine.range(from)];
  }
}

function markElement(code: number): HTMLElement {
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.textContent = markOf(String.fromCodePoint(code)) ?? "";
  return mark;
}
