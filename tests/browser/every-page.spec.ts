/**
 * Checks every page on a real server with all kinds of data: it passes axe on a desktop and a phone in light and dark
 * mode, fits into a window of 320 px, which is a zoom of 400 %, has a heading and a title, stands still when the person
 * wants no motion, and logs no errors. In windows of any width and at a zoom of 200 %, texts do not collide, and
 * neither a text nor a focus ring is cut off. Each page is opened once for all checks, because opening it takes
 * longest. With BANYAN_PICTURES=1 each look at a page is kept as a picture in test-results/pages.
 */
import { readdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { axeFaults, COLOUR_RULES } from "./axe";
import { BROWSER, type EveryPage, ROUTE, type Stop, startEveryPage } from "./every-page-route";
import { cutRings, textFaults } from "./fits";
import { expect, test } from "./real-server";

/** Each width and each scheme is checked with all rules once. The other two combinations can only have wrong colours. */
const LOOKS = [
  { width: 1440, height: 900, scheme: "light", rules: undefined },
  { width: 1440, height: 900, scheme: "dark", rules: COLOUR_RULES },
  { width: 390, height: 844, scheme: "dark", rules: undefined },
  { width: 390, height: 844, scheme: "light", rules: COLOUR_RULES },
] as const;

/** The narrowest window in which a page must not scroll sideways: 1280 px at a zoom of 400 %. */
const NARROWEST = 320;

/** A window of 1440 x 900 at a zoom of 200 %, and one that is smaller. */
const ZOOMED = [
  { width: 720, height: 450 },
  { width: 640, height: 400 },
];
/** Widths at which columns are side by side and get narrow; then at a zoom of 200 %. */
const NARROWER = [{ width: 1280, height: 800 }, { width: 1024, height: 768 }, { width: 800, height: 768 }, ...ZOOMED];
const OUTLINE_ROWS = 5;

/** Nobody looks at a picture of a run that passes. */
const PICTURES = process.env.BANYAN_PICTURES ? "test-results/pages" : null;

let every: EveryPage;

test.beforeAll(async ({ browser }) => {
  every = await startEveryPage(browser);
});

test.afterAll(() => every?.end());

test("the list has every page", () => {
  const pages = readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("page.tsx") && /(^|\/)page\.tsx$/.test(file))
    .map((file) => file.replace(/\/page\.tsx$/, ""));
  expect(pages.filter((file) => !ROUTE.some((stop) => stop.file === file))).toEqual([]);
});

// Runs before the walk through all pages, which takes so long that the model that holds its answer is called again
// meanwhile.
test("the name of each row says what it is and its state", async () => {
  const page = await every.signedIn.newPage();
  const row = (role: "link" | "listitem" | "treeitem" | "row", name: RegExp) => page.getByRole(role, { name }).first();
  await page.goto(every.server.url);
  await expect(row("link", /^Hold the line – Running\. .*\$\d.* of \$5\.00 spent, /)).toBeVisible();
  await expect(row("listitem", /^Answer: Which name does it get\?$/)).toBeVisible();
  await page.goto(`${every.server.url}/trees`);
  await expect(row("link", /^Write a note – Succeeded\. /)).toBeVisible();
  await expect(row("link", /^Fork from the start – Succeeded\. /)).toBeVisible();
  await expect(row("link", /^Choose a name – Waiting for you\. Waits for you: Which name does it get\?/)).toBeVisible();
  await page.goto(`${every.server.url}/trees/${every.seeded.tree}`);
  await expect(row("treeitem", /^Translate the notes, Failed$/)).toHaveAccessibleDescription(
    /worker, 1 turn, \$\S+ spent$/,
  );
  await page.goto(`${every.server.url}/trees/${every.seeded.tree}?view=timeline`);
  await expect(row("treeitem", /^Translate the notes, Failed: ran, failed/)).toBeVisible();
  await page.goto(`${every.server.url}/review`);
  await expect(row("listitem", /^Find files \S+, open$/)).toBeVisible();
  await page.goto(`${every.server.url}/review/decided`);
  await expect(row("listitem", /^Flag: No licence\., dealt with$/)).toBeVisible();
  await page.goto(`${every.server.url}/operations/audit`);
  await expect(page.getByRole("table", { name: "Audit log" })).toBeVisible();
  await expect(row("row", /you submitTree \S+ done/)).toBeVisible();
  await page.close();
});

// A test for each page: what Playwright does for each step of a test takes longer with each step before it.
for (const stop of ROUTE)
  test(`the page ${stop.name} is accessible in light and dark mode, and whole in windows of all widths`, async ({
    browser,
  }) => {
    const context = stop.signedOut ? await browser.newContext(BROWSER) : every.signedIn;
    const page = await context.newPage();
    expect(await faultsOf(page, stop)).toEqual([]);
    await page.close();
    if (stop.signedOut) await context.close();
  });

async function faultsOf(page: Page, stop: Stop): Promise<string[]> {
  const faults: string[] = [];
  const note = (what: string) => faults.push(what);
  page.on("pageerror", (error) => note(error.message));
  page.on("console", (message) => {
    // The not-found pages answer with 404.
    if (message.type() === "error" && !(stop.name.endsWith("not-found") && message.text().includes("404")))
      note(message.text());
  });
  try {
    await every.open(page, stop);
    if (!/\S · Banyan$/.test(await page.title())) note(`its title is “${await page.title()}”`);
    const headings = await page.getByRole("heading", { level: 1 }).count();
    if (headings !== 1) note(`it has ${headings} first headings`);
    for (const look of LOOKS) await check(page, stop.name, look, note);
    await page.setViewportSize({ width: NARROWEST, height: 640 });
    await checkWidth(page, NARROWEST, note);
    for (const window of NARROWER) await checkTexts(page, window, note);
    for (const { width, height } of [LOOKS[0], LOOKS[2]]) {
      await resize(page, { width, height });
      for (const fault of await cutRings(page)) note(`${width}: ${fault}`);
    }
    for (const [name, act] of Object.entries(stop.opened)) {
      await page.setViewportSize(BROWSER.viewport);
      await every.open(page, stop);
      await act(page);
      // A menu or dialog has few colours and boxes, so the two most different combinations are enough.
      for (const look of [LOOKS[0], LOOKS[2]]) await check(page, name, look, (what) => note(`${name}: ${what}`));
    }
  } catch (error) {
    note(error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error));
  }
  return faults;
}

type Look = (typeof LOOKS)[number];

async function check(page: Page, name: string, look: Look, note: (what: string) => void): Promise<void> {
  const { width, height, scheme, rules } = look;
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  for (const fault of await axeFaults(page, rules)) note(`${width} ${scheme}: ${fault}`);
  // An element that appears a little later has an animation that ends; one that turns or blinks continues.
  const isStill = () => document.getAnimations().every((one) => one.playState !== "running");
  const comesToRest = page.waitForFunction(isStill, null, { timeout: 30_000 });
  if (!(await comesToRest.catch(() => null))) note(`${width} ${scheme}: something keeps moving`);
  await checkWidth(page, width, note);
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}-${width}-${scheme}.png` });
}

async function resize(page: Page, window: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(window);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

async function checkTexts(page: Page, window: { width: number; height: number }, note: (what: string) => void) {
  await resize(page, window);
  await checkWidth(page, window.width, note);
  for (const fault of await textFaults(page)) note(`${window.width}: ${fault}`);
}

async function checkWidth(page: Page, width: number, note: (what: string) => void): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width) note(`in ${width} px it is ${wide} px wide`);
}

test("the focus goes first to the content, and returns to the button of a menu or dialog that closes", async () => {
  const page = await every.signedIn.newPage();
  const focused = page.locator(":focus");
  await page.goto(`${every.server.url}/trees/${every.seeded.tree}`);
  await page.locator("[data-connection=live]").first().waitFor();
  await page.keyboard.press("Tab");
  await expect(focused).toHaveText("Skip to content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.locator("main :focus")).toHaveCount(1);
  for (const [name, role] of [
    ["More actions", "menu"],
    ["Filter", "dialog"],
    [/^Account of/, "dialog"],
    // A second time: now their code is loaded.
    ["More actions", "menu"],
    [/^Account of/, "dialog"],
  ] as const) {
    await page.getByRole("button", { name }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole(role)).toBeVisible();
    await expect(page.getByRole(role).locator(":focus, :scope:focus")).not.toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(page.getByRole(role)).toHaveCount(0);
    await expect(page.getByRole("button", { name })).toBeFocused();
  }
  await page.goto(every.server.url);
  await page.locator("[data-connection=live]").first().waitFor();
  await page.getByRole("button", { name: "Templates" }).press("Enter");
  await expect(page.getByRole("dialog", { name: "Templates" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Templates" })).toBeFocused();
  await page.close();
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
