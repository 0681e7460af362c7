// The keys of the window: off while typing, while a dialog is open, and where something nearer has
// used the key.

const TYPING = "input:not([type=radio]), textarea, select, [contenteditable]";

/** A `keydown` handler that does what `keys` says for the pressed one. */
export function shortcut(keys: Record<string, () => void>) {
  return (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(TYPING) || document.querySelector("dialog[open]")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
}
