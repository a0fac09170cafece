import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import pLimit from "p-limit";
import { WebError } from "./errors";

interface Converted {
  title: string;
  markdown: string;
}

export interface ConverterLimits {
  timeoutMs: number;
  memoryMb: number;
  /** Pages that are converted in parallel; other pages wait. */
  atOnce: number;
}

export type Converter = (html: string, url: string, signal: AbortSignal) => Promise<Converted>;

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Returns a converter from pages to Markdown that runs each page in its own process with limits: a page can be built to
 * take hours or all memory, and a thread that runs out of memory may crash the server. Rejects with a `WebError` when a
 * limit is reached. `program` is the folder of the running system's files.
 */
export function createConverter(limits: ConverterLimits, program: string): Converter {
  const limited = pLimit(limits.atOnce);
  return (html, url, signal) =>
    limited(() => {
      signal.throwIfAborted();
      return convert(start(limits, program), html, url, signal, limits.timeoutMs);
    });
}

async function convert(
  child: ChildProcess,
  html: string,
  url: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Converted> {
  const end = () => child.kill("SIGKILL");
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener("abort", end, { once: true });
  try {
    const output = await outputOf(child, JSON.stringify({ html, url }));
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

function start(limits: ConverterLimits, program: string): ChildProcess {
  // The shell sets a CPU limit, which holds even if this process dies and can no longer end the other.
  const script = join(program, "lib", "web", "pages", "convert-page.mjs");
  const node = [process.execPath, `--max-old-space-size=${limits.memoryMb}`, "--no-warnings", script];
  // CPU time counts all threads, and the garbage collector has several.
  const seconds = String(Math.ceil((2 * limits.timeoutMs) / 1000));
  return spawn("/bin/sh", ["-c", 'ulimit -c 0; ulimit -t "$1"; shift; exec "$@"', "sh", seconds, ...node], {
    cwd: "/",
    env: { NODE_ENV: "production" },
    stdio: ["pipe", "pipe", "ignore"],
  });
}

/** Resolves with null when the process ended in any way other than success. */
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
    // A process that ended reads no more; its exit status says why.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
