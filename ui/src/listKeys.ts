// What keys do with captures: with those that are picked, or else with the one looked at.

import type { Desk } from "./state/desk.svelte";

/** Plain keys. `toDetail` shows the capture where it is not beside the list. */
export function actionKeys(desk: Desk, toDetail: () => void): Record<string, () => void> {
  const { acts } = desk;
  return {
    p: () => void acts.pin(),
    n: () => {
      desk.screen = "detail";
      acts.openNote();
    },
    c: () => void acts.copyAs("curl"),
    d: () => {
      acts.comparePrevious();
      toDetail();
    },
    Delete: () => void acts.delete(),
  };
}

/** Ctrl/Cmd+Z brings back what was deleted last; where something is typed it is the field's own. */
export function undoKey(desk: Desk) {
  return (event: KeyboardEvent): void => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
    const target = event.target instanceof Element ? event.target : null;
    if (!isUndo || target?.closest("input, textarea") || document.querySelector("dialog[open]"))
      return;
    event.preventDefault();
    void desk.acts.undo();
  };
}
