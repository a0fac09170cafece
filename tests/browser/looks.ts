/** Looks at a page in its sizes and colour schemes: with axe, and for what scrolls sideways. */
import type { Page } from "@playwright/test";
import { axeFaults, COLOUR_RULES } from "./axe";
import { expect } from "./real-server";

const SIZES = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 1024, height: 900 },
  phone: { width: 390, height: 844 },
};

/** A folder in which each look leaves a picture: taking one costs as much as checking the page. */
const PICTURES = process.env.BANYAN_PICTURES ? "test-results/looks" : undefined;

export interface Look {
  sizes?: (keyof typeof SIZES)[];
  /** Whether large boxes in the page must not scroll sideways either; a timeline does. */
  boxes?: boolean;
  /** Runs at each size before the page is checked. */
  before?: () => Promise<void>;
}

/**
 * Checks the page with axe in light and dark, and that it does not scroll sideways. With `BANYAN_PICTURES=1` it leaves a
 * picture of each look.
 */
export async function looks(
  page: Page,
  name: string,
  { sizes = ["wide", "phone"], boxes = true, before }: Look = {},
): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(SIZES[size]);
    for (const colorScheme of ["light", "dark"] as const) {
      // A colour on its way to another one is not what people see.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await before?.();
      // Another scheme changes colours only.
      const rules = colorScheme === "dark" ? COLOUR_RULES : undefined;
      expect({ name, size, colorScheme, faults: await axeFaults(page, rules) }).toMatchObject({ faults: [] });
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}-${size}-${colorScheme}.png`, fullPage: true });
    }
    const sideways = (await page.evaluate(sidewaysBoxes)).filter((box) => boxes || box.startsWith("HTML "));
    expect({ name, size, sideways }).toMatchObject({ sideways: [] });
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
  await page.setViewportSize(SIZES.wide);
}

/** Returns the page and the large boxes in it that scroll sideways. Code and tables may: they have boxes of their own. */
function sidewaysBoxes(): string[] {
  const boxes = [document.documentElement, ...document.querySelectorAll("main, main div")];
  return boxes
    .filter((box) => box.scrollWidth > box.clientWidth && (box === boxes[0] || box.clientHeight > 300))
    .filter((box) => box === boxes[0] || /auto|scroll/.test(getComputedStyle(box).overflowX))
    .map((box) => `${box.tagName} ${box.className}: ${box.scrollWidth} of ${box.clientWidth}`);
}
