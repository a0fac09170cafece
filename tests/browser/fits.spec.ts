/** Nothing is cut off and nothing collides, on any page: rings of the focus, columns in windows of any width, a zoom of 200 %. */
import type { Page } from "@playwright/test";
import { BROWSER, type EveryPage, ROUTE, type Stop, startEveryPage } from "./every-page-route";
import { cutRings, textFaults } from "./fits";
import { expect, test } from "./real-server";

/** The number of pages that are checked in parallel. */
const TABS = 2;
const WINDOWS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const COLUMNS = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
  { width: 800, height: 768 },
];
/** A window of 1440 x 900 at a zoom of 200 %, and one that is smaller. */
const ZOOMED = [
  { width: 720, height: 450 },
  { width: 640, height: 400 },
];
const OUTLINE_ROWS = 5;

let every: EveryPage;

test.beforeAll(async ({ browser }) => {
  every = await startEveryPage(browser);
});

test.afterAll(() => every?.end());

/** Opens each page, and returns what the check finds with the name of the page. */
async function walk(check: (page: Page, stop: Stop) => Promise<string[]>): Promise<string[]> {
  const signedOut = await every.signedIn.browser()?.newContext(BROWSER);
  const left = [...ROUTE];
  const faults: string[] = [];
  const next = async () => {
    for (let stop = left.shift(); stop; stop = left.shift()) {
      const page = await (stop.signedOut && signedOut ? signedOut : every.signedIn).newPage();
      for (const fault of await check(page, stop)) faults.push(`${stop.name} ${fault}`);
      await page.close();
    }
  };
  await Promise.all(Array.from({ length: TABS }, next));
  await signedOut?.close();
  return faults;
}

async function textFaultsIn(page: Page, stop: Stop, windows: readonly { width: number; height: number }[]) {
  const faults: string[] = [];
  await every.open(page, stop);
  for (const window of windows) {
    await page.setViewportSize(window);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > window.width) faults.push(`${window.width}: it is ${wide} px wide`);
    for (const fault of await textFaults(page)) faults.push(`${window.width}: ${fault}`);
  }
  return faults;
}

test("no ring of the focus is cut off", async () => {
  test.setTimeout(1_800_000);
  const faults = await walk(async (page, stop) => {
    const found: string[] = [];
    for (const window of WINDOWS) {
      await page.setViewportSize(window);
      await every.open(page, stop);
      for (const fault of await cutRings(page)) found.push(`${window.width}: ${fault}`);
    }
    return found;
  });
  expect(faults).toEqual([]);
});

test("no texts collide and none is cut without an ellipsis, in wide and narrow windows", async () => {
  expect(await walk((page, stop) => textFaultsIn(page, stop, COLUMNS))).toEqual([]);
});

test("at a zoom of 200 % nothing collides or scrolls sideways", async () => {
  expect(await walk((page, stop) => textFaultsIn(page, stop, ZOOMED))).toEqual([]);
});

test("at a zoom of 200 % the outline has room for five rows", async () => {
  const page = await every.signedIn.newPage();
  await page.goto(`${every.server.url}/trees/${every.seeded.tree}`);
  for (const window of ZOOMED) {
    await page.setViewportSize(window);
    const rows = page.getByRole("treeitem");
    await expect.poll(async () => (await rows.first().boundingBox())?.height).toBe(28);
    const room = await page.getByRole("tree").evaluate((tree) => {
      const { top, bottom } = tree.getBoundingClientRect();
      const tabs = document.querySelector("nav[aria-label='Main, phone']")?.getBoundingClientRect().top ?? 0;
      return Math.min(bottom, tabs) - top;
    });
    expect(room, `${window.width} x ${window.height}`).toBeGreaterThanOrEqual(OUTLINE_ROWS * 28);
  }
  await page.close();
});
