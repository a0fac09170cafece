/** One sandboxed process that answers queries over the snapshots of one folder, one after the other. */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { z } from "zod";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxPort, SandboxProcess } from "../sandbox/port";

const HEAP_MAX_MB = 64;
const LIMITS = {
  processes: 32,
  fileSizeBytes: 1024 * 1024,
  openFiles: 64,
  cpuSeconds: 3_600,
  tmpSizeBytes: 1024 * 1024,
  // For what the reader's own limits of SQLite and of the heap leave out. Node 24 reserves half of it at its start.
  memoryBytes: 1024 * 1024 * 1024,
};
/** Extra size of an answer around its rows; a reader that sends more is not our program. */
const ANSWER_SLACK_BYTES = 64 * 1024;

interface ReaderRequest {
  /** The name of a file in the folder. */
  file: string;
  sql: string;
  maxRows: number;
  maxBytes: number;
}

const cell = z.union([z.string(), z.number(), z.null()]);
const readerAnswer = z.union([
  z.strictObject({ columns: z.array(z.string()), rows: z.array(z.array(cell)), truncated: z.boolean() }),
  /** Why SQLite or the reader refuses the query; not a complete sentence. */
  z.strictObject({ refused: z.string() }),
  /** The file is missing, or cannot be read. */
  z.strictObject({ gone: z.string() }),
]);
/** `ended`: why the process has ended. */
export type ReaderAnswer = z.output<typeof readerAnswer> | { ended: "timeout" | "died" };

export interface ReaderProcess {
  /** Only one request at a time. Rejects with the signal's reason when it aborts, which also ends the process. */
  ask(request: ReaderRequest, timeoutMs: number, signal: AbortSignal): Promise<ReaderAnswer>;
  /** Settles when the process has ended for any reason; never rejects. */
  ended: Promise<unknown>;
  kill(): Promise<void>;
}

/**
 * Starts a reader. `program` is the folder of the running system's files. Rejects with one sentence when it cannot
 * start.
 */
export async function startReader(sandbox: SandboxPort, program: string, folder: string): Promise<ReaderProcess> {
  const library = path.dirname(
    createRequire(path.join(program, "package.json")).resolve("better-sqlite3/package.json"),
  );
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveToTools(folder);
  const process = await sandbox.start({
    command: `exec ${nodeProgram()} --max-old-space-size=${HEAP_MAX_MB} /banyan/reader.mjs`,
    workspace: null,
    hiddenPaths: [],
    readOnly: [
      { source: path.join(program, "lib", "sql", "reader.mjs"), at: "/banyan/reader.mjs" },
      { source: library, at: "/banyan/node_modules/better-sqlite3" },
      { source: folder, at: "/banyan/snapshots" },
    ],
    limits: LIMITS,
  });
  const lines = lineReader(process);
  const ready = await lines.next(ANSWER_SLACK_BYTES);
  if (ready === "ready") return readerOver(process, lines);
  await process.kill();
  const reason =
    lines
      .errorText()
      .split("\n")
      .find((line) => /^\w*Error\b/.test(line)) ?? "it ended before it was ready";
  throw new Error(`The SQL reader could not be started (${reason.trim()}).`);
}

function readerOver(process: SandboxProcess, lines: LineReader): ReaderProcess {
  return {
    ended: process.ended,
    kill: () => process.kill(),
    async ask(request, timeoutMs, signal) {
      signal.throwIfAborted();
      let endedBy: "timeout" | "died" = "died";
      const onAbort = () => void process.kill();
      signal.addEventListener("abort", onAbort, { once: true });
      const timer = setTimeout(() => {
        endedBy = "timeout";
        void process.kill();
      }, timeoutMs);
      try {
        process.stdin.write(`${JSON.stringify(request)}\n`);
        const line = await lines.next(request.maxBytes + ANSWER_SLACK_BYTES);
        const answer = line === null || signal.aborted ? null : parsed(line);
        if (answer) return answer;
        await process.kill();
        signal.throwIfAborted();
        return { ended: endedBy };
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

/** Returns null for an answer that our reader would never send. */
function parsed(line: string): ReaderAnswer | null {
  try {
    return readerAnswer.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

interface LineReader {
  /** Returns the next line, or null when the process ended first, or the line exceeded the limit. */
  next(maxBytes: number): Promise<string | null>;
  /** Returns the beginning of its standard error. */
  errorText(): string;
}

function lineReader({ stdin, stdout, stderr, ended }: SandboxProcess): LineReader {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let errorText = "";
  let isOver = false;
  let wake = () => {};
  stdin.on("error", () => undefined);
  stderr.on("data", (chunk: Buffer) => {
    if (errorText.length < ANSWER_SLACK_BYTES) errorText += chunk.toString("utf8");
  });
  stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    wake();
  });
  const over = () => {
    isOver = true;
    wake();
  };
  stdout.on("close", over);
  void ended.then(over);

  return {
    errorText: () => errorText,
    async next(maxBytes) {
      for (;;) {
        const end = chunks.at(-1)?.indexOf(10) ?? -1;
        if (end >= 0) {
          const line = Buffer.concat(chunks);
          chunks = [];
          bytes = 0;
          // One line answers one request, so no data may follow it.
          return line.indexOf(10) === line.length - 1 ? line.toString("utf8", 0, line.length - 1) : null;
        }
        if (isOver || bytes > maxBytes) return null;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** Returns the Node for which the library was built; a Node outside /usr comes first in the sandbox's search path. */
function nodeProgram(): string {
  return /^\/(usr|bin)\//.test(process.execPath) ? process.execPath : "node";
}
