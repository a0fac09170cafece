/** Measures inside a page, with the browser's clock. */
import type { BrowserContext, Page } from "@playwright/test";

interface Marks {
  /** Milliseconds from the start of the navigation until the frame that first shows the element. */
  shownMs?: number;
  /** Milliseconds until the socket was open and keys worked. */
  liveMs?: number;
  longTasksMs: number[];
  keysMs: number[];
}

const marksOf = (page: Page) => page.evaluate(() => (window as unknown as { marks: Marks }).marks);

export interface Opened {
  page: Page;
  shownMs: number;
  liveMs: number;
  /** The longest time that the page did not react, up to a second after it was live. */
  longestTaskMs: number;
  /** CPU time of the page's main thread until then, which other load on the machine does not affect. */
  cpuMs: number;
}

const SHOWN_LIMIT_MS = 120_000;

/** Opens a new tab. Measures how long it takes until `selector` is painted, and until the page is live. */
export async function openTimed(context: BrowserContext, url: string, selector: string): Promise<Opened> {
  const page = await context.newPage();
  await page.addInitScript(noteShown, selector);
  const cpu = await mainThread(page);
  await page.goto(url, { waitUntil: "commit", timeout: SHOWN_LIMIT_MS });
  await page.waitForFunction(() => (window as unknown as { marks: Marks }).marks.liveMs !== undefined, null, {
    timeout: SHOWN_LIMIT_MS,
  });
  await page.waitForTimeout(1_000);
  const { shownMs = Number.NaN, liveMs = Number.NaN, longTasksMs } = await marksOf(page);
  return { page, shownMs, liveMs, longestTaskMs: Math.max(0, ...longTasksMs), cpuMs: await cpu() };
}

/** Runs in the page before its own scripts. */
function noteShown(selector: string): void {
  const marks: Marks = { longTasksMs: [], keysMs: [] };
  Object.assign(window, { marks });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) marks.longTasksMs.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });
  /** A message posted within a frame arrives when the frame is done. */
  const afterFrame = (then: () => void) =>
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = then;
      after.port2.postMessage(null);
    });
  const note = (wanted: string, name: "shownMs" | "liveMs") => {
    const observer = new MutationObserver(poll);
    observer.observe(document, { subtree: true, childList: true, attributeFilter: ["data-connection"] });
    function poll(): void {
      if (!document.querySelector(wanted)) return;
      observer.disconnect();
      afterFrame(() => {
        marks[name] = performance.now();
      });
    }
    poll();
  };
  note(selector, "shownMs");
  note("[data-connection=live]", "liveMs");
}

/** Returns a function that resolves with the CPU milliseconds of the page's main thread since this call. */
export async function mainThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1_000;
  };
  const before = await read();
  return async () => (await read()) - before;
}

/** Types and resolves with the milliseconds from each key until the next frame was done. */
export async function typeTimed(page: Page, text: string, keyMs: number): Promise<number[]> {
  await page.evaluate(noteKeys);
  await page.keyboard.type(text, { delay: keyMs });
  await page.waitForTimeout(500);
  return (await marksOf(page)).keysMs;
}

function noteKeys(): void {
  const { marks } = window as unknown as { marks: Marks };
  marks.keysMs = [];
  addEventListener(
    "keydown",
    ({ timeStamp }) =>
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => marks.keysMs.push(performance.now() - timeStamp);
        after.port2.postMessage(null);
      }),
    { capture: true },
  );
}

export interface Scrolled {
  framesPerSecond: number;
  longestFrameMs: number;
  frames: number;
  /** Height of the scrollable content. */
  heightPx: number;
}

/** Scrolls a list down from its top by several rows per frame, for the given time. */
export function scrollTimed(page: Page, selector: string, forMs: number): Promise<Scrolled> {
  return page.evaluate(scroll, { selector, forMs, stepPx: 120 });
}

async function scroll({ selector, forMs, stepPx }: { selector: string; forMs: number; stepPx: number }) {
  const list = document.querySelector(selector);
  if (!list) throw new Error(`No element matches ${selector}.`);
  const frameMs: number[] = [];
  const startMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
  let lastMs = startMs;
  while (lastMs - startMs < forMs) {
    list.scrollTop = list.scrollTop + list.clientHeight >= list.scrollHeight - 1 ? 0 : list.scrollTop + stepPx;
    const nowMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    frameMs.push(nowMs - lastMs);
    lastMs = nowMs;
  }
  return {
    framesPerSecond: (frameMs.length * 1_000) / (lastMs - startMs),
    longestFrameMs: Math.max(...frameMs),
    frames: frameMs.length,
    heightPx: list.scrollHeight,
  };
}

/** Resolves with the longest tasks since the previous call. */
export async function longestTaskSince(page: Page, count: number): Promise<{ longestMs: number; count: number }> {
  const { longTasksMs } = await marksOf(page);
  return { longestMs: Math.max(0, ...longTasksMs.slice(count)), count: longTasksMs.length };
}

/** Resolves with the megabytes still in use after a garbage collection. */
export async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  for (let round = 0; round < 2; round += 1) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize / 1024 ** 2;
}
