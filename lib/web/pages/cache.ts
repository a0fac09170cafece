import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

export interface CacheOptions {
  /** Made when it is first written to. Nothing else may be kept there. */
  folder: string;
  maxBytes: number;
  maxAgeMs: number;
  now(): number;
}

/** Values by key, on disk, for a time. Losing it costs a request, so that no failure of it is one for the caller. */
export interface Cache {
  /** Undefined when there is none, or it is too old, or its file was damaged. `storedAtMs` is when it was put there. */
  get(key: string): { value: unknown; storedAtMs: number } | undefined;
  put(key: string, value: unknown): void;
}

/** Without the key, of which only the hash is kept: a query or an address may hold what should not lie on the disk. */
interface Entry {
  storedAtMs: number;
  value: unknown;
}

const ENTRY = /^[0-9a-f]{64}\.json$/;
/** A temporary file as old as this was left behind by a process that died. */
const LEFT_BEHIND_MS = 60_000;

export function createCache({ folder, maxBytes, maxAgeMs, now }: CacheOptions): Cache {
  /** About how much is kept; null until it was counted. Other processes may use the folder too, so it is counted again. */
  let keptBytes: number | null = null;
  const fileOf = (key: string) => path.join(folder, `${createHash("sha256").update(key).digest("hex")}.json`);

  return {
    get(key) {
      try {
        const file = fileOf(key);
        const entry = JSON.parse(fs.readFileSync(file, "utf8")) as Entry;
        const age = now() - entry.storedAtMs;
        if (!(age >= 0 && age < maxAgeMs)) return undefined;
        // What was read last is dropped last. A clock of its own, because files are compared with each other only.
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
        // A full disk or a folder that may not be written to: the page is fetched again next time.
      }
    },
  };
}

/** Returns how much is left. A tenth is freed beyond what must be, so that not every entry counts the folder. */
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
