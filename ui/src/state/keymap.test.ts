import { expect, test } from "vitest";

import { ACTIONS, type Action } from "./actions";
import { Keymap } from "./keymap.svelte";
import { Prefs, type Shelf } from "./prefs.svelte";

function shelf(text = "{}"): Shelf {
  let kept = text;
  return { getItem: () => kept, setItem: (_, value) => void (kept = value) };
}

function named(id: string): Action {
  const action = ACTIONS.find((one) => one.id === id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
}

const live = named("live");
const times = named("times");
const on = (kept: Shelf) => new Keymap(new Prefs(kept, "en"), false);

test("without a choice the usual keys hold", () => {
  const keymap = on(shelf());
  expect(keymap.at("l")).toBe(live);
  expect(keymap.of(named("next"))).toEqual(["j", "ArrowDown"]);
  expect(keymap.isAnyChanged).toBe(false);
});

test("a key that is given is there in the next run, beside the usual one", () => {
  const kept = shelf();
  on(kept).give(live, "Mod+l");
  expect(on(kept).of(live)).toEqual(["l", "Mod+l"]);
  expect(on(kept).at("Mod+l")).toBe(live);
});

test("a key does one thing: who takes it leaves nothing to the one before", () => {
  const keymap = on(shelf());
  keymap.give(live, "t");
  expect(keymap.at("t")).toBe(live);
  expect(keymap.of(times)).toEqual([]);
  expect(keymap.isChanged(times)).toBe(true);
});

test("the usual keys of one action come back, from whoever has them", () => {
  const keymap = on(shelf());
  keymap.give(live, "t");
  keymap.reset(times);
  expect(keymap.of(times)).toEqual(["t"]);
  expect(keymap.of(live)).toEqual(["l"]);
  expect(keymap.isAnyChanged).toBe(false);
});

test("all keys come back at once", () => {
  const keymap = on(shelf());
  keymap.give(live, "t");
  keymap.drop(named("next"), "j");
  expect(keymap.of(named("next"))).toEqual(["ArrowDown"]);
  keymap.resetAll();
  expect(keymap.isAnyChanged).toBe(false);
});

test("what was chosen comes before what a later version is used to", () => {
  const keymap = on(shelf('{"keys":{"an-action-of-later":["x"],"send-test":["l"]}}'));
  expect(keymap.at("l")).toBe(named("send-test"));
  expect(keymap.of(live)).toEqual([]);
});

test("broken keys on the shelf are the usual ones", () => {
  for (const keys of ["7", "null", '{"live":"x"}', '{"live":[1]}'])
    expect(on(shelf(`{"keys":${keys}}`)).of(live), keys).toEqual(["l"]);
});
