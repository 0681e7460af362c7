import { expect, test } from "vitest";

import { asksOutcome, between, spanOf, term, terms, within } from "./terms";

test("terms are cut where the language cuts them", () => {
  const check = (query: string, want: string[]) => {
    expect(terms(query)).toEqual(want);
  };
  check("", []);
  check("  a  b ", ["a", "b"]);
  check('"a b" or(c, "d )" e) -x', ['"a b"', 'or(c, "d )" e)', "-x"]);
  check('"a \\" b" c', ['"a \\" b"', "c"]);
  check('path:"/a b" c', ['path:"/a b"', "c"]);
  check('"open and', ['"open and']);
});

test("a time takes the place of the one before, and of nothing else", () => {
  const from = new Date(2026, 0, 31, 9, 5).getTime();
  const to = new Date(2026, 1, 1, 0, 0).getTime();
  expect(between('after:2h "after:x" is:failed BEFORE:1h', from, to)).toBe(
    '"after:x" is:failed after:2026-01-31T09:05 before:2026-02-01T00:00',
  );
  expect(within("is:failed after:2026-01-31T09:05", "24h")).toBe("is:failed after:24h");
  expect(within("after:1h", null)).toBe("");
});

test("the span that a query names is known again", () => {
  expect(spanOf("is:failed after:24h")).toBe("24h");
  expect(spanOf("is:failed")).toBeNull();
  expect(spanOf("after:1h before:5m")).toBe("after:1h before:5m");
});

test("a query that asks for outcomes is told from one that does not", () => {
  for (const query of ["status:5xx", "a -is:failed", "not(status>=400)", "or(a,IS:answered)"])
    expect(asksOutcome(query), query).toBe(true);
  for (const query of ["", "is:held", "path:status", "mystatus:200"])
    expect(asksOutcome(query), query).toBe(false);
});

test("a value that would end early stands in quotes", () => {
  expect(term("delivery", "72d3162e-cc78")).toBe("delivery:72d3162e-cc78");
  expect(term("delivery", 'a "b", c\\')).toBe('delivery:"a \\"b\\", c\\\\"');
  expect(term("delivery", "a*")).toBe('delivery:"a*"');
});
