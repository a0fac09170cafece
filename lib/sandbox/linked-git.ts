/**
 * Shows a sandbox the repository of a linked worktree or a submodule, which is outside of the workspace. What leads git
 * there and back is written anew for the sandbox, because in it both are at other paths.
 */
import fs from "node:fs";
import path from "node:path";
import { configOf } from "../workspace/git-around";
import type { LinkedGit } from "../workspace/path";
import { guardsIn } from "./git-guard";
import type { HostMount } from "./mounts";

/** Where the repository is in the sandbox. */
const LINKED_AT = "/repository.git";

/** The state of other worktrees: what they have checked out, and their submodules. Commands here have no use for it. */
const OF_MAIN = ["HEAD", "index", "modules"];

/** `common` may be a copy of the repository's folder. */
export function linkedMounts({ common, own }: LinkedGit, isReadOnly: boolean): HostMount[] {
  const at = (source: string) => `${LINKED_AT}${source.slice(common.length)}`;
  const show = (source: string, writable: boolean) => ({ source, at: at(source), writable: writable && !isReadOnly });
  const guards = guardsIn(common, common).map(({ source, writable }) => show(source, writable));
  const closed = own === "" ? [] : [...OF_MAIN.map((name) => path.join(common, name)), ...othersThan(common, own)];
  const there = closed.filter((file) => {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    return stat?.isFile() || stat?.isDirectory();
  });
  return [show(common, true), ...guards, ...there.map((source) => show(source, false))];
}

function othersThan(common: string, own: string): string[] {
  const folder = path.join(common, "worktrees");
  return fs
    .readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter((other) => other !== path.join(common, own));
}

/** Returns the files that the sandbox has in place of the repository's, read-only. `folder`: the workspace in the sandbox. */
export function linkedFiles({ common, own }: LinkedGit, folder: string): Record<string, string> {
  const at = path.join(LINKED_AT, own);
  const leads = { [`${folder}/.git`]: `gitdir: ${at}\n` };
  if (own === "") return { ...leads, [`${at}/config`]: `${configOf(common)}\n[core]\n\tworktree = ${folder}\n` };
  return { ...leads, [`${at}/gitdir`]: `${folder}/.git\n`, [`${at}/commondir`]: "../..\n" };
}
