// What every way to show a body is given.

import type { Snippet } from "svelte";

import type { CaptureDetail } from "../bindings/CaptureDetail";

/** Height of a row of code, in pixels; the same as `--leading-code`. */
export const CODE_ROW_PX = 20;

export interface ViewProps {
  detail: CaptureDetail;
  /** The choice between the ways. */
  choice: Snippet;
}
