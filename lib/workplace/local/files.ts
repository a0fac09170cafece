/** The files of a folder on this machine. */
import { closeSync, existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { extractZip, listZip } from "../../archive/extract-zip";
import { measureInWorkspace } from "../../measure/measure-workspace";
import { editTextFile, readTextAsTool, readTextOrMedia, writeTextFile } from "../../workspace/files";
import { findFiles, listFolder } from "../../workspace/find";
import { followLinks } from "../../workspace/links";
import { occupiedIn } from "../../workspace/occupied";
import { childOf, errorCode, openDirectory, sentenceFor } from "../../workspace/open";
import { partsInside, requireWritable, WorkspaceError } from "../../workspace/path";
import { readFolder } from "../../workspace/read-folder";
import { searchFiles } from "../../workspace/search";
import { SKIPPED_FOLDERS, walk } from "../../workspace/walk";
import type { WorkplaceFiles, WorkplaceFolder } from "../port";

export function localFiles(view: WorkplaceFolder): WorkplaceFiles {
  const { root, cacheDir } = view;
  return {
    isThere: async () => existsSync(root),
    isEmpty: async () => !existsSync(root) || readdirSync(root).length === 0,
    readText: (path, limitBytes) => readTextAsTool(view, path, limitBytes),
    readTextIfThere: (path, limitBytes) => readTextAsTool(view, path, limitBytes).catch(nullIfMissing),
    readTextOrMedia: (path) => readTextOrMedia(view, path),
    write: (path, content) => writeTextFile(view, path, content),
    edit: (edit) => editTextFile(view, edit),
    remove: async (path) => removeFile(view, path),
    list: (path, most, signal) => on(view, path, signal, (parts) => listFolder(view, parts, most, signal)),
    find: (request, signal) => on(view, request.path, signal, (parts) => findFiles(view, parts, request, signal)),
    search: (request, timeoutMs, signal) =>
      on(view, request.path, signal, (parts) => searchFiles(view, parts, request, timeoutMs, signal)),
    measure: (path, isFlat, signal) =>
      on(view, path, signal, (parts) => measureInWorkspace(view, parts, { cacheDir, isFlat, signal })),
    listArchive: (archive, folder) => listZip(view, archive, folder),
    extractArchive: (archive, folder, { signal, onActivity }) =>
      extractZip(view, archive, folder, { signal, ...(onActivity && { onActivity }) }),
    paths: () => pathsIn(root),
    occupied: async (paths) => occupiedIn(root, paths),
    readFolder: (path, limits, signal) => readFolder(view, path, { ...limits, signal }),
  };
}

/** Runs `work` at the place to which the given path leads, and turns errors of the file system into sentences about the given folder. */
async function on<Result>(
  view: WorkplaceFolder,
  given = ".",
  signal: AbortSignal,
  work: (parts: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const parts = followLinks(view, given);
  try {
    return await work(parts);
  } catch (error) {
    throw signal.aborted ? error : sentenceFor(error, given);
  }
}

/** Removes a file by the folder that holds it, so that a link in the place of a folder above it leads nowhere. */
function removeFile(view: WorkplaceFolder, given: string): void {
  const parts = partsInside(view, given);
  const name = parts.pop();
  if (name === undefined) throw new WorkspaceError(`${JSON.stringify(given)} names the workspace itself; name a file.`);
  requireWritable(view, [...parts, name], given);
  try {
    const fd = openDirectory(view.root, parts);
    try {
      rmSync(childOf(fd, name), { force: true });
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw sentenceFor(error, given);
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof WorkspaceError && errorCode(error.cause) === "ENOENT") return null;
  throw error;
}

async function pathsIn(root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path, kind } of walk(root, [], { skip: SKIPPED_FOLDERS })) if (kind === "file") found.push(path);
  // The walk leaves out the repositories of folders side by side.
  const tops = new Set(found.map((path) => path.slice(0, Math.max(path.indexOf("/"), 0))).filter(Boolean));
  return [...found, ...[...tops].map((top) => `${top}/.git`).filter((git) => isThere(join(root, git)))];
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
