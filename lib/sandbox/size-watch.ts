/**
 * Limits the size of a workspace. A sample only asks how full the file system is, which is cheap. Only when enough
 * space is gone that the folder may be above its limit, `du` measures it in a separate process.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";

export interface SizeWatch {
  /**
   * Samples until the returned function is called; calls `onOver` once, with a sentence, when the folder is too large.
   */
  watch(folder: string, onOver: (sentence: string) => void): () => void;
  /** Has to be awaited before a command starts: measures the folder again where that matters. */
  prepare(folder: string): Promise<void>;
}

export interface SizeWatchOptions {
  limitBytes: number;
  firstPollMs?: number;
  pollMs?: number;
  longestUnmeasuredMs?: number;
}

interface Measured {
  /** Null before the first measurement. */
  bytes: number | null;
  /** The least that it held since it is above the limit; null while it is not. */
  leastAboveBytes: number | null;
  /** Free space of the file system at that measurement. */
  freeBytes: number;
  freeFiles: number;
  /** When the folder may be measured again, so that measuring takes a small part of the time. */
  notBeforeMs: number;
  measuring: Promise<void> | null;
}

const FIRST_POLL_MS = 200;
const POLL_MS = 250;
/** Other programs may have freed the space that this folder took, so it is measured now and then in any case. */
const LONGEST_UNMEASURED_MS = 60_000;
const MEASURING_SHARE = 20;
const MEASURE_TIMEOUT_MS = 120_000;
/** The least that a file counts, so that millions of empty files are too much as well. */
const LEAST_FILE_BYTES = 1024;
/** Extra space in a folder above its limit, because cleaning up needs a little: for all commands together, then for each. */
const SLACK_BYTES = 16 * 1024 * 1024;
const LAST_SLACK_BYTES = 1024 * 1024;
const MAX_FOLDERS = 500;

interface SizeWatchContext extends Required<SizeWatchOptions> {
  folders: Map<string, Measured>;
}

/** One command's folder while it is watched. */
interface Watched {
  folder: string;
  state: Measured;
  atStart: Room;
  /** Null before the first measurement. */
  allowedBytes: number | null;
  measuredMs: number;
  isStopped: boolean;
  timer: NodeJS.Timeout | undefined;
  onOver(sentence: string): void;
}

export function createSizeWatch({
  limitBytes,
  firstPollMs = FIRST_POLL_MS,
  pollMs = POLL_MS,
  longestUnmeasuredMs = LONGEST_UNMEASURED_MS,
}: SizeWatchOptions): SizeWatch {
  const context: SizeWatchContext = { limitBytes, firstPollMs, pollMs, longestUnmeasuredMs, folders: new Map() };
  return {
    prepare: (folder) => prepare(context, folder),
    watch: (folder, onOver) => watch(context, folder, onOver),
  };
}

async function prepare(context: SizeWatchContext, folder: string): Promise<void> {
  const state = stateOf(context, folder);
  // A folder that was never measured may have been filled by commands too short to be sampled.
  const mayHold = state.bytes === null ? context.limitBytes / 4 : context.limitBytes;
  if (suspected(state, roomOf(folder)) > mayHold) await measure(context, folder, state);
}

function watch(context: SizeWatchContext, folder: string, onOver: (sentence: string) => void): () => void {
  const state = stateOf(context, folder);
  const watched: Watched = {
    folder,
    state,
    atStart: roomOf(folder),
    allowedBytes: state.bytes === null ? null : allowed(state, state.bytes, context.limitBytes),
    measuredMs: performance.now(),
    isStopped: false,
    timer: undefined,
    onOver,
  };
  watched.timer = setTimeout(() => check(context, watched), context.firstPollMs);
  return () => {
    watched.isStopped = true;
    clearTimeout(watched.timer);
  };
}

async function check(context: SizeWatchContext, watched: Watched): Promise<void> {
  const { limitBytes, longestUnmeasuredMs } = context;
  const { folder, state, atStart } = watched;
  const room = roomOf(folder);
  const now = performance.now();
  const isDue = watched.allowedBytes === null || now - watched.measuredMs > longestUnmeasuredMs;
  const isSuspect = suspected(state, room) > (watched.allowedBytes ?? limitBytes);
  if ((isDue || isSuspect) && now >= state.notBeforeMs) {
    await measure(context, folder, state);
    watched.measuredMs = performance.now();
    const before = (state.bytes ?? 0) - taken(atStart, state);
    watched.allowedBytes ??= allowed(state, before, limitBytes);
  }
  if (watched.isStopped) return;
  // No measurement shows deleted files that are still open, or unreadable files, so a nearly full disk counts as too
  // much.
  const isHidden = room.freeBytes < limitBytes / 4 && atStart.freeBytes - room.freeBytes > limitBytes;
  const isOver = isHidden || (state.bytes ?? 0) > (watched.allowedBytes ?? limitBytes);
  if (isOver) watched.onOver(sentenceFor(limitBytes));
  else watched.timer = setTimeout(() => check(context, watched), context.pollMs);
}

function stateOf({ folders }: SizeWatchContext, folder: string): Measured {
  const known = folders.get(folder);
  if (known) return known;
  for (const oldest of folders.keys()) {
    if (folders.size < MAX_FOLDERS) break;
    folders.delete(oldest);
  }
  const made = { bytes: null, leastAboveBytes: null, ...roomOf(folder), notBeforeMs: 0, measuring: null };
  folders.set(folder, made);
  return made;
}

/** Returns the most that the folder may contain by now, if no other program freed space. */
function suspected(state: Measured, room: Room): number {
  return (state.bytes ?? 0) + taken(state, room);
}

/** Returns what was taken of the file system in between, in bytes as a folder is measured: empty files take room too. */
function taken(before: Room, after: Room): number {
  return Math.max(0, before.freeBytes - after.freeBytes, (before.freeFiles - after.freeFiles) * LEAST_FILE_BYTES);
}

/** Measures the folder; parallel requests share one measurement. */
function measure(context: SizeWatchContext, folder: string, state: Measured): Promise<void> {
  state.measuring ??= measureNow(context, folder, state).finally(() => {
    state.measuring = null;
  });
  return state.measuring;
}

async function measureNow({ limitBytes }: SizeWatchContext, folder: string, state: Measured): Promise<void> {
  const startedMs = performance.now();
  const room = roomOf(folder);
  const bytes = (await sizeOf(folder)) ?? state.bytes;
  const tookMs = performance.now() - startedMs;
  const isAbove = bytes !== null && bytes > limitBytes;
  Object.assign(state, room, {
    bytes,
    leastAboveBytes: isAbove ? Math.min(bytes, state.leastAboveBytes ?? bytes) : null,
    notBeforeMs: performance.now() + tookMs * MEASURING_SHARE,
  });
}

function allowed({ leastAboveBytes }: Measured, bytesAtStart: number, limitBytes: number): number {
  if (bytesAtStart <= limitBytes) return limitBytes;
  const least = Math.min(bytesAtStart, leastAboveBytes ?? bytesAtStart);
  return Math.max(least + SLACK_BYTES, bytesAtStart + LAST_SLACK_BYTES);
}

function sentenceFor(limitBytes: number): string {
  const megabytes = Math.round(limitBytes / 1024 ** 2);
  return `The command was ended, because the workspace is larger than ${megabytes} MB; delete files that are not needed.`;
}

type Room = Pick<Measured, "freeBytes" | "freeFiles">;

function roomOf(folder: string): Room {
  try {
    const { bfree, bsize, ffree } = fs.statfsSync(folder);
    return { freeBytes: bfree * bsize, freeFiles: ffree };
  } catch {
    // A removed folder takes no space.
    return { freeBytes: Number.MAX_SAFE_INTEGER, freeFiles: Number.MAX_SAFE_INTEGER };
  }
}

/** Does not follow links or enter other file systems. Returns null when the measurement failed. */
async function sizeOf(folder: string): Promise<number | null> {
  const [kilobytes, files] = await Promise.all([du(["-skx", "--", folder]), du(["-sx", "--inodes", "--", folder])]);
  if (kilobytes === null) return null;
  return Math.max(kilobytes * 1024, (files ?? 0) * LEAST_FILE_BYTES);
}

function du(args: string[]): Promise<number | null> {
  return new Promise((resolve) => {
    // It fails when a file vanished or cannot be read, but has measured the rest. Its error output is dropped, because
    // an agent can make it arbitrarily long.
    const child = spawn("du", args, {
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" } as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: MEASURE_TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(0, 100);
    });
    child.once("error", () => resolve(null));
    child.once("close", () => {
      const number = /^(\d+)\s/.exec(output)?.[1];
      resolve(number === undefined ? null : Number(number));
    });
  });
}
