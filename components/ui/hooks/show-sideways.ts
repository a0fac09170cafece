"use client";

/** Room for the ring of the focus. */
const ROOM_PX = 4;

/** Scrolls a row of chips or tabs so that the whole element is in view. Browsers leave an element that is partly in view where it is. */
export function showSideways(element: Element): void {
  for (let row = element.parentElement; row && row !== document.body; row = row.parentElement) {
    if (row.scrollWidth <= row.clientWidth || !/auto|scroll/.test(getComputedStyle(row).overflowX)) continue;
    const [inner, outer] = [element.getBoundingClientRect(), row.getBoundingClientRect()];
    if (inner.width + 2 * ROOM_PX > outer.width) return;
    row.scrollLeft += Math.max(0, inner.right + ROOM_PX - outer.right) - Math.max(0, outer.left + ROOM_PX - inner.left);
    return;
  }
}
