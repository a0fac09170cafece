/** Where a service is written: an empty or absent folder, which is filled at one moment. */
import { createHash } from "node:crypto";
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { UserError, wrongField } from "@/agents/application";
import { runGit } from "@/lib/git/run";
import { serverIsRoot } from "@/lib/process/tools-identity";
import { writeFileAtomically } from "@/lib/workspace/files";
import { WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { prepareWorkspace } from "@/lib/workspace/prepare";
import { removeTree } from "@/lib/workspace/remove-tree";

export interface PlaceSources {
  dataDir: string;
  checkout: string;
  keyPaths: readonly string[];
}

const AUTHOR = ["-c", "user.name=Banyan", "-c", "user.email=services@banyan.invalid"];
const BRANCH = "main";

/** Returns where a folder is, without links on the way to it. Throws UserError about `workspace`. */
export function realPlace(folder: string): string {
  if (!path.isAbsolute(folder))
    throw wrongField("workspace", "Name the folder by its whole path, which begins with /.");
  const around = path.dirname(path.resolve(folder));
  if (!existsSync(around)) throw wrongField("workspace", `There is no folder ${around}: create it first.`);
  return path.join(realpathSync(around), path.basename(path.resolve(folder)));
}

/** Throws UserError about `workspace` for a folder that holds something, or where no service may be. */
export function requireEmptyPlace(sources: PlaceSources, folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found && (!found.isDirectory() || readdirSync(folder).length > 0))
    throw wrongField("workspace", `The folder ${folder} is not empty: name a new one, or an empty one.`);
  if (!found) writing(folder, () => mkdirSync(folder));
  try {
    requireUsable(sources, folder);
  } finally {
    if (!found) rmdirSync(folder);
  }
}

/** Runs `work`. What the system refuses is about the folder. */
function writing<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw wrongField(
      "workspace",
      `The folder ${folder} cannot be written (${code}): change its permissions, or name another one.`,
    );
  }
}

/** Throws UserError about `workspace` for a folder that belongs to Banyan itself, or that the server cannot use. */
export function requireUsable({ dataDir, checkout, keyPaths }: PlaceSources, folder: string): void {
  try {
    const { isReadOnly } = prepareWorkspace({ dataDir, treeId: "", request: { folder }, checkout, keyPaths });
    if (isReadOnly) throw wrongField("workspace", `The folder ${folder} is in Banyan's own source: name another one.`);
  } catch (error) {
    if (error instanceof WorkspaceError) throw wrongField("workspace", error.message);
    throw error;
  }
}

/**
 * Makes the repository with one commit beside the folder, and then puts it in its place. What a kill leaves there is removed
 * by the next call for the same folder, so only one may run at a time. `requireFree` throws when a tree has begun in the folder
 * meanwhile. Throws UserError.
 */
export async function putRepository(
  folder: string,
  files: ReadonlyMap<string, string>,
  { message, requireFree }: { message: string; requireFree(): void },
): Promise<void> {
  const beside = path.join(path.dirname(folder), `.${path.basename(folder)}-${placeKey(folder)}`);
  await removeTree(beside);
  try {
    await makeRepository(beside, files, message);
    giveToOwner(beside, path.dirname(folder));
    requireFree();
    writing(folder, () => renameSync(beside, folder));
  } catch (error) {
    await removeTree(beside);
    if (error instanceof WorkspaceError) throw new UserError("unavailable", error.message);
    throw error;
  }
}

/** Returns a name for what concerns one folder, wherever it is kept. */
export function placeKey(folder: string): string {
  return `service-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
}

/**
 * Puts the files of a service into the folder of a tree, where its specification is already, and makes it a repository with one
 * commit. Called again after a crash, it does the same: the repository appears last, at one moment. `key` names what it leaves
 * beside the folder until then. Throws WorkspaceError.
 */
export async function fillRepository(
  view: WorkspaceView,
  files: ReadonlyMap<string, string>,
  { message, key }: { message: string; key: string },
): Promise<void> {
  const { root } = view;
  const beside = path.join(path.dirname(root), `.${path.basename(root)}-${key}`);
  await removeTree(beside);
  try {
    await makeRepository(beside, files, message);
    giveToOwner(beside, root);
    for (const [file, text] of files) await writeFileAtomically(view, file, text);
    renameSync(path.join(beside, ".git"), path.join(root, ".git"));
  } finally {
    await removeTree(beside);
  }
}

async function makeRepository(root: string, files: ReadonlyMap<string, string>, message: string): Promise<void> {
  writing(root, () => writeFiles(root, files));
  const options = { gitDir: path.join(root, ".git"), env: { GIT_WORK_TREE: root } };
  await runGit(["init", "-q", "--template=", "-b", BRANCH], { gitDir: options.gitDir });
  await runGit(["add", "-A"], options);
  await runGit([...AUTHOR, "commit", "-q", "-m", message], options);
}

export function writeFiles(root: string, files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    const full = path.join(root, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
}

/** A server that is root leaves no files of root in a person's folder. */
function giveToOwner(root: string, around: string): void {
  const { uid, gid } = statSync(around);
  if (!serverIsRoot() || uid === 0) return;
  const open = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    chownSync(next, uid, gid);
    if (lstatSync(next).isDirectory()) for (const name of readdirSync(next)) open.push(path.join(next, name));
  }
}
