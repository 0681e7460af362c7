// Finding a setting by its words, in whichever language they were remembered.

import { en } from "../text/en";
import type { Words } from "../text/en";
import { zh } from "../text/zh";

/** What is said of a setting: its name, and what it does in one line. */
interface Told {
  title: string;
  why: string;
}

/** The words of a setting, out of those of a language. */
export type Telling = (words: Words) => Told;

/** Whether a setting is about `sought`; all are about nothing. */
export function isAbout(sought: string, telling: Telling): boolean {
  const text = [telling(en), telling(zh)].map(({ title, why }) => `${title} ${why}`).join(" ");
  return holds(text, sought);
}

/** Whether each word of `sought` is in `text`. */
export function holds(text: string, sought: string): boolean {
  const place = text.toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => place.includes(word));
}
