import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

export interface CacheOptions {
  /** Created at the first write. It must not contain anything else. */
  folder: string;
  maxBytes: number;
  maxAgeMs: number;
  now(): number;
}

/**
 * Stores values by key on disk for a limited time. A lost entry only costs a request, so no failure of the cache
 * reaches the caller.
 */
export interface Cache {
  /** Returns undefined when there is no entry, or it is too old or damaged. `storedAtMs` is when it was stored. */
  get(key: string): { value: unknown; storedAtMs: number } | undefined;
  put(key: string, value: unknown): void;
}

/** The key is stored only as a hash, because a query or an address may contain something private. */
interface Entry {
  storedAtMs: number;
  value: unknown;
}

const ENTRY = /^[0-9a-f]{64}\.json$/;
/** A temporary file of this age was left by a process that died. */
const LEFT_BEHIND_MS = 60_000;

export function createCache({ folder, maxBytes, maxAgeMs, now }: CacheOptions): Cache {
  /** The approximate size; null until counted. Other processes may use the folder too, so it is counted again. */
  let keptBytes: number | null = null;
  const fileOf = (key: string) => path.join(folder, `${createHash("sha256").update(key).digest("hex")}.json`);

  return {
    get(key) {
      try {
        const file = fileOf(key);
        const entry = JSON.parse(fs.readFileSync(file, "utf8")) as Entry;
        const age = now() - entry.storedAtMs;
        if (!(age >= 0 && age < maxAgeMs)) return undefined;
        // Marks the file as used, so that it is dropped last. The system clock will do, because files are only compared
        // with each other.
        fs.utimesSync(file, new Date(), new Date());
        return { value: entry.value, storedAtMs: entry.storedAtMs };
      } catch {
        return undefined;
      }
    },
    put(key, value) {
      try {
        const text = JSON.stringify({ storedAtMs: now(), value } satisfies Entry);
        const size = Buffer.byteLength(text);
        if (size > maxBytes / 4) return;
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        const temporary = path.join(folder, `${randomBytes(6).toString("hex")}.tmp`);
        fs.writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
        fs.renameSync(temporary, fileOf(key));
        keptBytes = keptBytes === null ? null : keptBytes + size;
        if (keptBytes === null || keptBytes > maxBytes) keptBytes = dropOldest(folder, maxBytes);
      } catch {
        // The disk is full or the folder is read-only; the page is fetched again next time.
      }
    },
  };
}

/**
 * Deletes the oldest entries and returns the remaining size. It frees a tenth more than needed, so that not every new
 * entry counts the folder.
 */
function dropOldest(folder: string, maxBytes: number): number {
  const files: { file: string; size: number; usedAtMs: number }[] = [];
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) continue;
    if (ENTRY.test(name)) files.push({ file, size: stat.size, usedAtMs: stat.mtimeMs });
    else if (name.endsWith(".tmp") && Date.now() - stat.mtimeMs > LEFT_BEHIND_MS) fs.rmSync(file, { force: true });
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= maxBytes) return total;
  files.sort((a, b) => a.usedAtMs - b.usedAtMs);
  for (const { file, size } of files) {
    if (total <= 0.9 * maxBytes) break;
    fs.rmSync(file, { force: true });
    total -= size;
  }
  return total;
}
