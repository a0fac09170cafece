import fs from "node:fs";
import path from "node:path";

/** A refusal or failure in a workspace, as one sentence for the model or person that caused it. */
export class WorkspaceError extends Error {
  override name = "WorkspaceError";
}

/** A workspace as the host's tools may see it. `root` is a real path: absolute, without links. */
export interface WorkspaceView {
  root: string;
  /** Absolute host paths that no tool may show or change, even when they lie inside the root. */
  hiddenPaths: readonly string[];
  /** Only what lies below SCRATCH_FOLDER may be made or changed. */
  isReadOnly?: boolean;
  /** It is a person's folder: nothing is written into a repository's own folder, which git obeys. */
  guardsGit?: boolean;
}

/** The one writable folder inside a workspace that is otherwise read-only. */
export const SCRATCH_FOLDER = ".banyan-scratch";

/** Where the terminal sandbox mounts the workspace, so a model may use these paths with file tools too. */
export const SANDBOX_ROOT = "/workspace";
const PATH_MAX_BYTES = 4096;

/**
 * Splits a path that a model gave into names below the root; an empty list is the root itself.
 * Links are not looked at here: `open.ts` refuses them while it opens each name.
 */
export function partsInside(view: WorkspaceView, given: string): string[] {
  const shown = JSON.stringify(given.slice(0, 200));
  if (given.includes("\0")) throw new WorkspaceError(`The path ${shown} contains a NUL character; leave it out.`);
  if (Buffer.byteLength(given) > PATH_MAX_BYTES) {
    throw new WorkspaceError(`The path ${shown} is longer than ${PATH_MAX_BYTES} bytes; give a shorter one.`);
  }
  const parts = relativePart(view.root, given, shown)
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) {
    throw new WorkspaceError(`The path ${shown} contains ".."; give a path below the workspace folder without it.`);
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
  throw new WorkspaceError(`The path ${shown} is outside the workspace; give a path relative to the workspace folder.`);
}

export function hiddenError(shown: string): WorkspaceError {
  return new WorkspaceError(
    `The path ${shown} is hidden from every tool, because it holds the system's own data or keys.`,
  );
}

/** Any case: some file systems know only one. */
export function isGitsOwn(parts: readonly string[]): boolean {
  return parts.some((part) => part.toLowerCase() === ".git");
}

export function gitsOwnError(shown: string): WorkspaceError {
  return new WorkspaceError(
    `${shown} belongs to git itself, and this is a person's own repository: use git_operations or git commands instead.`,
  );
}

export function isWritable({ isReadOnly }: WorkspaceView, parts: readonly string[]): boolean {
  return !isReadOnly || (parts.length > 1 && parts[0] === SCRATCH_FOLDER);
}

export function readOnlyError(shown: string): WorkspaceError {
  return new WorkspaceError(
    `${shown} cannot be written: this workspace holds the running system or its data, so it is read-only but for ${SCRATCH_FOLDER}; write below that folder.`,
  );
}

/**
 * True when the names lead to a hidden path or below one. A hidden path above the root does not count: a tree's fresh
 * workspace lies in the data folder, which is hidden, and is the one part of it that the tree may use.
 */
export function isHidden(view: WorkspaceView, parts: readonly string[]): boolean {
  if (view.hiddenPaths.length === 0) return false;
  const absolute = path.join(view.root, ...parts);
  return allHiddenPaths(view.hiddenPaths)
    .filter((hidden) => hidden.startsWith(`${view.root}/`))
    .some((hidden) => absolute === hidden || absolute.startsWith(`${hidden}/`));
}

/** Hidden paths both as given and with links resolved, because the root is a real path and they may not be. */
export function allHiddenPaths(hiddenPaths: readonly string[]): string[] {
  const all = new Set<string>();
  for (const given of hiddenPaths) {
    all.add(path.resolve(given));
    const real = realPathOf(given);
    if (real) all.add(real);
  }
  return [...all];
}

/** Null for what is not there. */
export function realPathOf(given: string): string | null {
  try {
    return fs.realpathSync(given);
  } catch {
    return null;
  }
}
