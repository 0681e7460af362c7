import { expect, test } from "vitest";

import type { SettingsView } from "../bindings/SettingsView";
import { flawsOf, formOf, forwardsOf, placeOf, remoteOf, settingsOf, type Form } from "./form";

const SETTINGS: SettingsView = {
  isPaused: true,
  requiresToken: true,
  methods: ["POST", "PUT"],
  allowFrom: ["192.0.2.0/24", "::1"],
  bodyLimitBytes: 4096,
  allowsCors: true,
  answer: { status: 202, headers: [["X-A", "b: c"]], body: "one\ntwo", delayMs: 7 },
  deadlineMs: 900,
};

const form = (change: Partial<Form> = {}): Form => ({ ...formOf(null, []), ...change });

test("settings come back from the form as they went in", () => {
  const forwards = [
    { target: "http://localhost:3000/a", isRemote: false },
    { target: "http://10.0.0.7/", isRemote: true },
  ];
  const shown = formOf(SETTINGS, forwards);
  expect(settingsOf(shown)).toEqual(SETTINGS);
  expect(forwardsOf(shown)).toEqual(forwards);
  expect(flawsOf(shown, true)).toEqual({});
});

test("an endpoint that nothing was set on has no flaw", () => {
  expect(flawsOf(form(), true)).toEqual({});
  expect(settingsOf(form()).deadlineMs).toBeNull();
});

test.each([
  [{ status: "99" }, { status: "status" }],
  [{ status: "2e2" }, { status: "status" }],
  [{ delayMs: "30001" }, { delayMs: "time" }],
  [{ delayMs: "" }, { delayMs: "time" }],
  [{ headers: "no colon" }, { headers: "header" }],
  [{ methods: "POST, P(ST" }, { methods: "method" }],
  [{ bodyLimitBytes: "0" }, { bodyLimitBytes: "bytes" }],
  [{ forwards: "ftp://localhost/" }, { forwards: "target" }],
  [{ answers: "application" }, { forwards: "missing" }],
  [{ answers: "application", forwards: "3000", deadlineMs: "0" }, { deadlineMs: "deadline" }],
  [{ forwards: "3000\nexample.dev" }, { allowsRemote: "remote" }],
] as const)("%o is told at its field", (change, flaws) => {
  expect(flawsOf(form(change), true)).toEqual(flaws);
});

test("what is not seen is not judged: without settings only the forwards are", () => {
  expect(flawsOf(form({ status: "99", forwards: "3000" }), false)).toEqual({});
});

test.each([
  ["http://localhost:3000/", false],
  ["3000/hook", false],
  [":3000", false],
  ["127.0.0.9:80", false],
  ["http://[::1]:3000/", false],
  ["app.localhost", false],
  ["localhost.example.dev", true],
  ["192.168.0.4:3000", true],
  ["https://example.dev/hook", true],
])("%s is another computer's: %s", (target, isRemote) => {
  expect(remoteOf(form({ forwards: target }))).toEqual(isRemote ? [target] : []);
});

test("a confirmation holds for the targets elsewhere, and for no other", () => {
  expect(forwardsOf(form({ forwards: "3000\nexample.dev", allowsRemote: true }))).toEqual([
    { target: "3000", isRemote: false },
    { target: "example.dev", isRemote: true },
  ]);
});

test("a refusal is placed by the value that it quotes", () => {
  const filled = form({ allowFrom: "10/8 ::1", methods: "P", headers: "X-A:  b" });
  const place = (message: string, code = "setting_invalid") => placeOf({ code, message }, filled);
  expect(place("the relay refused: `10/8` is not an address")).toBe("allowFrom");
  expect(place("the relay refused: `P` is not a method")).toBe("methods");
  expect(place("`X-A: b` is not a header that an answer can have")).toBe("headers");
  expect(place("cannot find `hooks.example.dev`", "relay")).toBe("all");
  expect(place("10.0.0.7 is not this computer", "target_remote")).toBe("forwards");
});
