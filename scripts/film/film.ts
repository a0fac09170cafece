/**
 * `npm run film`: films the demo with a real browser, for about a minute, as `dist/film/banyan.webm` with a band of
 * captions, and the captions beside it as text.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser } from "@playwright/test";
import { settleAll } from "@/tests/browser/real-server";
import { launchBrowser } from "../bench/real-server";
import { encode } from "./encode";
import { SIZE, startRecording } from "./record";
import { playScenes } from "./scenes";
import { shorten } from "./shorten";

const FOLDER = "dist/film";
const PACE_MS = "900";
/** A busy machine makes a scene longer, and the film lasts a minute. */
const SCENE_MS = 8_000;

export async function main(): Promise<void> {
  const demo = spawn(process.execPath, ["scripts/banyan.mjs", "demo", "--json", "--pace", PACE_MS], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const browser = await launchBrowser();
  try {
    settleAll(browser);
    const film = shorten(await filmed(browser, await linkOf(demo)), SCENE_MS);
    await end(demo);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, "banyan.vtt"), textOf(film.captions));
    writeFileSync(join(FOLDER, "banyan.webm"), await encode(browser, film));
    const seconds = Math.round(film.lengthMs / 1_000);
    const kilobytes = Math.round(statSync(join(FOLDER, "banyan.webm")).size / 1_024);
    console.log(`${FOLDER}/banyan.webm: ${seconds} s, ${film.frames.length} pictures, ${kilobytes} KB`);
  } finally {
    await browser.close();
    await end(demo);
  }
}

async function filmed(browser: Browser, link: string) {
  const page = await (await browser.newContext({ viewport: SIZE })).newPage();
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${new URL(link).origin}/`);
  const recording = await startRecording(page);
  await playScenes(page, recording.say);
  const film = await recording.end();
  await page.context().close();
  return film;
}

async function linkOf(demo: ChildProcess): Promise<string> {
  if (!demo.stdout) throw new Error("The demo has no output.");
  const ended = once(demo, "exit").then(() => Promise.reject(new Error("The demo has ended before it listened.")));
  const [line] = await Promise.race([once(createInterface({ input: demo.stdout }), "line"), ended]);
  return JSON.parse(String(line)).link;
}

async function end(demo: ChildProcess): Promise<void> {
  if (demo.exitCode !== null || demo.signalCode !== null) return;
  const ended = once(demo, "exit");
  demo.kill("SIGINT");
  await ended;
}

/** Returns the captions as WebVTT. */
function textOf(captions: readonly { fromMs: number; toMs: number; text: string }[]): string {
  const at = (ms: number) => new Date(ms).toISOString().slice(11, 23);
  const cues = captions.map(({ fromMs, toMs, text }) => `${at(fromMs)} --> ${at(toMs)}\n${text}\n`);
  return ["WEBVTT\n", ...cues].join("\n");
}
