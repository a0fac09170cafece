import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Lock, tryLockFile, tryLockFolder } from "@/lib/process/file-lock";
import { removeTreeSync } from "@/lib/workspace/remove-tree";

const FOLDER_PREFIX = "banyan-sandbox-";
/** The file in a folder that its process keeps locked. Containers that share the place do not know each other's pids. */
const LOCK = "lock";

interface Own {
  folder: string;
  locks: readonly Lock[];
}

/**
 * Returns a folder of this process, created at first use, and again when somebody removed it; creating it removes the
 * folders of ended processes.
 */
export function temporaryFolder(): { path(): string; remove(): void } {
  let own: Own | undefined;
  const release = () => {
    for (const lock of own?.locks ?? []) lock.release();
    own = undefined;
  };
  return {
    path() {
      // Its name is known, so anybody may have made a folder in the place of a removed one.
      if (own && !isOwn(own.folder)) release();
      own ??= make();
      return own.folder;
    },
    remove() {
      if (!own) return;
      removeTreeSync(own.folder);
      release();
    },
  };
}

function make(): Own {
  const temporary = os.tmpdir();
  for (const name of fs.readdirSync(temporary))
    if (name.startsWith(FOLDER_PREFIX)) removeLeftover(path.join(temporary, name));
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(temporary, `${FOLDER_PREFIX}${process.pid}-`)));
  const lock = tryLockFile(path.join(folder, `${LOCK}.new`));
  if (!lock) throw new Error(`Another process has locked ${folder}, which is this process's own.`);
  // Under its own name the file is locked from its first moment, so nobody takes a new folder for a leftover.
  fs.renameSync(path.join(folder, `${LOCK}.new`), path.join(folder, LOCK));
  // Without it, the system's cleaner would remove what is unused for some days.
  const fromCleaners = tryLockFolder(folder);
  return { folder, locks: fromCleaners ? [lock, fromCleaners] : [lock] };
}

function removeLeftover(folder: string): void {
  try {
    if (!isOwn(folder) || !fs.existsSync(path.join(folder, LOCK))) return;
    const lock = tryLockFile(path.join(folder, LOCK));
    try {
      if (lock) removeTreeSync(folder);
    } finally {
      lock?.release();
    }
  } catch {
    // Another process removes it at this moment, or it cannot be removed; our own folder does not depend on it.
  }
}

/** Anybody may put a folder or a link of this name there; only a folder of this account is what Banyan left. */
function isOwn(folder: string): boolean {
  const found = fs.lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}
