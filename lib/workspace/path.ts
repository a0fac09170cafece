import fs from "node:fs";
import path from "node:path";
import { ignoresCase, isAtOrBelow, isDotGit, isSameFile } from "./spelling";

/** A refusal or failure in a workspace, as one sentence for the model or person that caused it. */
export class WorkspaceError extends Error {
  override name = "WorkspaceError";
  /** What went wrong, as a code for the log; null: the sentence says all. */
  readonly fault: "path_refused" | null;
  constructor(message: string, { fault, ...options }: ErrorOptions & { fault?: "path_refused" } = {}) {
    super(message, options);
    this.fault = fault ?? null;
  }
}

const REFUSED = { fault: "path_refused" } as const;

/** A repository outside of the folder whose files it holds. */
export interface LinkedGit {
  /** Its folder with objects and branches: a real path. */
  common: string;
  /** What belongs to this folder alone, below that: `worktrees/NAME`; "" for a submodule, which has all to itself. */
  own: string;
}

/** A workspace as the host's tools see it. `root` is a real path: absolute, without links. */
export interface WorkspaceView {
  root: string;
  /** Absolute host paths that no tool may show or change, even inside the root. */
  hiddenPaths: readonly string[];
  /** Whether only paths below SCRATCH_FOLDER may be created or changed. */
  isReadOnly?: boolean;
  /** Whether it is a person's folder, in which no tool may write to `.git`, because git obeys the files there. */
  guardsGit?: boolean;
  /** The repository of a person's folder that is outside of it. */
  linkedGit?: LinkedGit;
}

/** The only writable folder in a read-only workspace. */
export const SCRATCH_FOLDER = ".banyan-scratch";

/** Where Banyan puts the changes of a task that it could not merge, for the task above to take over. They are nobody's work. */
export const CONFLICTS_FOLDER = ".banyan-conflicts";

/** Where the terminal sandbox mounts the workspace; file tools accept these paths too. */
export const SANDBOX_ROOT = "/workspace";

/** Where a command finds its home when that is not the workspace: what programs leave there are no files of the task. */
export const SANDBOX_HOME = "/home/agent";
const PATH_MAX_BYTES = 4096;

/**
 * Splits a path from a model into path segments below the root; an empty list is the root itself. Links are not checked
 * here: `open.ts` refuses them while it opens each name.
 */
export function partsInside(view: WorkspaceView, given: string): string[] {
  const shown = JSON.stringify(given.slice(0, 200));
  if (given.includes("\0")) throw new WorkspaceError(`The path ${shown} contains a NUL character; remove it.`);
  if (Buffer.byteLength(given) > PATH_MAX_BYTES) {
    throw new WorkspaceError(`The path ${shown} is longer than ${PATH_MAX_BYTES} bytes; give a shorter path.`);
  }
  const parts = relativePart(view.root, given, shown)
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) {
    throw new WorkspaceError(
      `The path ${shown} contains ".."; give a path below the workspace folder without it.`,
      REFUSED,
    );
  }
  if (isHidden(view, parts)) throw hiddenError(shown);
  return parts;
}

function relativePart(root: string, given: string, shown: string): string {
  if (!given.startsWith("/")) return given;
  for (const base of [root, SANDBOX_ROOT]) {
    if (given === base) return "";
    if (given.startsWith(`${base}/`)) return given.slice(base.length + 1);
  }
  throw new WorkspaceError(
    `The path ${shown} is outside the workspace; give a path relative to the workspace folder.`,
    REFUSED,
  );
}

export function hiddenError(shown: string): WorkspaceError {
  return new WorkspaceError(
    `The path ${shown} is hidden from every tool, because it contains Banyan's own data or keys.`,
    REFUSED,
  );
}

export function movedError(root: string): WorkspaceError {
  return new WorkspaceError(
    `The workspace ${root} is no longer where it was: a folder above it is a link now. Put the folder back, or start a new tree.`,
  );
}

export function isGitsOwn(parts: readonly string[]): boolean {
  return parts.some(isDotGit);
}

function gitsOwnError(shown: string): WorkspaceError {
  return new WorkspaceError(
    `${shown} belongs to git, and this is a person's own repository: use git_operations or git commands instead.`,
    REFUSED,
  );
}

export function isWritable({ isReadOnly }: WorkspaceView, parts: readonly string[]): boolean {
  return !isReadOnly || (parts.length > 1 && parts[0] === SCRATCH_FOLDER);
}

function readOnlyError(shown: string): WorkspaceError {
  return new WorkspaceError(
    `${shown} cannot be written: this workspace contains the running system or its data, so it is read-only except for ${SCRATCH_FOLDER}; write below that folder.`,
    REFUSED,
  );
}

/** Throws a `WorkspaceError` where no tool may create or change a file. Every writer of the host asks it first. */
export function requireWritable(view: WorkspaceView, parts: readonly string[], given: string): void {
  const shown = JSON.stringify(given.slice(0, 200));
  if (!isWritable(view, parts)) throw readOnlyError(shown);
  if (view.guardsGit && isGitsOwn(parts)) throw gitsOwnError(shown);
}

/** Does the same for a folder that is to be filled: what counts is whether a file may be in it. */
export function requireFillable(view: WorkspaceView, parts: readonly string[], given: string): void {
  requireWritable(view, [...parts, "file"], given);
}

/**
 * Whether the names lead to a hidden path or below one. A hidden path above the root does not count: a tree's fresh
 * workspace is in the data folder, which is hidden, and is the part of it that the tree may use.
 */
export function isHidden(view: WorkspaceView, parts: readonly string[]): boolean {
  if (view.hiddenPaths.length === 0) return false;
  const absolute = path.join(view.root, ...parts);
  const depth = namesIn(view.root);
  return allHiddenPaths(view.hiddenPaths)
    .filter((hidden) => hidden !== view.root && isAtOrBelow(view.root, hidden))
    .some((hidden) => {
      if (absolute === hidden || absolute.startsWith(`${hidden}/`)) return true;
      const start = parts.slice(0, namesIn(hidden) - depth);
      return namesIn(hidden) === depth + start.length && isSameFile(path.join(view.root, ...start), hidden);
    });
}

const namesIn = (absolute: string) => absolute.split("/").filter((name) => name !== "").length;

/** Hidden files and folders as a list of files meets them: under any name. */
export interface HiddenEntries {
  has(absolute: string, stat: Pick<fs.Stats, "dev" | "ino">): boolean;
}

/** Looks the hidden paths up once. `has` takes an entry's path and what lstat tells about it. */
export function hiddenEntries(hiddenPaths: readonly string[]): HiddenEntries {
  const paths = new Set(allHiddenPaths(hiddenPaths));
  const inodes = new Set(
    [...paths].flatMap((hidden) => {
      const stat = fs.lstatSync(hidden, { throwIfNoEntry: false });
      return stat && !stat.isSymbolicLink() ? [inodeOf(stat)] : [];
    }),
  );
  return { has: (absolute, stat) => paths.has(absolute) || inodes.has(inodeOf(stat)) };
}

const inodeOf = ({ dev, ino }: Pick<fs.Stats, "dev" | "ino">) => `${dev} ${ino}`;

/**
 * Whether the sandbox cannot cover `.git` and hidden paths in a folder: a cover is on one name, and the file system finds
 * the file under others. Without a sandbox only file tools work there, which compare the files themselves.
 */
export function isUncoverable({ root, hiddenPaths, guardsGit }: WorkspaceView): boolean {
  if (process.platform !== "linux") return false;
  const hidden = allHiddenPaths(hiddenPaths).filter((place) => place !== root && isAtOrBelow(root, place));
  const repository = path.join(root, ".git");
  const hasGit = guardsGit && fs.lstatSync(repository, { throwIfNoEntry: false })?.isDirectory();
  const places = [
    ...hidden.filter((place) => fs.existsSync(place)).map(path.dirname),
    ...(hasGit ? [root, repository] : []),
  ];
  return places.some(ignoresCase);
}

/** Returns hidden paths both as given and with links resolved, because the root is a real path and they may not be. */
export function allHiddenPaths(hiddenPaths: readonly string[]): string[] {
  const all = new Set<string>();
  for (const given of hiddenPaths) {
    all.add(path.resolve(given));
    const real = realPathOf(given);
    if (real) all.add(real);
  }
  return [...all];
}

/** Returns null for a path that does not exist. */
export function realPathOf(given: string): string | null {
  try {
    return fs.realpathSync(given);
  } catch {
    return null;
  }
}
