// Breaks bytes into rows for a fixed-width view. Every byte is in exactly one row.

import { glyphs } from "./glyphs";

const LINE_FEED = 0x0a;

/**
 * Where the complete rows of `bytes` between `from` and `to` end: after a line feed, or before a
 * character that would be beyond `columns`. What follows the last end is not a complete row yet.
 */
export function rowEnds(bytes: Uint8Array, from: number, to: number, columns: number): number[] {
  const ends: number[] = [];
  let used = 0;
  for (const glyph of glyphs(bytes, from, to)) {
    if (used > 0 && used + glyph.columns > columns) {
      ends.push(glyph.at);
      used = 0;
    }
    used += glyph.columns;
    if (bytes[glyph.at] === LINE_FEED) {
      ends.push(glyph.at + glyph.size);
      used = 0;
    }
  }
  return ends;
}
