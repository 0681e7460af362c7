import { expect, test } from "vitest";

import { chordOf, isFree, isHeld, keycaps } from "./chords";

type Held = "ctrlKey" | "metaKey" | "altKey" | "shiftKey";

function pressed(key: string, ...held: Held[]) {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { ...none, key, ...Object.fromEntries(held.map((name) => [name, true])) };
}

test("Ctrl, and Cmd on a Mac, are one key to hold", () => {
  expect(chordOf(pressed("k", "ctrlKey"), false)).toBe("Mod+k");
  expect(chordOf(pressed("k", "metaKey"), true)).toBe("Mod+k");
});

test("keys that the system holds make no chord", () => {
  expect(chordOf(pressed("k", "metaKey"), false)).toBeNull();
  expect(chordOf(pressed("k", "ctrlKey"), true)).toBeNull();
  for (const key of ["Shift", "Control", "CapsLock", "Dead"])
    expect(chordOf(pressed(key, "shiftKey"), false)).toBeNull();
});

test("a letter is the same with the caps lock, and another with Shift", () => {
  expect(chordOf(pressed("J"), false)).toBe("j");
  expect(chordOf(pressed("J", "shiftKey"), false)).toBe("Shift+j");
});

test("a sign that Shift makes is that sign", () => {
  expect(chordOf(pressed("?", "shiftKey"), false)).toBe("?");
  expect(chordOf(pressed("Delete", "shiftKey"), false)).toBe("Shift+Delete");
});

test("keys are labelled as they are on the keyboard", () => {
  expect(keycaps("Mod+k", false)).toEqual(["Ctrl", "K"]);
  expect(keycaps("Mod+k", true)).toEqual(["⌘", "K"]);
  expect(keycaps("j", false)).toEqual(["j"]);
  expect(keycaps("Mod+Shift+ArrowDown", false)).toEqual(["Ctrl", "Shift", "↓"]);
  expect(keycaps("Mod++", false)).toEqual(["Ctrl", "+"]);
  expect(keycaps("+", false)).toEqual(["+"]);
});

test("what text fields and lists need cannot be given away", () => {
  for (const chord of ["Enter", "Escape", "Tab", " ", "Mod+c", "Mod+v", "Mod+Shift+z"])
    expect(isFree(chord), chord).toBe(false);
  for (const chord of ["j", "?", "Mod+k", "Delete", "Alt+ArrowUp"])
    expect(isFree(chord), chord).toBe(true);
});

test("only what writes nothing can be meant while typing", () => {
  expect(isHeld("Mod+k")).toBe(true);
  expect(isHeld("?")).toBe(false);
});
