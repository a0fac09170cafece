import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../workspace/open";
import { createPace } from "./entries";
import type { Entries, Mode } from "./listing";

/*
 * The entries of a folder's last snapshot with their signatures: one plain file per folder, replaced by a rename. It
 * names its commit and begins with its own checksum, so an old, torn or foreign file is harmless: for another commit,
 * only rows with the same content as that commit are used. A database would add locks between processes and save
 * nothing, because every row is read each time (10,000 rows: about 10 ms).
 */

const MOST_FOLDERS = 200;

export interface Cached {
  commit: string;
  entries: Entries;
}

function fileFor(cacheDir: string, folder: string): string {
  return path.join(cacheDir, createHash("sha256").update(folder).digest("hex").slice(0, 32));
}

export async function readCache(cacheDir: string, folder: string): Promise<Cached | null> {
  const bytes = await readIfThere(fileFor(cacheDir, folder));
  if (!bytes) return null;
  const sum = bytes.subarray(0, 40).toString("latin1");
  const body = bytes.subarray(41);
  if (createHash("sha1").update(body).digest("hex") !== sum) return null;
  const records = body.toString("utf8").split("\0");
  const entries: Entries = new Map();
  const pace = createPace();
  for (let index = 1; index < records.length - 1; index++) {
    const record = records[index] ?? "";
    const tab = record.indexOf("\t");
    const size = record.indexOf(" ", 48);
    entries.set(record.slice(tab + 1), {
      mode: record.slice(0, 6) as Mode,
      oid: record.slice(7, 47),
      sizeBytes: Number(record.slice(48, size)),
      signature: record.slice(size + 1, tab),
    });
    if (pace.isDue()) await pace.yield();
  }
  return { commit: records[0] ?? "", entries };
}

export async function writeCache(cacheDir: string, folder: string, { commit, entries }: Cached): Promise<void> {
  const parts = [`${commit}\0`];
  const pace = createPace();
  for (const [name, { mode, oid, sizeBytes, signature }] of entries) {
    parts.push(`${mode} ${oid} ${sizeBytes} ${signature}\t${name}\0`);
    if (pace.isDue()) await pace.yield();
  }
  const body = Buffer.from(parts.join(""));
  const sum = createHash("sha1").update(body).digest("hex");
  const file = fileFor(cacheDir, folder);
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  await fs.promises.writeFile(temporary, Buffer.concat([Buffer.from(`${sum}\n`), body]), { mode: 0o600 });
  await fs.promises.rename(temporary, file);
}

/** Keeps only the caches of the most recently used folders. */
export function trimCache(cacheDir: string): void {
  const files = fs
    .readdirSync(cacheDir)
    .map((name) => path.join(cacheDir, name))
    .map((file) => ({ file, usedMs: fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.usedMs - a.usedMs);
  for (const { file } of files.slice(MOST_FOLDERS)) fs.rmSync(file, { force: true });
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await fs.promises.readFile(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
