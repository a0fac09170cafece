/** Reads a small folder of text files as one object, which an agent hands over as a whole. */
import fs from "node:fs";
import { readAll } from "./files";
import { sentenceFor } from "./open";
import { partsInside, WorkspaceError, type WorkspaceView } from "./path";
import { looksBinary } from "./text-form";
import { SKIPPED_FOLDERS, walk } from "./walk";

/**
 * Returns the files below `given`, by their relative paths. Follows no links, and skips `.git` and `node_modules`.
 * Throws a `WorkspaceError` with one sentence: missing, too many, too large, not text.
 */
export async function readFolder(
  view: WorkspaceView,
  given: string,
  { maxFiles, maxBytes, signal }: { maxFiles: number; maxBytes: number; signal?: AbortSignal },
): Promise<Record<string, string>> {
  const parts = partsInside(view, given);
  const files: Record<string, string> = {};
  let bytes = 0;
  try {
    for await (const entry of walk(view.root, parts, {
      skip: SKIPPED_FOLDERS,
      hiddenPaths: view.hiddenPaths,
      signal,
    })) {
      if (entry.kind !== "file" || entry.path.split("/").some((name) => SKIPPED_FOLDERS.has(name))) continue;
      if (Object.keys(files).length >= maxFiles)
        throw new WorkspaceError(`The folder ${JSON.stringify(given)} has more than ${maxFiles} files.`);
      const { fd } = entry.open();
      try {
        const content = await readAll(fd, maxBytes - bytes + 1);
        bytes += content.length;
        if (bytes > maxBytes)
          throw new WorkspaceError(`The folder ${JSON.stringify(given)} has more than ${maxBytes} bytes.`);
        if (looksBinary(content)) throw new WorkspaceError(`${JSON.stringify(entry.path)} is not a text file.`);
        files[entry.path] = content.toString("utf8");
      } finally {
        fs.closeSync(fd);
      }
    }
  } catch (error) {
    throw signal?.aborted ? error : sentenceFor(error, given);
  }
  return files;
}
