// The keys of the window: off while typing, while a dialog is open, and where something nearer has
// used the key.

import type { Desk } from "./state/desk.svelte";
import { chordOf, isHeld } from "./text/chords";

const TYPING = "input:not([type=radio]), textarea, select, [contenteditable]";

/** A `keydown` handler that does what the keymap of `desk` says. */
export function shortcuts(desk: Desk) {
  return (event: KeyboardEvent): void => {
    const chord = chordOf(event, desk.keymap.isMac);
    if (chord === null || event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : null;
    if (document.querySelector("dialog[open]")) return;
    if (target?.closest(TYPING) && !isHeld(chord)) return;
    if (chord === "Escape") {
      if (desk.picks.count > 0) desk.picks.clear();
      else desk.panes?.toList();
      return;
    }
    const action = desk.keymap.at(chord);
    if (!action || (action.can && !action.can(desk))) return;
    event.preventDefault();
    void action.run(desk);
  };
}

/** Ctrl/Cmd+Z brings back what was deleted last; where something is typed it is the field's own. */
export function undoKey(desk: Desk) {
  return (event: KeyboardEvent): void => {
    if (chordOf(event, desk.keymap.isMac) !== "Mod+z") return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(TYPING) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    void desk.acts.undo();
  };
}
