/**
 * The room in which a work is checked: the files of its start, with what the work changed inside its scope, and nothing
 * else. Nobody grades their own work. It is made of snapshots, so the check sees what was stored.
 */
import { chownSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { serverIsRoot, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { manifestWith } from "@/lib/test-reports/test-side";
import { cleanCopy } from "@/lib/workspace/clean-copy";
import { readTextFile, writeFileAtomically } from "@/lib/workspace/files";
import { textAt } from "./contents";
import type { Differences } from "./differences";
import { bringRepository } from "./git-state";

/** A larger folder is not copied, so it cannot be checked. */
export const MAX_COPY_BYTES = 4 * 1024 ** 3;

/** What a room is made from. */
export type RoomStore = Pick<SnapshotStore, "files" | "copy" | "contents" | "find" | "checkOut">;

export interface RoomOptions {
  /** Where the files of the start are kept between checks: a folder that no command sees. */
  cacheDir: string;
  start: string;
  now: string;
  differences: Differences;
  /** `strict`: without the tests that are new since the start. */
  how: "with_new_tests" | "strict";
  /** Paths of the start that are left out. */
  without?: readonly string[];
  /** Leaves the installed packages out: a command installs them again. */
  withoutPackages: boolean;
  signal: AbortSignal;
}

/** Makes the room in `folder`, replacing what is there. Throws a WorkspaceError when it cannot be made. */
export async function makeRoom(snapshots: RoomStore, folder: string, options: RoomOptions): Promise<void> {
  const { start, now, differences, how, signal } = options;
  const base = await filesOfStart(snapshots, options);
  await cleanCopy(base, folder, { hiddenPaths: [], maxBytes: MAX_COPY_BYTES, signal });
  if (options.withoutPackages) for (const name of ["node_modules", ".venv", "venv"]) remove(folder, name);
  await bringRepository(snapshots, { start, now }, (paths) => bring(snapshots, folder, now, paths), folder);
  const { taken, newTests, manifests } = differences;
  const deleted = taken.filter(({ after }) => after === null).map(({ path }) => path);
  const brought = taken.filter(({ after }) => after !== null).map(({ path }) => path);
  // Deeper paths first: a folder may have become a file.
  for (const path of [...deleted].sort().reverse()) remove(folder, path);
  await bring(snapshots, folder, now, how === "strict" ? brought : [...brought, ...newTests]);
  const room = { root: folder, hiddenPaths: [] };
  for (const path of manifests) {
    const own = manifestWith(await readTextFile(room, path), await textAt(snapshots, start, path));
    if (own !== null) await writeFileAtomically(room, path, own);
  }
  for (const path of options.without ?? []) remove(folder, path);
}

/** Checkouts under way, by folder: several checks may need the same start at once. */
const checkouts = new Map<string, Promise<void>>();

/** Returns a folder with the files of the start. It is kept, because copying it is quicker than writing it from the store. */
async function filesOfStart(snapshots: RoomStore, { cacheDir, start }: RoomOptions): Promise<string> {
  const folder = join(cacheDir, `start-${start.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const running =
    checkouts.get(folder) ?? snapshots.checkOut(start, folder).finally(() => void checkouts.delete(folder));
  checkouts.set(folder, running);
  await running;
  return folder;
}

const BROUGHT = ".banyan-brought";

/** Writes these paths of a snapshot into the folder. */
async function bring(snapshots: RoomStore, folder: string, commit: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  remove(folder, BROUGHT);
  await snapshots.copy({ commit, paths, folder, below: BROUGHT });
  for (const path of paths) {
    const from = join(folder, BROUGHT, path);
    if (!isThere(from)) continue;
    remove(folder, path);
    makeFolders(folder, path);
    renameSync(from, join(folder, path));
  }
  remove(folder, BROUGHT);
}

/** Makes the folders above a path, for the account of the commands. */
function makeFolders(folder: string, path: string): void {
  const above = dirname(path);
  if (above === "." || isFolder(join(folder, above))) return;
  makeFolders(folder, above);
  mkdirSync(join(folder, above));
  if (serverIsRoot()) chownSync(join(folder, above), UNPRIVILEGED_USER.uid, UNPRIVILEGED_USER.gid);
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Removes a path of the copy; a link is removed and not followed. So is a file in the place of a folder above it. */
function remove(folder: string, path: string): void {
  const names = path.split("/");
  // A folder on the way that became a link would lead out of the copy.
  for (let depth = 1; depth < names.length; depth += 1) {
    const above = join(folder, ...names.slice(0, depth));
    if (!isThere(above)) return;
    if (isFolder(above)) continue;
    rmSync(above, { force: true });
    return;
  }
  rmSync(join(folder, path), { recursive: true, force: true });
}
