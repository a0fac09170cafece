import fs from "node:fs";
import path from "node:path";
import type { OnlyCopy } from "@/core/shapes/folders";
import { giveToTools } from "@/lib/process/tools-identity";
import { isUncoverable, WorkspaceError } from "./path";
import { isPersonsFolder } from "./persons-folder";
import { readPlainFile } from "./plain-file";
import { isAtOrBelow } from "./spelling";

const MANIFEST_BYTES = 1_000_000;

export interface PrepareWorkspace {
  dataDir: string;
  treeId: string;
  /** `folder`: an existing folder to work in, in place, or in a copy; absent: a new folder in the data folder. */
  request: { folder?: string; isCopied?: boolean };
  /** The running system's own checkout; default: the server's current folder. */
  checkout?: string;
  /** More files and folders to hide, such as a key file outside the data folder, and the launcher's folder. */
  keyPaths?: readonly string[];
}

export interface PreparedWorkspace {
  /** A real path: absolute, without links. */
  root: string;
  ownedByBanyan: boolean;
  /**
   * Whether only its scratch folder is writable: the folder is, contains, or is in the running system's checkout, is
   * another checkout of it, or contains a hidden path, which a rename of a parent folder would reveal.
   */
  isReadOnly: boolean;
  hiddenPaths: string[];
}

/** Creates or checks a tree's workspace. Throws a `WorkspaceError` with one sentence when the folder cannot be used. */
export function prepareWorkspace(input: PrepareWorkspace): PreparedWorkspace {
  fs.mkdirSync(input.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = fs.realpathSync(input.dataDir);
  const keyPaths = input.keyPaths ?? [];
  if (input.request.folder === undefined) {
    return {
      root: makeFresh(dataDir, input.treeId),
      ownedByBanyan: true,
      isReadOnly: false,
      hiddenPaths: [...keyPaths],
    };
  }
  const root = checkGiven(input.request.folder, dataDir);
  const checkout = fs.realpathSync(input.checkout ?? process.cwd());
  const rules = rulesOf(root, dataDir, checkout, keyPaths);
  if (!input.request.isCopied) refuseInPlace(input.request.folder, root, rules.hiddenPaths);
  refuseBanyansOwn(input.request.folder, root, placesOfBanyan(root, dataDir, checkout, keyPaths));
  return { root, ownedByBanyan: false, ...rules };
}

/** The data folder in a checkout can be covered there. All other places can be neither in a workspace nor around it. */
function placesOfBanyan(root: string, dataDir: string, checkout: string, keyPaths: readonly string[]): string[] {
  const isInCheckout = checkoutsAt(root, checkout).some((folder) => isAtOrBelow(folder, dataDir));
  return [...(isInCheckout ? [] : [dataDir]), ...existing(keyPaths)];
}

function refuseBanyansOwn(given: string, root: string, places: readonly string[]): void {
  const shown = JSON.stringify(given.slice(0, 200));
  const around = places.find((place) => isAtOrBelow(place, root));
  if (around !== undefined)
    throw new WorkspaceError(
      `The workspace ${shown} is in ${around}, which belongs to Banyan itself; name another folder.`,
    );
  const inside = places.find((place) => isAtOrBelow(root, place));
  if (inside !== undefined)
    throw new WorkspaceError(
      `The workspace ${shown} contains ${inside}, which belongs to Banyan itself and stays hidden; name a folder below or beside it.`,
    );
}

/**
 * Returns the hidden paths of a folder that a person named, and whether its files are read-only; computed again before
 * each call.
 */
export function rulesOf(
  root: string,
  dataDir: string,
  checkout: string,
  /** Key files and folders of launchers, at any place. */
  keyPaths: readonly string[] = [],
): Pick<PreparedWorkspace, "isReadOnly" | "hiddenPaths"> {
  const holdsBanyanCheckout = holdsCheckout(root, checkout);
  const hiddenPaths = [dataDir, ...checkoutsAt(root, checkout).flatMap(secretsOf), ...existing(keyPaths)];
  const isReadOnly = holdsBanyanCheckout || hiddenPaths.some((hidden) => isAtOrBelow(root, hidden));
  return { isReadOnly, hiddenPaths };
}

function makeFresh(dataDir: string, treeId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(treeId)) {
    throw new WorkspaceError(`The tree id ${JSON.stringify(treeId.slice(0, 200))} cannot name a folder.`);
  }
  const folder = path.join(dataDir, "workspaces", treeId);
  fs.mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveToTools(folder);
  return folder;
}

function checkGiven(folder: string, dataDir: string): string {
  const shown = JSON.stringify(folder.slice(0, 200));
  if (folder.includes("\0")) throw new WorkspaceError(`The workspace ${shown} contains a NUL character; remove it.`);
  if (folder === "") throw new WorkspaceError("The workspace is empty; name a folder, or omit it for a new folder.");
  const root = realPath(folder, shown);
  if (!fs.statSync(root).isDirectory())
    throw new WorkspaceError(`The workspace ${shown} is not a folder; name a folder.`);
  if (!isPersonsFolder(root)) {
    throw new WorkspaceError(
      `The workspace ${shown} belongs to the operating system or is a whole home folder; name a project's own folder, such as one in your home folder.`,
    );
  }
  if (isAtOrBelow(dataDir, root)) {
    throw new WorkspaceError(`The workspace ${shown} is in Banyan's own data folder; name another folder.`);
  }
  try {
    fs.accessSync(root, fs.constants.R_OK | fs.constants.X_OK);
  } catch {
    throw new WorkspaceError(`The workspace ${shown} cannot be read by the server's user; change its permissions.`);
  }
  return root;
}

/** Returns why the server cannot write to a folder, as an error code; null when it can. */
function whyUnwritable(root: string): string | null {
  try {
    fs.accessSync(root, fs.constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

/** Returns why a tree can work only in a copy of a folder; null: it can work in the folder itself. */
export function whyOnlyCopy(root: string, hiddenPaths: readonly string[]): OnlyCopy | null {
  if (whyUnwritable(root) !== null) return "unwritable";
  return isUncoverable({ root, hiddenPaths, guardsGit: true }) ? "ignores_case" : null;
}

/** A launcher shows its releases the checkout read-only, so a tree works there only in a copy. */
function refuseInPlace(folder: string, root: string, hiddenPaths: readonly string[]): void {
  const why = whyOnlyCopy(root, hiddenPaths);
  if (why === null) return;
  const shown = JSON.stringify(folder.slice(0, 200));
  if (why === "ignores_case") throw new WorkspaceError(`The workspace ${shown} ${IGNORES_CASE}`);
  throw new WorkspaceError(
    whyUnwritable(root) === "EROFS"
      ? `The workspace ${shown} is read-only for the server; work in a copy of it.`
      : `The workspace ${shown} cannot be written by the server's user; change its permissions, or work in a copy of it.`,
  );
}

const IGNORES_CASE =
  "is on a file system that ignores case, such as a drive of Windows, where Banyan cannot protect .git and its own files from commands; work in a copy of it, or move it to a file system of Linux.";

function realPath(folder: string, shown: string): string {
  try {
    return fs.realpathSync(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") throw new WorkspaceError(`The workspace ${shown} does not exist; create the folder first.`);
    if (code === "EACCES") {
      throw new WorkspaceError(
        `The workspace ${shown} cannot be reached by the server's user; change its permissions.`,
      );
    }
    throw new WorkspaceError(`The workspace ${shown} cannot be used (${String(code)}).`);
  }
}

/** Returns the real paths of those that exist. */
function existing(paths: readonly string[]): string[] {
  return paths.filter((path) => fs.existsSync(path)).map((path) => fs.realpathSync(path));
}

/** Returns the checkouts of the system that a folder is or contains. */
function checkoutsAt(root: string, checkout: string): string[] {
  return [
    ...new Set([...(holdsCheckout(root, checkout) ? [root] : []), ...(isAtOrBelow(root, checkout) ? [checkout] : [])]),
  ];
}

function holdsCheckout(root: string, checkout: string): boolean {
  return isAtOrBelow(root, checkout) || isAtOrBelow(checkout, root) || isBanyan(root);
}

function isBanyan(root: string): boolean {
  try {
    // Agents write in a root, so anything may have this name.
    const description: unknown = JSON.parse(
      readPlainFile(path.join(root, "package.json"), MANIFEST_BYTES)?.toString("utf8") ?? "",
    );
    return (
      typeof description === "object" && description !== null && "name" in description && description.name === "banyan"
    );
  } catch {
    return false;
  }
}

/** Returns the settings and keys at the top of a checkout, and its data folder. `.env.example` contains no secret. */
function secretsOf(root: string): string[] {
  return fs
    .readdirSync(root)
    .filter((name) => name === "data" || /\.(key|pem)$/.test(name) || (/^\.env/.test(name) && name !== ".env.example"))
    .map((name) => path.join(root, name));
}
