/**
 * A restore in steps that a kill between any two of them does not undo: the new database stands complete beside the old one, then a
 * mark decides that it takes the place, then it does. Whoever opens the database next finishes what was decided.
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
 * Finishes a restore that was decided and broke off; call it before the database is opened. Each step is done again without
 * harm, so wherever it was killed either the old database stands there whole, or this puts the new one in its place.
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

/** Whole or not there: it is written beside and renamed. */
export function decideRestore(file: string, kept: string | null): void {
  const beside = `${markOf(file)}.new`;
  writeFileSync(beside, JSON.stringify({ kept }), { mode: 0o600 });
  syncFile(beside);
  renameSync(beside, markOf(file));
  syncFile(dirname(file));
}

/** A folder is synchronised so that its names are on the disk. */
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
