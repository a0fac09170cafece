/**
 * Finds the repository of a folder by reading plain files, without running git, because git obeys files of the folder. In a
 * linked worktree and in a submodule `.git` is a file that names a folder elsewhere. That folder is believed only when it
 * names this one in turn: otherwise who can write a file `.git` could lead the sandbox to any repository of the machine.
 */
import { lstatSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { type LinkedGit, realPathOf } from "./path";
import { readPlainFile } from "./plain-file";
import { isAtOrBelow } from "./spelling";

export type GitAround =
  /** It begins in the folder, or there is none at all. */
  | { kind: "own" | "none" }
  | { kind: "linked"; linked: LinkedGit }
  /** Git does not work there for agents. `why` is a sentence. */
  | { kind: "off"; why: string };

const MOST_POINTER_BYTES = 8_192;
const MOST_CONFIG_BYTES = 256 * 1024;

/** `folder`: a real path. */
export function gitAround(folder: string): GitAround {
  const file = join(folder, ".git");
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return above(folder);
  if (stat.isDirectory()) return borrowedIn(folder, file) ?? { kind: "own" };
  if (stat.isSymbolicLink())
    return off("its .git is a link, which is not followed; put the repository itself in its place");
  return pointed(folder, file);
}

/** Returns the repository if the folder still leads there, and it to the folder; null otherwise. */
export function stillLinked(workspace: string, linked: LinkedGit | undefined): LinkedGit | null {
  if (!linked) return null;
  const now = gitAround(workspace);
  return now.kind === "linked" && now.linked.common === linked.common && now.linked.own === linked.own ? linked : null;
}

/** A clone that shares objects with another repository has only the newer ones. Returns null for any other. */
function borrowedIn(folder: string, repository: string): GitAround | null {
  const lenders = textOf(join(repository, "objects/info/alternates"), MOST_POINTER_BYTES).split("\n");
  const outside = lenders
    .map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#") && !isAtOrBelow(folder, resolve(repository, "objects", line)));
  return outside === undefined
    ? null
    : off(
        `its repository borrows objects from ${outside}; run "git repack -a -d" in the folder and remove .git/objects/info/alternates`,
      );
}

/** A repository above would see the files outside of the folder as deleted, because agents do not see them. */
function above(folder: string): GitAround {
  for (let at = dirname(folder); ; at = dirname(at)) {
    if (lstatSync(join(at, ".git"), { throwIfNoEntry: false }))
      return off(
        `its repository begins in ${at}; to use git, start in that folder and name ${relative(at, folder)} in the task`,
      );
    if (at === dirname(at)) return { kind: "none" };
  }
}

function pointed(folder: string, file: string): GitAround {
  const named = /^gitdir: (.+)/.exec(textOf(file, MOST_POINTER_BYTES))?.[1]?.trimEnd();
  const wanted = named === undefined ? null : resolve(folder, named);
  const own = wanted === null ? null : realPathOf(wanted);
  if (own === null || !statSync(own).isDirectory())
    return off(
      `its .git leads to ${wanted ?? "no folder"}, where no repository is; repair it with "git worktree repair"`,
    );
  // The sandbox shows it with the rest of the folder.
  if (isAtOrBelow(folder, own)) return { kind: "own" };
  const led = textOf(join(own, "commondir"), MOST_POINTER_BYTES).trim();
  const common = led === "" || led === "." ? own : realPathOf(resolve(own, led));
  if (common === null || !isRepository(common)) return strange(own);
  const isNamed = common === own ? worksIn(own, folder) : isWorktreeOf(common, own, file);
  if (!isNamed) return strange(own);
  if (isAtOrBelow(common, folder))
    return off(`it is inside of its repository's own folder ${common}; make a worktree beside that folder`);
  if (hasEntries(join(own, "modules")))
    return off(
      "it has submodules of its own, whose repositories would not be found; start in the folder around it, or in a clone",
    );
  if (statSync(common).uid !== statSync(folder).uid)
    return off(`its repository ${common} belongs to another user; give both the same owner`);
  return { kind: "linked", linked: { common, own: relative(common, own) } };
}

const strange = (own: string) =>
  off(`its .git leads to ${own}, which does not name this folder in turn; repair it with "git worktree repair"`);

const off = (why: string): GitAround => ({ kind: "off", why: `Git is off for agents in this folder: ${why}.` });

const isRepository = (folder: string) => ["HEAD", "objects", "refs"].every((name) => isThere(join(folder, name)));

function hasEntries(folder: string): boolean {
  return isThere(folder) && readdirSync(folder).length > 0;
}

const isThere = (file: string) => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** The folder of a worktree is where git puts it, so that nobody but who writes in the repository can have made it. */
function isWorktreeOf(common: string, own: string, file: string): boolean {
  if (join(common, "worktrees", basename(own)) !== own) return false;
  const named = textOf(join(own, "gitdir"), MOST_POINTER_BYTES).trim();
  if (named === "") return false;
  const back = resolve(own, named);
  return basename(back) === ".git" && realPathOf(dirname(back)) === dirname(file);
}

/** A submodule's repository names its files by `core.worktree`, which git itself writes on a line of its own. */
function worksIn(own: string, folder: string): boolean {
  const named = worktreeIn(configOf(own));
  return named !== null && realPathOf(resolve(own, named)) === folder;
}

export function configOf(repository: string): string {
  return textOf(join(repository, "config"), MOST_CONFIG_BYTES);
}

function worktreeIn(config: string): string | null {
  let section = "";
  let found: string | null = null;
  for (const line of config.split("\n")) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.toLowerCase() ?? section;
    const value = /^\s*worktree\s*=\s*(.*\S)\s*$/i.exec(line)?.[1];
    if (section === "core" && value !== undefined) found = value.replace(/^"(.*)"$/, "$1");
  }
  return found;
}

function textOf(file: string, mostBytes: number): string {
  return readPlainFile(file, mostBytes)?.toString("utf8") ?? "";
}

const remembered = z.object({
  why: z.string().nullable(),
  linked: z.object({ common: z.string(), own: z.string() }).nullable(),
});

/** What was found when a person named the folder. */
export type RememberedGit = z.infer<typeof remembered>;

const fileIn = (cacheDir: string) => join(cacheDir, "git-of-folder.json");

/** Keeps what was found at the submission: what a command writes into the folder afterwards opens no other repository. */
export function rememberGit(cacheDir: string, found: RememberedGit): void {
  mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
  writeFileSync(fileIn(cacheDir), JSON.stringify(found), { mode: 0o600 });
}

export function forgetGit(cacheDir: string): void {
  rmSync(fileIn(cacheDir), { force: true });
}

/** Returns null where nothing was remembered: then the repository begins in the folder, or there is none. */
export function rememberedGit(cacheDir: string): RememberedGit | null {
  const text = textOf(fileIn(cacheDir), MOST_CONFIG_BYTES);
  return text === "" ? null : remembered.parse(JSON.parse(text));
}
