/** Compares and combines trees of files. */
import { createHash } from "node:crypto";
import type { ChangedPath } from "@/gates/model/gate";
import { type Blobs, type FileTree, type TreeFile, treeOf } from "@/gates/model/tree";
import { decodeText } from "@/lib/workspace/files";

/** Returns SHA-256 of all paths, kinds and object ids, and of the submodules. */
export function digestOf({ files, submodules }: FileTree): string {
  const hash = createHash("sha256");
  for (const path of [...files.keys()].sort()) {
    const file = files.get(path);
    hash.update(`${path}\0${file?.kind} ${file?.oid}\n`);
  }
  for (const [path, commit] of [...submodules].sort()) hash.update(`${path}\0submodule ${commit}\n`);
  return hash.digest("hex");
}

export function changesBetween(base: FileTree, head: FileTree): ChangedPath[] {
  const changes: ChangedPath[] = [];
  for (const [path, file] of head.files) {
    const before = base.files.get(path);
    if (!before) changes.push({ path, change: "added" });
    else if (before.oid !== file.oid || before.kind !== file.kind) changes.push({ path, change: "modified" });
  }
  for (const path of base.files.keys()) if (!head.files.has(path)) changes.push({ path, change: "deleted" });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Returns a file's text; null when the tree lacks it, or it is a link or no text. */
export function textIn(tree: FileTree, path: string, blobs: Blobs): string | null {
  const file = tree.files.get(path);
  return file && file.kind !== "link" ? decodeText(blobs.read(file.oid)) : null;
}

export function withFiles(tree: FileTree, files: Iterable<[string, TreeFile]>): FileTree {
  return treeOf([...tree.files, ...files], tree.submodules);
}

export function withoutFile(tree: FileTree, path: string): FileTree {
  return treeOf(
    [...tree.files].filter(([name]) => name !== path),
    tree.submodules,
  );
}

/** Returns `source` with its files for which `isOnSide` is true replaced by those of `side`. */
export function layOver(source: FileTree, side: FileTree, isOnSide: (path: string) => boolean): FileTree {
  const over = [...side.files].filter(([path]) => isOnSide(path));
  const folders = new Set(over.flatMap(([path]) => foldersAbove(path)));
  const overPaths = new Set(over.map(([path]) => path));
  const kept = [...source.files].filter(
    // A file, or a link, in the place of a folder would lead the laid files elsewhere.
    ([path]) => !isOnSide(path) && !folders.has(path) && !foldersAbove(path).some((folder) => overPaths.has(folder)),
  );
  return treeOf([...kept, ...over], source.submodules);
}

function foldersAbove(path: string): string[] {
  const names = path.split("/");
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join("/"));
}
