/** Measures a folder of a workspace: the files that git tracks where its repository was opened, else those on disk. */
import fs from "node:fs";
import { listTracked } from "../git/history";
import { findStore } from "../git/store";
import { openDirectory } from "../workspace/open";
import type { WorkspaceView } from "../workspace/path";
import { SKIPPED_FOLDERS } from "../workspace/walk";
import { type FolderMeasure, type ListedFile, listOnDisk, measureFolder } from "./measure-folder";

export interface MeasuredFolder extends FolderMeasure {
  /** Relative to the workspace. */
  path: string;
  basis: "git" | "disk";
}

/** `cacheDir`: where opened repositories are. `isFlat`: only the files directly in the folder. */
export async function measureInWorkspace(
  view: WorkspaceView,
  parts: readonly string[],
  { cacheDir, isFlat, signal }: { cacheDir: string; isFlat: boolean; signal: AbortSignal },
): Promise<MeasuredFolder> {
  fs.closeSync(openDirectory(view.root, parts));
  const { basis, listed } = await listFiles(view, parts, { cacheDir, signal });
  const measured = await measureFolder(view, parts, listed, { excludeSubfolders: isFlat, signal });
  return { path: parts.join("/") || ".", basis, ...measured };
}

/** Returns the files that git tracks when the folder's repository is open and has commits, else all files on disk. */
async function listFiles(
  view: WorkspaceView,
  parts: readonly string[],
  { cacheDir, signal }: { cacheDir: string; signal: AbortSignal },
): Promise<{ basis: "git" | "disk"; listed: ListedFile[] }> {
  const store = findStore(cacheDir, parts);
  if (store) {
    const prefix = parts.slice(store.parts.length).join("/");
    const tracked = (await listTracked(store, prefix, signal)).filter(
      ({ path }) => !path.split("/").some((name) => SKIPPED_FOLDERS.has(name)),
    );
    // Git tracks no files in a folder such as build output, so its files on disk are measured.
    if (tracked.length > 0 || prefix === "") return { basis: "git", listed: tracked };
  }
  return { basis: "disk", listed: await listOnDisk(view, parts, signal) };
}
