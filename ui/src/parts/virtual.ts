// The arithmetic of a list that draws only the rows in view. Pure: pixels and counts in, pixels
// and indexes out. Engines stop growing an element near 33 million pixels, so beyond
// [`MAX_SPACER_PX`] the scroll position is mapped in proportion.

/** The tallest element that a list makes. */
export const MAX_SPACER_PX = 16_000_000;

/** What a list is made of, and how much of it can be seen. */
export interface Extent {
  count: number;
  rowPx: number;
  viewPx: number;
}

/** The rows to draw: `first` up to, not including, `end`. */
export interface Span {
  first: number;
  end: number;
}

/** How tall the scrolled element is. */
export function spacerPx({ count, rowPx }: Extent): number {
  return Math.min(count * rowPx, MAX_SPACER_PX);
}

/** How many pixels of rows one pixel of scrolling passes; 1 unless the list is taller than its element. */
function scale(extent: Extent): number {
  const reach = spacerPx(extent) - extent.viewPx;
  const rows = extent.count * extent.rowPx - extent.viewPx;
  return reach > 0 && rows > reach ? rows / reach : 1;
}

/** Where the upper edge of the view stands, in pixels of rows. */
export function viewTopPx(extent: Extent, scrollTop: number): number {
  const furthest = Math.max(0, extent.count * extent.rowPx - extent.viewPx);
  return Math.min(Math.max(0, scrollTop * scale(extent)), furthest);
}

/** The rows that touch the view, with `extra` on each side. */
export function spanAt(extent: Extent, scrollTop: number, extra: number): Span {
  const top = viewTopPx(extent, scrollTop);
  const first = Math.max(0, Math.floor(top / extent.rowPx) - extra);
  const end = Math.min(extent.count, Math.ceil((top + extent.viewPx) / extent.rowPx) + extra);
  return { first, end: Math.max(first, end) };
}

/** Where row `index` is to be put within the scrolled element. */
export function offsetPx(extent: Extent, scrollTop: number, index: number): number {
  if (scale(extent) === 1) return index * extent.rowPx;
  return Math.round(scrollTop + index * extent.rowPx - viewTopPx(extent, scrollTop));
}

/** How many rows can be in the document at once; their elements are reused in a ring of this size. */
export function ringSize({ rowPx, viewPx }: Extent, extra: number): number {
  return Math.ceil(viewPx / rowPx) + 1 + 2 * extra;
}

/** The scroll position nearest to `scrollTop` that shows all of row `index`. */
export function scrollTopToShow(extent: Extent, scrollTop: number, index: number): number {
  const factor = scale(extent);
  const top = viewTopPx(extent, scrollTop);
  const rowTop = index * extent.rowPx;
  const rowEnd = rowTop + extent.rowPx;
  const slack = factor; // a scaled position is only as fine as one pixel of scrolling
  if (rowTop < top - slack) return Math.floor(rowTop / factor);
  if (rowEnd > top + extent.viewPx + slack) return Math.ceil((rowEnd - extent.viewPx) / factor);
  return scrollTop;
}

/** How many rows a page key moves by: a view's worth, less one to keep the place. */
export function rowsPerPage({ rowPx, viewPx }: Extent): number {
  return Math.max(1, Math.floor(viewPx / rowPx) - 1);
}
