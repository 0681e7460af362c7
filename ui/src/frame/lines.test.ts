import { expect, test } from "vitest";

import { lookOf } from "./lines";

test("only a connection that was proved looks good", () => {
  expect(lookOf("connected").tone).toBe("good");
  for (const standing of ["silent", "deaf", "unreachable", "waiting", "unpaired"] as const)
    expect(lookOf(standing).tone, standing).not.toBe("good");
});
