/**
 * A restore in steps that survives a kill between any two of them: first the new database is complete next to the old
 * one, then a mark decides the restore, then the new database replaces the old one. The next process that opens the
 * database finishes a decided restore.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

export const incomingOf = (file: string) => `${file}.restoring`;
const markOf = (file: string) => `${file}.restore-decided`;

export const isDecided = (file: string): boolean => existsSync(markOf(file));

/**
 * Finishes a restore that was decided and then interrupted; call it before opening the database. Each step can be
 * repeated without harm. So wherever a kill hit, either the old database is still complete, or this installs the new one.
 */
export function finishRestore(file: string): void {
  const mark = markOf(file);
  if (!existsSync(mark)) return;
  const { kept } = JSON.parse(readFileSync(mark, "utf8")) as { kept: string | null };
  if (existsSync(incomingOf(file))) {
    if (kept !== null) {
      mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
      for (const ending of ["-wal", "-shm", ""])
        if (existsSync(file + ending)) renameSync(file + ending, kept + ending);
    } else removeDatabase(file);
    renameSync(incomingOf(file), file);
    syncFile(dirname(file));
  }
  rmSync(mark, { force: true });
}

/** Writes the mark atomically: to a temporary file, which is then renamed. */
export function decideRestore(file: string, kept: string | null): void {
  const written = `${markOf(file)}.new`;
  writeFileSync(written, JSON.stringify({ kept }), { mode: 0o600 });
  syncFile(written);
  renameSync(written, markOf(file));
  syncFile(dirname(file));
}

/** Flushes a file to the disk; for a folder, the names of its files. */
export function syncFile(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function removeDatabase(file: string): void {
  for (const ending of ["", "-wal", "-shm", "-journal"]) rmSync(file + ending, { force: true });
}
