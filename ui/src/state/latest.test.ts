import { expect, test } from "vitest";

import { Latest } from "./latest";

/** Requests that are answered by hand. */
function byHand() {
  const open: { wish: string; answer: () => void }[] = [];
  const latest = new Latest(
    (wish: string) => new Promise<void>((answer) => open.push({ wish, answer })),
  );
  return { open, latest };
}

test("of what is asked meanwhile only the newest is done", async () => {
  const { open, latest } = byHand();
  void latest.ask("first");
  void latest.ask("second");
  const done = latest.ask("third");
  expect(open.map(({ wish }) => wish)).toEqual(["first"]);
  open[0]?.answer();
  await Promise.resolve();
  await Promise.resolve();
  expect(open.map(({ wish }) => wish)).toEqual(["first", "third"]);
  open[1]?.answer();
  await done;
  expect(open).toHaveLength(2);
});

test("a wish after all is done is done at once", async () => {
  const { open, latest } = byHand();
  const first = latest.ask("first");
  open[0]?.answer();
  await first;
  void latest.ask("second");
  expect(open.map(({ wish }) => wish)).toEqual(["first", "second"]);
});
