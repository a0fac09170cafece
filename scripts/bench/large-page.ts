/** A tree of 10,000 tasks in a real browser: how long until a person can use its page, and how smoothly it scrolls. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import type { Page } from "@playwright/test";
import { end, launch, linkOf } from "./browser";
import { type Row, row } from "./row";
import { median } from "./statistics";
import { startBenchTrial } from "./trial";

/** 1 + 99 + 9,900 tasks. */
const PLAN = { turns: 1, spread: [99, 100] };
/** The first openings are the server's and the browser's, which compile what they run. */
const OPENINGS = 7;
const WARM_UP = 2;
const FRAMES = 200;
/** Five rows with each frame: a wheel that is turned quickly. */
const STEP_PX = 140;

export async function largePageRows(): Promise<Row[]> {
  const trial = await startBenchTrial({ synchronous: "NORMAL" });
  await trial.work();
  const id = await trial.submit(PLAN);
  await trial.ended([id]);
  await trial.rest();
  await trial.runtime.close();
  const env: NodeJS.ProcessEnv = { ...process.env, BANYAN_DATA_DIR: trial.dataDir, PORT: "0", LOG_LEVEL: "error" };
  const server = spawn(process.execPath, ["scripts/start.mjs"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const browser = await launch();
  try {
    const link = await linkOf(server);
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await page.goto(link);
    // All of it unfolded: every task has a row.
    const address = `${new URL(link).origin}/trees/${id}?all=open`;
    const openings: number[] = [];
    for (let n = 0; n < OPENINGS; n += 1) openings.push(await open(page, address));
    const frameMs = await page.evaluate(scroll, { frames: FRAMES, stepPx: STEP_PX });
    const name = "tree of 10,000 in a browser";
    const warm = openings.slice(WARM_UP);
    return [
      row(name, "opened, its keys work", median(warm), "ms", 1_500, `median of ${warm.length}, every task unfolded`),
      row(name, "first opening", openings[0] ?? 0, "ms"),
      row(name, "a frame while it scrolls", frameMs, "ms", 20, `mean of ${FRAMES}, ${STEP_PX} px each: 50 a second`),
    ];
  } finally {
    await browser.close();
    await end(server);
    rmSync(trial.dataDir, { recursive: true, force: true });
  }
}

/** Milliseconds until a key moves the selection. */
async function open(page: Page, address: string): Promise<number> {
  await page.goto("about:blank");
  const startedMs = performance.now();
  await page.goto(address, { waitUntil: "commit" });
  await page.getByRole("treeitem").nth(20).waitFor();
  await page.evaluate(untilKeysWork);
  return performance.now() - startedMs;
}

/** In the page. */
async function untilKeysWork(): Promise<void> {
  const isMoved = () => document.querySelector("[role=treeitem][aria-selected=true][aria-level='2']") !== null;
  while (!isMoved()) {
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
}

/** In the page: the mean length of a frame. */
async function scroll({ frames, stepPx }: { frames: number; stepPx: number }): Promise<number> {
  const list = document.querySelector("[role=tree]");
  const startedMs = performance.now();
  for (let n = 0; n < frames; n += 1) {
    await new Promise(requestAnimationFrame);
    if (list) list.scrollTop += stepPx;
  }
  return (performance.now() - startedMs) / frames;
}
