import { expect, test } from "vitest";

import {
  MAX_SPACER_PX,
  offsetPx,
  ringSize,
  rowsPerPage,
  scrollTopToShow,
  spacerPx,
  spanAt,
  viewTopPx,
  type Extent,
} from "./virtual";

const extents: Extent[] = [0, 1, 7, 500, 100_000, 347_826, 347_827, 1_000_000, 50_000_000].flatMap(
  (count) =>
    [46, 20].flatMap((rowPx) => [100, 733, 1400].map((viewPx) => ({ count, rowPx, viewPx }))),
);
const furthest = (extent: Extent) => Math.max(0, spacerPx(extent) - extent.viewPx);
const places = (extent: Extent) =>
  [0, 0.1, 0.25, 1 / 3, 0.5, 0.77, 0.999, 1].map((part) => Math.round(furthest(extent) * part));

function check(claim: (extent: Extent, scrollTop: number) => void): void {
  for (const extent of extents) for (const scrollTop of places(extent)) claim(extent, scrollTop);
}

test("no element is taller than engines can make", () => {
  for (const extent of extents) expect(spacerPx(extent)).toBeLessThanOrEqual(MAX_SPACER_PX);
});

test("the rows drawn cover the view", () => {
  check((extent, scrollTop) => {
    const { first, end } = spanAt(extent, scrollTop, 0);
    if (extent.count === 0) return;
    const top = offsetPx(extent, scrollTop, first);
    const bottom = offsetPx(extent, scrollTop, end - 1) + extent.rowPx;
    expect(top).toBeLessThanOrEqual(scrollTop + 1);
    expect(bottom).toBeGreaterThanOrEqual(
      Math.min(scrollTop + extent.viewPx, spacerPx(extent)) - 1,
    );
  });
});

test("no more rows are drawn than the ring has places", () => {
  check((extent, scrollTop) => {
    const { first, end } = spanAt(extent, scrollTop, 4);
    expect(end - first).toBeLessThanOrEqual(ringSize(extent, 4));
  });
});

test("the start shows the first row and the end the last", () => {
  for (const extent of extents.filter(({ count }) => count > 0)) {
    expect(spanAt(extent, 0, 0).first).toBe(0);
    expect(spanAt(extent, furthest(extent), 0).end).toBe(extent.count);
  }
});

test("rows stand one below the other", () => {
  check((extent, scrollTop) => {
    const { first, end } = spanAt(extent, scrollTop, 4);
    for (let index = first + 1; index < end; index += 1) {
      const gap = offsetPx(extent, scrollTop, index) - offsetPx(extent, scrollTop, index - 1);
      expect(gap).toBe(extent.rowPx);
    }
  });
});

test("a row that is asked for is then in view, and asking again moves nothing", () => {
  check((extent, scrollTop) => {
    for (const index of [0, 1, Math.floor(extent.count / 2), extent.count - 2, extent.count - 1]) {
      if (index < 0 || index >= extent.count) continue;
      const moved = Math.min(scrollTopToShow(extent, scrollTop, index), furthest(extent));
      const factor = Math.max(1, (extent.count * extent.rowPx) / spacerPx(extent));
      const top = viewTopPx(extent, moved);
      expect(index * extent.rowPx).toBeGreaterThanOrEqual(top - factor - 1);
      expect((index + 1) * extent.rowPx).toBeLessThanOrEqual(top + extent.viewPx + factor + 1);
      expect(Math.min(scrollTopToShow(extent, moved, index), furthest(extent))).toBe(moved);
    }
  });
});

test("a page key keeps one row of the page before", () => {
  expect(rowsPerPage({ count: 100, rowPx: 46, viewPx: 460 })).toBe(9);
  expect(rowsPerPage({ count: 100, rowPx: 46, viewPx: 10 })).toBe(1);
});
