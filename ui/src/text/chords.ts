// A chord is a key with the keys that are held with it, as one text: `j`, `?`, `Mod+k`,
// `Alt+ArrowUp`. `Mod` is Ctrl, and Cmd on a Mac. Pure: what the keyboard is like is a parameter.

/** What of a keyboard event decides its chord. */
type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const HELD = ["Mod+", "Alt+", "Shift+"] as const;
const CAPS: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  Delete: "Del",
  Escape: "Esc",
  PageDown: "PgDn",
  PageUp: "PgUp",
};
const MAC: Readonly<Record<string, string>> = {
  Mod: "⌘",
  Alt: "⌥",
  Shift: "⇧",
  Enter: "↩",
  Delete: "⌦",
  Backspace: "⌫",
};

/** Alone they hold another key. */
const HOLDERS = /^(Control|Shift|Alt|AltGraph|Meta|OS|CapsLock|Dead|Process|Unidentified)$/;
/** What every text field, list and dialog uses by itself. */
const TAKEN = /^(Enter|Escape|Tab|Shift\+Tab| |Backspace|Home|End|PageUp|PageDown)$/;
const EDITING = /^Mod\+(Shift\+)?[acvxz]$/;

/** The chord that was pressed; null while only keys to hold are down, or the system's is. */
export function chordOf(event: Pressed, isMac: boolean): string | null {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (HOLDERS.test(key) || key === "" || (isMac ? ctrlKey : metaKey)) return null;
  const isLetter = /^\p{L}$/u.test(key);
  const held = [
    (isMac ? metaKey : ctrlKey) ? "Mod+" : "",
    altKey ? "Alt+" : "",
    // Of other signs Shift makes another sign, which says it already.
    shiftKey && (isLetter || key.length > 1) ? "Shift+" : "",
  ];
  return held.join("") + (isLetter ? key.toLowerCase() : key);
}

/** Whether a chord may be given to an action. */
export function isFree(chord: string): boolean {
  return !TAKEN.test(chord) && !EDITING.test(chord);
}

/** Whether a chord can be meant while a person types: it writes nothing. */
export function isHeld(chord: string): boolean {
  return chord.startsWith("Mod+");
}

/** The keys of a chord as they are labelled. */
export function keycaps(chord: string, isMac: boolean): string[] {
  const caps: string[] = [];
  let rest = chord;
  for (const held of HELD) {
    if (!rest.startsWith(held) || rest === held) continue;
    rest = rest.slice(held.length);
    const name = held.slice(0, -1);
    caps.push(isMac ? (MAC[name] ?? name) : name === "Mod" ? "Ctrl" : name);
  }
  const cap = (isMac ? MAC[rest] : undefined) ?? CAPS[rest] ?? rest;
  return [...caps, caps.length > 0 && cap.length === 1 ? cap.toUpperCase() : cap];
}
