// Pictures of the window in its main states, for a person to look at.

import { test } from "vitest";

import { expectNoBarriers, open, settled, shot, type Opening } from "./window";

const SIZES = [
  [1280, 800],
  [900, 600],
  [2560, 1440],
] as const;

for (const scene of ["everyday", "empty", "unpaired", "overfull"] as const) {
  for (const theme of ["light", "dark"] as const) {
    for (const [width, height] of SIZES) {
      test(`${scene}, ${theme}, ${width}x${height}`, async () => {
        const page = await open({ scene, theme, width, height } satisfies Opening);
        const first = page.getByRole("option").first();
        if ((await first.count()) > 0) await first.click();
        await settled(page);
        await shot(page, `${scene}-${theme}-${width}`);
        if (width === 1280) await expectNoBarriers(page);
      });
    }
  }
}
