/**
 * Measures how fast the pages are, with the real server in its own processes and a real browser. The table shows targets
 * next to the figures; a missed target does not fail the bench, because other load on the machine may cause it.
 */
import { rmSync } from "node:fs";
import type { Browser, BrowserContext } from "@playwright/test";
import { median } from "@/lib/statistics/paired-ratio";
import { launchBrowser, type Served, startServed } from "./real-server";
import { type Row, row } from "./rows/row";
import { LONG_ENTRIES, prepareWebData, type WebData } from "./web-data";
import { streamedRows } from "./web-streamed";
import { longestTaskSince, mainThread, type Opened, openTimed, scrollTimed } from "./web-tab";

const ROUNDS = 3;
const SCROLLED_MS = 4_000;
/** Least height of a row in the outline. Fewer pixels per task mean that the page does not show the whole tree. */
const ROW_PX = 24;
const LARGE_TASKS = 10_000;
const WHEEL_TURNS = 60;

export async function webRows(): Promise<Row[]> {
  const data = await prepareWebData();
  const browser = await launchBrowser();
  try {
    // No worker runs these trees, because only reading is measured.
    const server = await startServed(data.dataDir, {}, [["--role", "web"]]);
    try {
      const enter = await signedIn(browser, server);
      const pages = await pageRows(server, enter, data);
      const large = await largeRows(server, enter, data);
      const long = await longRows(server, enter, data);
      return [...pages, ...large, ...long, ...(await streamedRows(browser))];
    } finally {
      await server.stop();
    }
  } finally {
    await browser.close();
    rmSync(data.dataDir, { recursive: true, force: true });
  }
}

/** Opens signed-in browsers without a cache. */
type Enter = () => Promise<BrowserContext>;

async function signedIn(browser: Browser, server: Served): Promise<Enter> {
  const first = await browser.newContext();
  const page = await first.newPage();
  await page.goto(server.link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${server.url}/`);
  const storageState = await first.storageState();
  await first.close();
  return () => browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
}

/** Resolves with the median of several openings, each in its own browser, after one that warms up the server. */
async function opened(enter: Enter, url: string, selector: string): Promise<Omit<Opened, "page">> {
  const rounds: Opened[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const context = await enter();
    const opened = await openTimed(context, url, selector);
    await context.close();
    if (round > 0) rounds.push(opened);
  }
  return {
    shownMs: median(rounds.map((round) => round.shownMs)),
    liveMs: median(rounds.map((round) => round.liveMs)),
    cpuMs: median(rounds.map((round) => round.cpuMs)),
    longestTaskMs: Math.max(...rounds.map((round) => round.longestTaskMs)),
  };
}

const TREE = "[role=tree]";
const TREE_ROW = "[role=treeitem]";
const ENTRY = "[data-seq]";
const CPU_NOTE = "of its main thread, until a second after";

async function pageRows({ url }: Served, enter: Enter, { small }: WebData): Promise<Row[]> {
  const home = await opened(enter, `${url}/`, "#main textarea");
  const tree = await opened(enter, `${url}/trees/${small}`, TREE_ROW);
  const name = "first page, warm server";
  const note = `median of ${ROUNDS} browsers without a cache`;
  return [
    row(name, "Home, painted", home.shownMs, "ms", 1_000, note),
    row(name, "Home, live", home.liveMs, "ms", undefined, "the socket is open, and keys act"),
    row(name, "Home, CPU of the page", home.cpuMs, "ms", undefined, CPU_NOTE),
    row(name, "tree of 111 tasks, painted", tree.shownMs, "ms", 1_000),
    row(name, "tree of 111 tasks, live", tree.liveMs, "ms"),
    row(name, "tree of 111 tasks, CPU of the page", tree.cpuMs, "ms"),
  ];
}

async function largeRows({ url }: Served, enter: Enter, { large }: WebData): Promise<Row[]> {
  const address = `${url}/trees/${large}`;
  const first = await opened(enter, address, TREE_ROW);
  const context = await enter();
  const { page } = await openTimed(context, address, TREE_ROW);
  const cpu = await mainThread(page);
  const { framesPerSecond, longestFrameMs, frames, heightPx } = await scrollTimed(page, TREE, SCROLLED_MS);
  const frameCpuMs = (await cpu()) / frames;
  await context.close();
  if (heightPx < LARGE_TASKS * ROW_PX)
    throw new Error(`The outline is only ${heightPx} px high, so it does not show the whole tree.`);
  const name = "tree of 10,000 tasks";
  return [
    row(name, "open, painted", first.shownMs, "ms", 1_500, `median of ${ROUNDS}`),
    row(name, "longest task while it opens", first.longestTaskMs, "ms", undefined, `worst of ${ROUNDS}`),
    row(name, "CPU of the page", first.cpuMs, "ms", undefined, CPU_NOTE),
    {
      ...row(name, "scrolling", framesPerSecond, "frames a second"),
      least: 50,
      note: `120 px a frame for ${SCROLLED_MS / 1_000} s, without a graphics card`,
    },
    row(name, "longest frame of it", longestFrameMs, "ms"),
    row(
      name,
      "CPU of a frame",
      frameCpuMs,
      "ms",
      20,
      "of the main thread: with one to itself, 20 ms are 50 frames a second",
    ),
  ];
}

async function longRows({ url }: Served, enter: Enter, { long }: WebData): Promise<Row[]> {
  const first = await opened(enter, `${url}${long}`, ENTRY);
  const context = await enter();
  const { page } = await openTimed(context, `${url}${long}`, ENTRY);
  const before = await longestTaskSince(page, 0);
  await page.locator(ENTRY).last().hover();
  for (let turn = 0; turn < WHEEL_TURNS; turn += 1) {
    await page.mouse.wheel(0, -900);
    await page.waitForTimeout(50);
  }
  const scrolled = await longestTaskSince(page, before.count);
  await context.close();
  const name = `log of ${LONG_ENTRIES.toLocaleString("en")} entries`;
  return [
    row(name, "open, painted", first.shownMs, "ms", undefined, `median of ${ROUNDS}`),
    row(name, "longest task while it opens", first.longestTaskMs, "ms", undefined, `worst of ${ROUNDS}`),
    row(name, "CPU of the page", first.cpuMs, "ms", undefined, CPU_NOTE),
    row(name, "longest task while it is scrolled", scrolled.longestMs, "ms", undefined, "0: none over 50 ms"),
  ];
}
