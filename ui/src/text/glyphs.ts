// Bytes and text with nothing hidden: what does not print, reorders or has no width is given a
// mark that can be seen. Start at [`glyphs`] for bytes, at [`marked`] for text.

/** One character as shown. */
export interface Glyph {
  /** Where it begins, in bytes. */
  at: number;
  /** How many bytes it is made of. */
  size: number;
  /** What stands for it. */
  text: string;
  /** Columns that it takes in a fixed-width font. */
  columns: number;
  /** Whether `text` is a mark for something that cannot be shown as itself. */
  isMark: boolean;
}

/** A run of characters that are all shown as themselves, or all marks. */
export interface Run {
  text: string;
  isMark: boolean;
}

/** What prints nothing, or changes the order or the look of what follows. */
const HIDDEN_CLASS = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{115F}\u{1160}\u{3164}\u{FFA0}]`;
const HIDDEN = new RegExp(HIDDEN_CLASS, "u");
/** In a line of text two are harmless: a tab, and the joiner that makes one emoji of two. */
const JOINED_EMOJI = String.raw`(?:\p{Extended_Pictographic}[\p{Emoji_Modifier}\u{FE0F}]*\u{200D})+(?=\p{Extended_Pictographic})`;
const HIDDEN_RUNS = new RegExp(`${JOINED_EMOJI}|(?:(?!\\t)${HIDDEN_CLASS})+`, "gu");
/** The same for a text that is read a character at a time: all but a tab and joined emoji. */
export const HIDDEN_IN_CODE = new RegExp(
  String.raw`(?!\t)(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{FE0F}])\u{200D})${HIDDEN_CLASS}`,
  "gu",
);
/** Most text is of these only, and is known at once. */
const PLAIN = /^[ -~]*$/;
const WIDE =
  /[\u{1100}-\u{115F}\u{2E80}-\u{303E}\u{3041}-\u{A4CF}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE30}-\u{FE6F}\u{FF00}-\u{FF60}\u{FFE0}-\u{FFE6}\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
const COMBINING = /\p{M}/u;

/**
 * The characters of `bytes` between `from` and `to`, in order and without a gap. Bytes that are
 * not UTF-8 come one by one, as `\xNN`.
 */
export function* glyphs(bytes: Uint8Array, from: number, to: number): Generator<Glyph> {
  for (let at = from; at < to;) {
    const size = sequenceLength(bytes, at, to);
    const glyph = size === 0 ? invalid(bytes, at) : valid(bytes, at, size);
    yield glyph;
    at += glyph.size;
  }
}

/** How many bytes the UTF-8 sequence at `at` has; 0 if there is none. (RFC 3629, section 4) */
function sequenceLength(bytes: Uint8Array, at: number, to: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > to) return 0;
  for (let next = 1; next < length; next += 1) {
    if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  const isOverlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const isSurrogate = first === 0xed && second > 0x9f;
  const isBeyond = first === 0xf4 && second > 0x8f;
  return isOverlong || isSurrogate || isBeyond ? 0 : length;
}

function invalid(bytes: Uint8Array, at: number): Glyph {
  const hex = (bytes[at] ?? 0).toString(16).padStart(2, "0");
  return { at, size: 1, text: `\\x${hex}`, columns: 4, isMark: true };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function valid(bytes: Uint8Array, at: number, size: number): Glyph {
  const character = decoder.decode(bytes.subarray(at, at + size));
  const mark = markOf(character);
  if (mark !== null) return { at, size, text: mark, columns: mark.length, isMark: true };
  return { at, size, text: character, columns: columnsOf(character), isMark: false };
}

const SHORT: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** The mark for a character that would not be seen, as programmers write it: `\n`, `\u{202e}`. */
export function markOf(character: string): string | null {
  if (!HIDDEN.test(character)) return null;
  const code = character.codePointAt(0) ?? 0;
  return SHORT[character] ?? `\\u{${code.toString(16)}}`;
}

function columnsOf(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** `text` in runs, what would not be seen replaced by its marks. Tabs and joined emoji stay. */
export function marked(text: string): Run[] {
  if (PLAIN.test(text)) return text === "" ? [] : [{ text, isMark: false }];
  const runs: Run[] = [];
  let shown = 0;
  for (const { 0: found, index } of text.matchAll(HIDDEN_RUNS)) {
    if (!HIDDEN.test(found.charAt(0))) continue; // joined emoji
    if (index > shown) runs.push({ text: text.slice(shown, index), isMark: false });
    runs.push({ text: Array.from(found, (one) => markOf(one) ?? one).join(""), isMark: true });
    shown = index + found.length;
  }
  if (shown < text.length) runs.push({ text: text.slice(shown), isMark: false });
  return runs;
}

/** Neighbouring glyphs of a kind joined, so that a row needs few elements. */
export function runsOf(row: Iterable<Glyph>): Run[] {
  const runs: Run[] = [];
  for (const { text, isMark } of row) {
    const last = runs.at(-1);
    if (last?.isMark === isMark) last.text += text;
    else runs.push({ text, isMark });
  }
  return runs;
}
