/**
 * The folder in which a goal is checked: a copy of the workspace in which tests, and everything that decides how they run,
 * are as they were at the goal's start. Nobody grades their own work.
 */
import { chownSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { serverIsRoot, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import type { ChangedPath, SnapshotFile, SnapshotStore } from "@/lib/snapshots/port";
import { isManifest, isTestFile, manifestWith, namedIn, testSideOf } from "@/lib/test-reports/test-side";
import { cleanCopy } from "@/lib/workspace/clean-copy";
import { readTextFile, writeFileAtomically } from "@/lib/workspace/files";
import { compileGlobs } from "@/lib/workspace/glob";
import type { WorkspaceView } from "@/lib/workspace/path";

/** A larger workspace is not copied, so a goal in it cannot be checked. */
export const MAX_COPY_BYTES = 4 * 1024 ** 3;

/** What differs between the start and now, on the side of the tests. */
export interface Side {
  /** Changed or deleted since the start: put back. */
  changed: string[];
  /** New since the start. */
  added: string[];
  /** Manifests whose keys for tests were changed. */
  manifests: string[];
  /** Installed packages are not as they were. */
  packages: boolean;
  /** Packages have to be installed again: they, or what names them, are not as they were, or there were none. */
  installs: boolean;
  /** There were tests at the start. */
  hadTests: boolean;
}

export interface SideOptions {
  commands: readonly string[];
  protect: readonly string[];
  mayChange: readonly string[];
}

type Snapshots = Pick<SnapshotStore, "changes" | "files" | "copy" | "contents" | "find">;

/** Names of files that a command checks with. */
const CHECKS =
  /(^|[/._-])(check|verify|validate|tests?|spec|expected|golden|fixtures?|snapshots?|smoke|e2e|ci)([/._-]|$)|\.(sh|bats)$/i;

/** Returns what was changed on the side of the tests. */
export async function sideOf(
  snapshots: Snapshots,
  { start, now, changes }: { start: string; now: string; changes: readonly ChangedPath[] },
  options: SideOptions,
): Promise<Side> {
  const begun = await factsOf(snapshots, start);
  const isBuiltIn = testSideOf([], options.protect);
  // Files that the scripts of the start name decide too: `npm test` runs them.
  const named = namedIn([...options.commands, ...begun.scripts]);
  // A command may also name the program that the work is about, and that is not put back.
  const isOnSide = (path: string) => isBuiltIn(path) || (named.has(path) && CHECKS.test(path));
  const isFree = compileGlobs([...options.mayChange]);
  const onSide = changes.filter(({ path }) => isOnSide(path) && !isPackage(path) && !isFree(path));
  const manifests = changes.filter(
    ({ path, before, after }) => isManifest(path) && before && after && !isPackage(path),
  );
  return {
    changed: onSide.filter(({ before }) => before !== null).map(({ path }) => path),
    added: onSide.filter(({ before }) => before === null).map(({ path }) => path),
    manifests: await changedManifests(snapshots, start, now, manifests),
    packages: changes.some(({ path }) => isPackage(path)),
    installs: changes.some(({ path }) => isPackage(path) || NAMES_PACKAGES.test(path)) || !begun.hadPackages,
    hadTests: begun.hadTests,
  };
}

/** Files that say which packages a repository needs. */
const NAMES_PACKAGES =
  /(^|\/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|requirements[^/]*\.txt|pyproject\.toml|(poetry|uv|Cargo|composer|Gemfile)\.lock|Cargo\.toml|composer\.json|Gemfile|go\.(mod|sum))$/;

/** Whether a path belongs to an installed package. */
export function isPackage(path: string): boolean {
  return /(^|\/)(node_modules|\.venv|venv|site-packages|vendor\/bundle)\//.test(path);
}

interface StartFacts {
  hadTests: boolean;
  hadPackages: boolean;
  /** Of its package.json. */
  scripts: readonly string[];
}

/** Each check of a goal asks the same of its start, and a snapshot never changes. */
const FACTS = new Map<string, StartFacts>();
const MOST_FACTS = 64;

async function factsOf(snapshots: Snapshots, start: string): Promise<StartFacts> {
  const known = FACTS.get(start);
  if (known) return known;
  const files = await snapshots.files(start);
  const facts = {
    hadTests: files.some(({ path }) => isTestFile(path) && !isPackage(path)),
    hadPackages: files.some(({ path }) => isPackage(path)),
    scripts: scriptsIn(await textAt(snapshots, start, "package.json")),
  };
  if (FACTS.size >= MOST_FACTS) FACTS.clear();
  FACTS.set(start, facts);
  return facts;
}

/** Returns the scripts of a package.json, which `npm test` and its like run. */
export function scriptsIn(manifest: string | null): string[] {
  try {
    const { scripts } = JSON.parse(manifest ?? "{}") as { scripts?: Record<string, unknown> };
    return Object.values(scripts ?? {}).filter((script) => typeof script === "string");
  } catch {
    return [];
  }
}

async function changedManifests(
  snapshots: Snapshots,
  start: string,
  now: string,
  changed: readonly ChangedPath[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { path } of changed) {
    const [before, after] = [await textAt(snapshots, start, path), await textAt(snapshots, now, path)];
    if (manifestWith(after, before) !== null) found.push(path);
  }
  return found;
}

async function textAt(snapshots: Snapshots, commit: string, path: string): Promise<string | null> {
  const [text = null] = await textsAt(snapshots, commit, [path]);
  return text;
}

const LARGEST_TEXT = 1_000_000;

/** Returns the contents of files of a snapshot; null for what is no file there, or a large one. */
export async function textsAt(
  snapshots: Pick<SnapshotStore, "find" | "contents">,
  commit: string,
  paths: readonly string[],
): Promise<(string | null)[]> {
  const found: (SnapshotFile | null)[] = [];
  for (const path of paths) found.push(await snapshots.find(commit, path));
  const files = found.filter((file) => file?.kind === "file" && file.sizeBytes <= LARGEST_TEXT) as SnapshotFile[];
  const texts = new Map<SnapshotFile, string>();
  for await (const content of snapshots.contents(files)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    texts.set(files[texts.size] as SnapshotFile, Buffer.concat(chunks).toString("utf8"));
  }
  return found.map((file) => (file && texts.get(file)) ?? null);
}

export interface RoomOptions {
  view: WorkspaceView;
  start: string;
  side: Side;
  /**
   * `put_back`: tests as they were, new ones stay. `strict`: only tests of the start. `as_changed`: everything as the work left
   * it.
   */
  how: "put_back" | "strict" | "as_changed";
  /** Leaves the installed packages out: a command installs them again. */
  withoutPackages: boolean;
  signal: AbortSignal;
}

/** Makes the room in `folder`, replacing what is there. Throws a WorkspaceError when the workspace is too large. */
export async function makeRoom(snapshots: Snapshots, folder: string, options: RoomOptions): Promise<void> {
  const { view, start, side, how, signal } = options;
  const hiddenPaths = [...(view.hiddenPaths ?? [])];
  await cleanCopy(view.root, folder, { hiddenPaths, maxBytes: MAX_COPY_BYTES, signal });
  if (options.withoutPackages) for (const name of ["node_modules", ".venv", "venv"]) remove(folder, name);
  if (how === "as_changed") return;
  for (const path of side.changed) remove(folder, path);
  if (how === "strict") for (const path of side.added) remove(folder, path);
  if (!options.withoutPackages && side.packages) await putPackagesBack(snapshots, folder, start);
  await bring(snapshots, folder, start, side.changed);
  const room = { root: folder, hiddenPaths: [] };
  for (const path of side.manifests) {
    const own = manifestWith(await readTextFile(room, path), await textAt(snapshots, start, path));
    if (own !== null) await writeFileAtomically(room, path, own);
  }
}

/** Puts the packages back as they were at the start. Nobody is judged with a library that they have changed. */
async function putPackagesBack(snapshots: Snapshots, folder: string, start: string): Promise<void> {
  const tops = new Set(
    (await snapshots.files(start)).flatMap(
      ({ path }) => /^(.*?(?:^|\/)(?:node_modules|\.venv|venv))\//.exec(path)?.[1] ?? [],
    ),
  );
  for (const top of tops) {
    remove(folder, top);
  }
  await bring(snapshots, folder, start, [...tops]);
}

const BROUGHT = ".banyan-start";

/** Writes these paths of a snapshot into the folder. */
async function bring(snapshots: Snapshots, folder: string, commit: string, paths: readonly string[]): Promise<void> {
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
