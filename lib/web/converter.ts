import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { CONVERTER_SOURCE } from "./converter-source";
import { WebError } from "./errors";

export interface Converted {
  title: string;
  markdown: string;
}

export interface ConverterLimits {
  timeoutMs: number;
  memoryMb: number;
  /** Pages that are converted at the same time; the others wait. */
  atOnce: number;
}

export type Converter = (html: string, url: string, signal: AbortSignal) => Promise<Converted>;

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Turns pages into Markdown, each in a process of its own with limits: a page can be made so that its conversion takes
 * hours or all memory, and a thread that runs out of memory may take the server with it. Rejects with a `WebError` when
 * a limit is reached.
 */
export function createConverter(limits: ConverterLimits): Converter {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async (html, url, signal) => {
    while (running >= limits.atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      signal.throwIfAborted();
      return await convert(html, url, signal, limits);
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

async function convert(html: string, url: string, signal: AbortSignal, limits: ConverterLimits): Promise<Converted> {
  const child = start(limits);
  const end = () => child.kill("SIGKILL");
  const timer = setTimeout(end, limits.timeoutMs);
  signal.addEventListener("abort", end, { once: true });
  try {
    const output = await outputOf(child, JSON.stringify({ paths: packagePaths(), html, url }));
    signal.throwIfAborted();
    if (output === null) {
      throw new WebError("The page is too large or too deeply nested to be read as text; use another source.");
    }
    return JSON.parse(output) as Converted;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    end();
  }
}

function start(limits: ConverterLimits): ChildProcess {
  // The shell sets the limit that holds even when this process dies and nobody is left to end the other.
  const node = [process.execPath, `--max-old-space-size=${limits.memoryMb}`, "--no-warnings", "-e", CONVERTER_SOURCE];
  // Processor time is counted over all threads, of which the garbage collector has some.
  const seconds = String(Math.ceil((2 * limits.timeoutMs) / 1000));
  return spawn("/bin/sh", ["-c", 'ulimit -c 0; ulimit -t "$1"; shift; exec "$@"', "sh", seconds, ...node], {
    cwd: "/",
    env: { NODE_ENV: "production" },
    stdio: ["pipe", "pipe", "ignore"],
  });
}

/** Null when the process ended in any way but the right one. */
function outputOf(child: ChildProcess, input: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT_BYTES) child.kill("SIGKILL");
      else chunks.push(chunk);
    });
    child.once("error", reject);
    child.once("close", (status) => resolve(status === 0 ? Buffer.concat(chunks).toString("utf8") : null));
    // A process that was ended reads no more; why it ended is told by its status.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** Resolved here, because the program is text and has no place of its own from which packages are found. */
function packagePaths() {
  const own = createRequire(import.meta.url);
  const turndown = own.resolve("turndown");
  return {
    turndown,
    domino: createRequire(turndown).resolve("@mixmark-io/domino"),
    readability: own.resolve("@mozilla/readability"),
    plugin: pathToFileURL(own.resolve("@truto/turndown-plugin-gfm")).href,
  };
}
