import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { promisify } from "node:util";
import { readChunks } from "../workspace/files";
import { childOf, createFile, errorCode, giveToOwnerOf, openDirectory, openRegularFile } from "../workspace/open";
import { WorkspaceError, type WorkspaceView } from "../workspace/path";

const write = promisify(fs.write);

/** History travels between the host and the sandbox as one file in the workspace's root. */
const NAME = /^\.banyan-[0-9a-f]{12}\.transfer$/;
/** No call takes this long, so an older file was left by a killed process. */
const LEFT_BEHIND_MS = 24 * 3600 * 1000;

export function newTransferName(): string {
  return `.banyan-${randomBytes(6).toString("hex")}.transfer`;
}

/** Copies a host file into the workspace's root. */
export async function placeTransfer(view: WorkspaceView, name: string, file: string): Promise<void> {
  const rootFd = openDirectory(view.root, []);
  try {
    const source = fs.openSync(file, "r");
    try {
      const target = createFile(rootFd, name, 0o600);
      try {
        for await (const chunk of readChunks(source)) await writeWhole(target, chunk);
        giveToOwnerOf(rootFd, target);
      } finally {
        fs.closeSync(target);
      }
    } finally {
      fs.closeSync(source);
    }
  } finally {
    fs.closeSync(rootFd);
  }
}

/** Copies a file from the sandbox to a host file, as plain bytes. Throws a `WorkspaceError` above the limit. */
export async function takeTransfer(view: WorkspaceView, name: string, file: string, maxBytes: number): Promise<void> {
  const rootFd = openDirectory(view.root, []);
  try {
    const { fd, stat } = openRegularFile(rootFd, name);
    try {
      if (stat.size > maxBytes) {
        throw new WorkspaceError(
          `The commits have ${stat.size} bytes, more than the ${maxBytes} that one push may have.`,
        );
      }
      const target = fs.openSync(file, "wx", 0o600);
      try {
        for await (const chunk of readChunks(fd, maxBytes)) await writeWhole(target, chunk);
      } finally {
        fs.closeSync(target);
      }
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    if (error instanceof WorkspaceError || !errorCode(error)) throw error;
    throw new WorkspaceError(`The commits could not be taken from the workspace (${errorCode(error)}); try again.`);
  } finally {
    fs.closeSync(rootFd);
  }
}

/** Removes the named file, and old files of killed processes. */
export function removeTransfer(view: WorkspaceView, name: string): void {
  const rootFd = openDirectory(view.root, []);
  try {
    for (const other of fs.readdirSync(childOf(rootFd, "."))) {
      if (!NAME.test(other)) continue;
      const stat = fs.lstatSync(childOf(rootFd, other), { throwIfNoEntry: false });
      const isOld = stat !== undefined && Date.now() - stat.mtimeMs > LEFT_BEHIND_MS;
      if (stat && !stat.isDirectory() && (other === name || isOld)) fs.rmSync(childOf(rootFd, other), { force: true });
    }
  } finally {
    fs.closeSync(rootFd);
  }
}

async function writeWhole(fd: number, chunk: Buffer): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await write(fd, chunk, done)).bytesWritten;
}
