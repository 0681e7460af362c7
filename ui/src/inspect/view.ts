// What every way to show a body is given.

import type { Snippet } from "svelte";

import type { BodyRef } from "../bindings/BodyRef";
import type { BodyView } from "../bindings/BodyView";
import type { BodyLook } from "../state/prefs.svelte";

/** Height of a row of code, in pixels; the same as `--leading-code`. */
export const CODE_ROW_PX = 20;

export interface ViewProps {
  body: BodyRef;
  view: BodyView;
  look: BodyLook;
  /** The choice between the ways. */
  choice: Snippet;
  /** Opens a part as a body of its own. */
  onenter: (part: number, name: string) => void;
}
