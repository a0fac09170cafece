import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const FOLDER_PREFIX = "banyan-sandbox-";

/** Returns a folder of this process, created at first use; creating it removes the folders of ended processes. */
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
    // Another user's folder, which only that user can remove; our own folder does not depend on it.
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
