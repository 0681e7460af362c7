// Whether what was typed can be found in a text, letter after letter, and how well. Pure.

/** How well it fits, more is better, and which letters it is. */
export interface Fit {
  score: number;
  at: number[];
}

const START = 12;
const WORD = 8;
const NEXT = 6;
const GAP = 4;
const LATE = 0.15;

/** Looks for the letters of `sought` in `text` in their order; null when they are not all there. */
export function fit(sought: string, text: string): Fit | null {
  const letters = fold(sought).filter((letter) => letter.trim() !== "");
  const place = fold(text);
  const [first] = letters;
  if (first === undefined) return { score: 0, at: [] };
  let best: Fit | null = null;
  // Each place where the first letter stands may begin a better one than the place before.
  for (let from = place.indexOf(first); from >= 0; from = place.indexOf(first, from + 1)) {
    const found = fitFrom(letters, place, from, true) ?? fitFrom(letters, place, from, false);
    if (!found) break;
    if (!best || found.score > best.score) best = found;
  }
  return best;
}

/** The letters from `from` on; `leaps`: rather at the beginning of a later word than inside one. */
function fitFrom(letters: string[], place: string[], from: number, leaps: boolean): Fit | null {
  const at: number[] = [];
  let score = -(from + place.length / 10) * LATE;
  let next = from;
  for (const letter of letters) {
    const before = at.at(-1);
    const isNext = before === undefined || place[next] === letter;
    const word = isNext || !leaps ? -1 : startOfWord(letter, place, next);
    const found = word >= 0 ? word : place.indexOf(letter, next);
    if (found < 0) return null;
    if (isStart(place, found)) score += found === 0 ? START : WORD;
    if (before !== undefined) score += found === before + 1 ? NEXT : (before - found) * LATE - GAP;
    at.push(found);
    next = found + 1;
  }
  return { score, at };
}

function startOfWord(letter: string, place: string[], from: number): number {
  return place.findIndex((one, at) => at >= from && one === letter && isStart(place, at));
}

function isStart(place: string[], at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(place[at - 1] ?? "");
}

/** Letters without their case, as many as the text has. */
function fold(text: string): string[] {
  return Array.from(text, (letter) => letter.toLowerCase());
}

/** A text in runs of letters that were sought and of letters between them. */
export function runsOf(text: string, at: readonly number[]): { text: string; isHit: boolean }[] {
  const runs: { text: string; isHit: boolean }[] = [];
  for (const [place, letter] of Array.from(text).entries()) {
    const isHit = at.includes(place);
    const last = runs.at(-1);
    if (last?.isHit === isHit) last.text += letter;
    else runs.push({ text: letter, isHit });
  }
  return runs;
}
