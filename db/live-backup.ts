/**
 * Copies of a database that is in use, made and read back in a thread of their own: the server goes on with its work meanwhile,
 * however large the database is.
 */
import { existsSync, mkdirSync } from "node:fs";
import { chmod, lstat, readdir, rename, rm, statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { StoreError } from "./errors";

/** What `banyan backup` and a restore write, and nothing else that may lie in the folder. */
const NAME = /^(banyan|replaced)-[\w-]{1,60}\.db$/;
const PART = ".part";

/**
 * The thread's program, as text, so that it runs the same from sources, from a bundle and in tests. A copy is taken in one read
 * transaction, during which others write; then all of it is read.
 */
const PROGRAM = `
const { parentPort, workerData } = require("node:worker_threads");
const Database = require(workerData.sqlite);
const source = new Database(workerData.from, { readonly: true });
try {
  source.prepare("VACUUM INTO ?").run(workerData.to);
} finally {
  source.close();
}
parentPort.postMessage("copied");
const copy = new Database(workerData.to, { readonly: true });
try {
  const verdict = String(copy.pragma("integrity_check(1)", { simple: true }));
  if (verdict !== "ok") throw new Error("the copy is damaged: " + verdict);
  const messages = copy.prepare("SELECT count(*) FROM messages").pluck().get();
  parentPort.postMessage({ messages });
} finally {
  copy.close();
}
`;

export interface BackupFile {
  name: string;
  sizeBytes: number;
  madeAtMs: number;
  kind: "backup" | "replaced";
}

export interface RunningBackup {
  name: string;
  sinceMs: number;
  step: "copying" | "checking";
}

export interface LiveBackups {
  folder: string;
  /** The newest first. */
  list(): Promise<BackupFile[]>;
  /** The one under way, and how much of it is written. */
  running(): Promise<(RunningBackup & { writtenBytes: number }) | null>;
  /** What became of the last one. */
  last(): { ok: boolean; sentence: string; atMs: number } | null;
  /** One at a time. Rejects with a StoreError. */
  make(): Promise<{ name: string; sizeBytes: number; messages: number }>;
  /** The path of a backup that is there; null: there is none of that name. */
  find(name: string): Promise<{ file: string; sizeBytes: number } | null>;
  /** False when there is none of that name. */
  remove(name: string): Promise<boolean>;
  /** null where it cannot be told. */
  freeBytes(): Promise<number | null>;
}

export function createLiveBackups(database: string, dataDir: string, now: () => number): LiveBackups {
  const folder = join(dataDir, "backups");
  let running: RunningBackup | null = null;
  let last: ReturnType<LiveBackups["last"]> = null;

  async function find(name: string) {
    if (!NAME.test(name)) return null;
    const file = join(folder, name);
    // A link that somebody laid there is no backup.
    const found = await lstat(file).catch(() => null);
    return found?.isFile() ? { file, sizeBytes: found.size, madeAtMs: found.mtimeMs } : null;
  }

  async function make() {
    if (running)
      throw new StoreError("in_use", `The backup ${running.name} is being made: wait for it, then make the next one.`);
    const name = `banyan-${new Date(now()).toISOString().replaceAll(/[:.]/g, "-")}.db`;
    running = { name, sinceMs: now(), step: "copying" };
    const part = join(folder, name + PART);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await removeLeftovers(folder);
      if (existsSync(join(folder, name))) throw new Error("there is one of that name already");
      const messages = await copyInThread(database, part, () => {
        if (running) running.step = "checking";
      });
      await chmod(part, 0o600);
      await rename(part, join(folder, name));
      const { sizeBytes } = (await find(name)) ?? { sizeBytes: 0 };
      return { name, sizeBytes, messages };
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw error instanceof StoreError ? error : failed(error, folder);
    } finally {
      running = null;
    }
  }

  return {
    folder,
    find,
    async list() {
      const names = await readdir(folder).catch(() => [] as string[]);
      const found = await Promise.all(names.map(async (name) => ({ name, file: await find(name) })));
      return found
        .flatMap(({ name, file }) =>
          file
            ? [
                {
                  name,
                  sizeBytes: file.sizeBytes,
                  madeAtMs: file.madeAtMs,
                  kind: name.startsWith("banyan-") ? ("backup" as const) : ("replaced" as const),
                },
              ]
            : [],
        )
        .sort((a, b) => b.madeAtMs - a.madeAtMs || (a.name < b.name ? 1 : -1));
    },
    async running() {
      if (!running) return null;
      const written = await lstat(join(folder, running.name + PART)).catch(() => null);
      return running && { ...running, writtenBytes: written?.size ?? 0 };
    },
    last: () => last,
    async make() {
      try {
        const made = await make();
        last = { ok: true, sentence: `The backup ${made.name} is made, and was read back as a test.`, atMs: now() };
        return made;
      } catch (error) {
        if (!running) last = { ok: false, sentence: (error as Error).message, atMs: now() };
        throw error;
      }
    },
    async remove(name) {
      const found = await find(name);
      if (!found) return false;
      for (const ending of ["", "-wal", "-shm"]) await rm(found.file + ending, { force: true });
      return true;
    },
    freeBytes: () =>
      statfs(dataDir).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      ),
  };
}

/** How many messages the copy holds. */
function copyInThread(from: string, to: string, onCopied: () => void): Promise<number> {
  const sqlite = createRequire(import.meta.url).resolve("better-sqlite3");
  return new Promise((resolve, reject) => {
    const thread = new Worker(PROGRAM, { eval: true, env: {}, workerData: { sqlite, from, to } });
    let messages: number | null = null;
    thread.on("message", (message: "copied" | { messages: number }) => {
      if (message === "copied") onCopied();
      else messages = message.messages;
    });
    thread.once("error", reject);
    thread.once("exit", () =>
      messages === null ? reject(new Error("the copying ended before it was done")) : resolve(messages),
    );
  });
}

/** What a process that was killed meanwhile left behind. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(PART) || !NAME.test(name.slice(0, -PART.length))) continue;
    await rm(join(folder, name), { force: true });
    await rm(join(folder, `${name}-journal`), { force: true });
  }
}

function failed(error: unknown, folder: string): StoreError {
  return new StoreError(
    "not_writable",
    `The backup cannot be made in ${folder} (${(error as Error).message}): free some space, or make the folder writable.`,
  );
}
