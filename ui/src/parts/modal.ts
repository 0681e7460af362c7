// Opens a dialog in front of everything, and gives the focus back to where it came from.

/** An attachment for a `dialog`; `first` is what has the focus in it, if it is there. */
export function modal(first?: string) {
  return (dialog: HTMLDialogElement): (() => void) => {
    const before = document.activeElement;
    dialog.showModal();
    if (first !== undefined) dialog.querySelector<HTMLElement>(first)?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  };
}
