import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const FOLDER_PREFIX = "banyan-sandbox-";

/** A folder of this process alone, made when it is first asked for; those of processes that are gone are removed then. */
export function temporaryFolder(): { path(): string; remove(): void } {
  let folder: string | undefined;
  return {
    path() {
      folder ??= make();
      return folder;
    },
    remove() {
      if (folder) fs.rmSync(folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

function make(): string {
  const temporary = os.tmpdir();
  for (const name of fs.readdirSync(temporary)) {
    const pid = Number(name.match(/^banyan-sandbox-(\d+)-/)?.[1]);
    if (pid > 0 && !isAlive(pid)) removeLeftover(path.join(temporary, name));
  }
  return fs.realpathSync(fs.mkdtempSync(path.join(temporary, `${FOLDER_PREFIX}${process.pid}-`)));
}

function removeLeftover(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another user's: theirs to remove, and no reason to do without a folder of our own.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
