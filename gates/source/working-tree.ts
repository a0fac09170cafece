/** Reads the files of a folder as git would commit them, without running git on it. */
import fs from "node:fs";
import { GatesError } from "@/gates/model/errors";
import type { Blobs, FileTree, TreeFile } from "@/gates/model/tree";
import { readAll } from "@/lib/workspace/files";
import { IgnoreRules } from "@/lib/workspace/ignore-rules";
import { openRegularFile } from "@/lib/workspace/open";
import { type WalkEntry, walk } from "@/lib/workspace/walk";
import { isRepository, type Tracked } from "./repository";

const MOST_FILE_BYTES = 100 * 1024 * 1024;
/** The walk goes no deeper, and git has no such limit. */
const MOST_FOLDERS = 128;
const GITS_OWN: ReadonlySet<string> = new Set([".git"]);

/** The `tracked` paths are read although `.gitignore` may name them. */
export async function treeOfFolder(
  { root, exclude }: { root: string; exclude: string },
  tracked: Tracked,
  blobs: Blobs,
): Promise<FileTree> {
  const files: [string, TreeFile][] = [];
  const rules = new IgnoreRules();
  const folders = foldersOf(tracked);
  const isIgnored = (path: string, isFolder: boolean) => rules.isIgnored(path.split("/"), isFolder);
  const leftOut: string[] = [];
  const isWanted = (path: string) => {
    if (folders.has(path)) return true;
    if (isIgnored(path, true) || tracked.submodules.has(path)) return false;
    // Packages, and another repository inside the folder.
    if (!isPackages(path) && !isRepository(`${root}/${path}`)) return true;
    leftOut.push(path);
    return false;
  };
  const enters = (path: string) => {
    if (!isWanted(path)) return false;
    if (path.split("/").length <= MOST_FOLDERS) return true;
    throw new GatesError(`${path.slice(0, 100)}… lies below more than ${MOST_FOLDERS} folders; add it to .gitignore.`);
  };
  // Only git's own rules: git commits a file even if `.ignore` names it.
  const onFolder = (path: string, fd: number) => {
    const text = gitIgnoreIn(fd);
    const all = path === "" ? `${exclude}\n${text}` : text;
    if (all.trim() !== "") rules.addGitIgnore(path.split("/").filter(Boolean), all);
  };
  for await (const entry of walk(root, [], { skip: GITS_OWN, enters, onFolder })) {
    if ((entry.kind !== "file" && entry.kind !== "link") || entry.name === ".git") continue;
    if (!tracked.paths.has(entry.path) && isLeftOut(entry.path, isIgnored)) continue;
    files.push([entry.path, await fileOf(entry, blobs)]);
  }
  return { files: new Map(files), submodules: tracked.submodules, leftOut: leftOut.sort() };
}

function isPackages(path: string): boolean {
  return path === "node_modules" || path.endsWith("/node_modules");
}

function gitIgnoreIn(directoryFd: number): string {
  try {
    const { fd } = openRegularFile(directoryFd, ".gitignore");
    try {
      return fs.readFileSync(fd, "utf8");
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return "";
  }
}

function isLeftOut(path: string, isIgnored: (path: string, isFolder: boolean) => boolean): boolean {
  const names = path.split("/");
  // A link called node_modules leads to installed packages.
  if (isPackages(path)) return true;
  return isIgnored(path, false) || names.some((_, at) => at > 0 && isIgnored(names.slice(0, at).join("/"), true));
}

function foldersOf({ paths }: Tracked): Set<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) folders.add(path.slice(0, at));
  return folders;
}

async function fileOf(entry: WalkEntry, blobs: Blobs): Promise<TreeFile> {
  if (entry.kind === "link") return { kind: "link", oid: blobs.add(Buffer.from(entry.readLink())) };
  if (entry.sizeBytes > MOST_FILE_BYTES)
    throw new GatesError(`${entry.path} has more than ${MOST_FILE_BYTES / 1024 ** 2} MB; add it to .gitignore.`);
  const { fd, stat } = entry.open();
  try {
    const oid = blobs.add(await readAll(fd, MOST_FILE_BYTES));
    return { kind: stat.mode & 0o100 ? "executable" : "file", oid };
  } finally {
    fs.closeSync(fd);
  }
}
