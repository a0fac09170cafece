/** Sorts the differences between the start of a work and now by what a check does with them. */
import { chosenOf, holdsRepositories, NO_REPOSITORY } from "@/lib/apply/chosen";
import type { ChangedPath, SnapshotFile, SnapshotStore } from "@/lib/snapshots/port";
import {
  foldersEntered,
  isManifest,
  isSetting,
  isTestFile,
  manifestIn,
  manifestWith,
  namedIn,
} from "@/lib/test-reports/test-side";
import { CONFLICTS_FOLDER } from "@/lib/workspace/path";
import { scriptsIn, textAt } from "./contents";
import { isPackage } from "./packages";
import { DATA, readByTests } from "./read-by-tests";
import { outsideOf, proposedScope, type ScopeRules, scopeOf } from "./scope";
import { setupFor } from "./setup";
import { shadowsModule } from "./shadows";

export type Snapshots = Pick<SnapshotStore, "changes" | "files" | "contents" | "find">;

export interface Differences {
  /** The globs that held: those that were given, or those that the host proposes. */
  scope: string[];
  /** In the scope: the check sees them as they are now. */
  taken: ChangedPath[];
  /** Tests that are new since the start: they run beside the old ones. */
  newTests: string[];
  /** Outside the scope and not ignored: the check sees them as at the start, or not at all. Sorted by path. */
  putBack: string[];
  /** Tests, expected values and settings of the start that the work may not change, without installed packages. */
  fixed: string[];
  /** Manifests in the scope whose keys for tests were changed: these keys are as at the start. */
  manifests: string[];
  /** Packages have to be installed again: what names them was changed, or there were none. */
  installs: boolean;
  /** The command that installs the packages of the start, if there were none and a lock file names them; else null. */
  usualSetup: string | null;
  /** There were tests at the start. */
  hadTests: boolean;
}

export interface DifferencesOptions extends Omit<ScopeRules, "scope"> {
  /** null: as the host proposes it. */
  scope: readonly string[] | null;
  /** Globs that people added to it. */
  widened: readonly string[];
  /** The packages that the work installed where there were none are present, so nothing installs them again. */
  keepsPackages?: boolean;
}

/** Returns what was changed between two snapshots. `changes`: all of it. What could not be merged is no part of the work. */
export async function differencesOf(
  snapshots: Snapshots,
  { start, now, changes: all }: { start: string; now: string; changes: readonly ChangedPath[] },
  options: DifferencesOptions,
): Promise<Differences> {
  const changes = all.filter(({ path }) => !path.startsWith(`${CONFLICTS_FOLDER}/`));
  const { begun, rules } = await rulesOf(snapshots, start, options);
  const given = options.scope ?? proposedScope(begun.paths, rules);
  const scope = [...given, ...options.widened.filter((glob) => !given.includes(glob))];
  const isInScope = scopeOf({ ...rules, scope });
  const hasRoom = scopeOutside(begun.paths.filter((path) => !isInScope(path)));
  const keepsPackages = options.keepsPackages === true && !begun.hadPackages;
  const isWithin = ({ path, before }: ChangedPath) =>
    (isInScope(path) || (keepsPackages && isPackage(path))) &&
    hasRoom(path) &&
    !(before === null && !scope.includes(path) && shadowsModule(path));
  const { replaced, unread } = await changedManifests(snapshots, start, now, changes.filter(isWithin));
  const isTaken = (change: ChangedPath) => isWithin(change) && !unread.has(change.path);
  const fixed = begun.paths.filter((path) => !isInScope(path) && !isPackage(path));
  const taken = changes.filter(isTaken);
  const others = changes.filter((change) => !isTaken(change));
  const isNewTest = ({ path, before, after }: ChangedPath) =>
    before === null && after !== null && isNewTestFile(path) && hasRoom(path);
  // Files that git ignored at the start, such as caches and builds, are not delivered and say nothing about the work.
  const told = await chosenOf(
    snapshots,
    start,
    others.filter((change) => !isNewTest(change)),
    { ...NO_REPOSITORY, isBeside: begun.holdsRepositories },
  );
  return {
    scope,
    taken,
    newTests: others.filter(isNewTest).map(({ path }) => path),
    putBack: [...told.changes.filter((change) => !isLeftover(change)).map(({ path }) => path), ...replaced].sort(),
    fixed: fixed.slice(0, MOST_FIXED),
    manifests: replaced,
    installs: taken.some(({ path }) => NAMES_PACKAGES.test(path)) || !begun.hadPackages,
    usualSetup: begun.hadPackages ? null : setupFor(begun.paths),
    hadTests: begun.hadTests,
  };
}

/** What the rules of a scope need to know of the start. */
async function rulesOf(
  snapshots: Snapshots,
  start: string,
  options: Pick<DifferencesOptions, "commands" | "protect">,
): Promise<{ begun: StartFacts; rules: Omit<ScopeRules, "scope"> }> {
  const begun = await factsOf(snapshots, start);
  // Files that the scripts of the start name decide too: `npm test` runs them.
  const commands = [...options.commands, ...begun.scripts];
  const files = new Set(begun.paths);
  const comparing = options.commands.filter((command) => COMPARES.test(command));
  const named = [...namedIn(comparing)].filter((path) => files.has(path) && DATA.test(path));
  const decides = [
    ...(await decidingFiles(snapshots, start, commands, begun.paths)),
    ...begun.read,
    // What a command compares with. Data that it searches or reads may be the work itself.
    ...named,
  ];
  return { begun, rules: { protect: options.protect, commands, decides } };
}

const COMPARES = /(?:^|[\s;&|(])(?:diff|cmp|comm)\s/;

export interface ScopeAtStart {
  files: ReadonlySet<string>;
  isInScope(path: string): boolean;
  /** Files that may be the work and that the scope leaves out, among how many. */
  outside: { paths: string[]; of: number };
}

/** Returns what a scope holds of the start. */
export async function scopeAtStart(
  snapshots: Snapshots,
  start: string,
  options: Pick<DifferencesOptions, "commands" | "protect"> & { scope: readonly string[] },
): Promise<ScopeAtStart> {
  const { begun, rules } = await rulesOf(snapshots, start, options);
  const { scope } = options;
  return {
    files: new Set(begun.paths),
    isInScope: scopeOf({ ...rules, scope }),
    outside: outsideOf(begun.paths, scope, rules),
  };
}

/** A script that a shell runs. */
const RUN_BY_SHELL = /(?:\b(?:sh|bash|dash|zsh)\s+(?:-\w+\s+)*|(?:^|[;&|]\s*)\.\/)([\w./-]+)/g;

/** Returns the scripts that commands have a shell run, with those that these run, and the data that the scripts name. */
async function decidingFiles(
  snapshots: Snapshots,
  start: string,
  commands: readonly string[],
  paths: readonly string[],
): Promise<string[]> {
  const files = new Set(paths);
  const scripts = new Set<string>();
  const data = new Set<string>();
  // `folders`: in which the text may run, each with "/" at its end; "" for the folder itself.
  const add = async (text: string, isScript: boolean, around: readonly string[]) => {
    const folders = around.flatMap((outer) => [outer, ...foldersEntered(text).map((inner) => `${outer}${inner}/`)]);
    const words = isScript ? [...namedIn([text])] : [];
    for (const path of words.flatMap((word) => folders.map((folder) => folder + word)))
      if (files.has(path) && DATA.test(path)) data.add(path);
    for (const [, name = ""] of text.matchAll(RUN_BY_SHELL)) {
      for (const path of folders.map((folder) => folder + name.replace(/^\.\//, ""))) {
        if (!files.has(path) || scripts.has(path)) continue;
        scripts.add(path);
        await add((await textAt(snapshots, start, path)) ?? "", true, folders);
      }
    }
  };
  for (const command of commands) await add(command, false, [""]);
  return [...scripts, ...data];
}

/** A file of the name `test` alone may be what a command makes. */
function isNewTestFile(path: string): boolean {
  return isTestFile(path) && /\.\w+$/.test(path) && !isSetting(path) && !isPackage(path);
}

/**
 * Returns whether a path can stand beside these files: a file or a link in the place of their folder, or a folder in the
 * place of one of them, would take their place.
 */
function scopeOutside(fixed: readonly string[]): (path: string) => boolean {
  const files = new Set(fixed);
  const folders = new Set(fixed.flatMap(foldersAbove));
  return (path) => !folders.has(path) && !foldersAbove(path).some((folder) => files.has(folder));
}

function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

/** Files that say which packages a repository needs. */
const NAMES_PACKAGES =
  /(^|\/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|requirements[^/]*\.txt|pyproject\.toml|(poetry|uv|Cargo|composer|Gemfile)\.lock|Cargo\.toml|composer\.json|Gemfile|go\.(mod|sum))$/;

/** Leftovers of tools: they are not in the room, and no report names them. */
const LEFTOVERS =
  /(^|\/)(__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.hypothesis|\.cache|\.npm|\.nyc_output|\.vite|\.gradle|\.local|\.config|\.banyan-scratch|\.DS_Store|\.coverage|\.m2|\.gem|\.bun|\.rustup|\.pnpm-store|\.(bash|node_repl|python)_history)(\/|$)|\.py[co]$|(^|\/)node_modules\/\.|^(coverage|target|go\/pkg|\.cargo\/registry)\//;

function isLeftover({ path, before }: ChangedPath): boolean {
  return LEFTOVERS.test(path) || (before === null && isPackage(path));
}

/** How many files are compared before and after a run. */
const MOST_FIXED = 2_000;

interface StartFacts {
  paths: readonly string[];
  /** It has several side by side. */
  holdsRepositories: boolean;
  hadTests: boolean;
  hadPackages: boolean;
  /** Of its package.json, and of those of the folders in it, which may be repositories side by side. */
  scripts: readonly string[];
  /** Data that its tests read. */
  read: readonly string[];
}

async function factsOf(snapshots: Snapshots, start: string): Promise<StartFacts> {
  const files = await snapshots.files(start);
  const paths = pathsOf(files);
  return {
    paths,
    holdsRepositories: holdsRepositories(files),
    hadTests: paths.some((path) => isTestFile(path) && !isPackage(path)),
    hadPackages: paths.some(isPackage),
    scripts: await scriptsOf(snapshots, start, paths),
    read: await readByTests(snapshots, files),
  };
}

const MOST_MANIFESTS = 50;

/** Returns the scripts that commands may name, as commands of the folder itself. */
async function scriptsOf(snapshots: Snapshots, start: string, paths: readonly string[]): Promise<string[]> {
  const manifests = paths.filter((path) => isManifest(path) && path.split("/").length <= 2 && !isPackage(path));
  const scripts: string[] = [];
  for (const path of manifests.slice(0, MOST_MANIFESTS)) {
    const [folder = "", isInside] = path.split("/");
    const own = Object.values(scriptsIn(await textAt(snapshots, start, path)));
    scripts.push(...own.map((script) => (isInside === undefined ? script : `cd ${folder} && ${script}`)));
  }
  return scripts;
}

function pathsOf(files: readonly SnapshotFile[]): string[] {
  return files.map(({ path }) => path).filter((path) => !path.split("/").includes(".git"));
}

/**
 * Returns the manifests whose keys for tests were changed, and those that can no longer be read, as of a link or a file that
 * is too large: another reader could find any script there.
 */
async function changedManifests(
  snapshots: Snapshots,
  start: string,
  now: string,
  within: readonly ChangedPath[],
): Promise<{ replaced: string[]; unread: ReadonlySet<string> }> {
  const replaced: string[] = [];
  const unread = new Set<string>();
  for (const { path, before, after } of within) {
    if (!isManifest(path) || !before || !after) continue;
    const [own, other] = [await textAt(snapshots, now, path), await textAt(snapshots, start, path)];
    if (manifestIn(own) === null && manifestIn(other) !== null) unread.add(path);
    else if (manifestWith(own, other) !== null) replaced.push(path);
  }
  return { replaced, unread };
}
