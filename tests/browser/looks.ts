/** Pictures of a page in both sizes and schemes, each checked with axe and for sideways scrolling. */
import type { Page } from "@playwright/test";
import { axeFaults } from "./axe";
import { expect } from "./real-server";

const SIZES = [
  ["wide", 1440, 900],
  ["phone", 390, 844],
] as const;

/**
 * Checks the page with axe in light and dark, wide and on a phone, and leaves a picture of each. `boxes`: whether large boxes
 * in the page must not scroll sideways; a timeline does.
 */
export async function looks(page: Page, name: string, boxes = true): Promise<void> {
  for (const [size, width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFaults(page)).toEqual([]);
      await page.screenshot({ path: `test-results/${name}-${size}-${colorScheme}.png` });
    }
    expect((await page.evaluate(sidewaysBoxes)).filter((box) => boxes || box.startsWith("HTML "))).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** Returns the page and the large boxes in it that scroll sideways. Code and tables may: they have boxes of their own. */
function sidewaysBoxes(): string[] {
  const boxes = [document.documentElement, ...document.querySelectorAll("main, main div")];
  return boxes
    .filter((box) => box.scrollWidth > box.clientWidth && (box === boxes[0] || box.clientHeight > 300))
    .filter((box) => box === boxes[0] || /auto|scroll/.test(getComputedStyle(box).overflowX))
    .map((box) => `${box.tagName} ${box.className}: ${box.scrollWidth} of ${box.clientWidth}`);
}
