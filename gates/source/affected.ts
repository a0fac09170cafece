/**
 * Which files a change can reach: those that import what it touches or name it in a constant text, step by step. Names
 * that a program builds while it runs are not seen, so this says which tests are worth running first, and not which are
 * enough.
 */
import path from "node:path";
import type { Change } from "@/gates/model/gate";
import type { Blobs, FileTree } from "@/gates/model/tree";
import { isJavaScript, type Node, type Place, syntaxOf } from "@/lib/syntax/javascript";
import { textIn } from "./trees";

/** An import leaves the ending out, gives that of the compiled file, or names the folder. */
const ENDINGS = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];
const COMPILED = /\.[cm]?jsx?$/;
/** Words that name no file. */
const MOST_CHARACTERS = 300;

/**
 * Returns the files that the change touches and those that it can reach, with the number of steps to each, the nearest
 * first; files of one distance are sorted by path. Names in a file count on both sides of the change. `aliases` are
 * beginnings of imports with the folders that they stand for, as in `paths` of tsconfig.json: `{ "@/": "" }`.
 */
export function affectedBy(
  { base, head, blobs, paths }: Change,
  aliases: Readonly<Record<string, string>>,
): Map<string, number> {
  return reachOf(
    usersIn({ base, head, blobs }, aliases),
    paths.map((changed) => changed.path),
  );
}

/** Which files import or name each file, or a folder by its path. */
export interface Users {
  ofFiles: ReadonlyMap<string, ReadonlySet<string>>;
  ofFolders: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Returns who uses what on either side of a change. */
export function usersIn(
  { base, head, blobs }: Omit<Change, "paths">,
  aliases: Readonly<Record<string, string>>,
): Users {
  const around: Around = { blobs, aliases, trees: [base, head], folders: foldersIn([base, head]) };
  const ofFiles = new Map<string, Set<string>>();
  const ofFolders = new Map<string, Set<string>>();
  for (const tree of around.trees) {
    for (const file of tree.files.keys()) {
      // The base's files were read before, unless the change edits them.
      if (tree === head && base.files.get(file)?.oid === head.files.get(file)?.oid) continue;
      const used = usedBy(tree, file, around);
      for (const user of used.files) ofFiles.set(user, (ofFiles.get(user) ?? new Set()).add(file));
      for (const folder of used.folders) ofFolders.set(folder, (ofFolders.get(folder) ?? new Set()).add(file));
    }
  }
  return { ofFiles, ofFolders };
}

/** Returns the changed files and those that they can reach, with the number of steps to each; see `affectedBy`. */
export function reachOf({ ofFiles }: Pick<Users, "ofFiles">, changed: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  let nearest = changed;
  for (let steps = 0; nearest.length > 0; steps++) {
    const fresh = [...new Set(nearest)].filter((file) => !found.has(file)).sort();
    for (const file of fresh) found.set(file, steps);
    nearest = fresh.flatMap((file) => [...(ofFiles.get(file) ?? [])]);
  }
  return found;
}

interface Around {
  blobs: Blobs;
  aliases: Readonly<Record<string, string>>;
  /** A file that only one side has is named there. */
  trees: readonly FileTree[];
  /** Every folder of the sides. */
  folders: ReadonlySet<string>;
}

function foldersIn(trees: readonly FileTree[]): Set<string> {
  const folders = new Set<string>();
  for (const { files } of trees)
    for (const file of files.keys())
      for (let at = file.indexOf("/"); at >= 0; at = file.indexOf("/", at + 1)) folders.add(file.slice(0, at));
  return folders;
}

/** Returns the files and folders that a file imports or names. */
function usedBy(tree: FileTree, file: string, around: Around): { files: string[]; folders: string[] } {
  if (!isJavaScript(file)) return { files: [], folders: [] };
  const syntax = syntaxOf(file, textIn(tree, file, around.blobs) ?? "");
  const files: string[] = [];
  const folders: string[] = [];
  for (const name of new Set(syntax?.places.flatMap(textsOf))) {
    const start = startOf(name, path.posix.dirname(file), around.aliases);
    if (start === null) continue;
    // A word alone names no file.
    if (/[./]/.test(name)) files.push(...filesAt(start, around.trees));
    if (around.folders.has(start)) folders.push(start);
  }
  return { files, folders };
}

function filesAt(start: string, trees: readonly FileTree[]): string[] {
  return trees.flatMap(({ files }) => candidates(start).find((candidate) => files.has(candidate)) ?? []);
}

/** Types are gone when the program runs. */
function textsOf({ node, parent }: Place): string[] {
  const text = constantOf(node);
  if (text === null || text.length > MOST_CHARACTERS) return [];
  const from = parent?.node;
  return from && "importKind" in from && from.importKind === "type" ? [] : [text];
}

function constantOf(node: Node): string | null {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  return node.type === "TemplateLiteral" && node.quasis.length === 1 ? (node.quasis[0]?.value.cooked ?? null) : null;
}

/** Returns the path from the root that a name may mean; null for one that leads out. */
function startOf(name: string, folder: string, aliases: Readonly<Record<string, string>>): string | null {
  const alias = Object.keys(aliases).find((beginning) => name.startsWith(beginning));
  const full = name.startsWith("./") || name.startsWith("../") ? `${folder}/${name}` : name;
  const meant = alias === undefined ? full : `${aliases[alias]}${name.slice(alias.length)}`;
  const plain = path.posix.normalize(meant);
  return plain.startsWith("../") || plain.startsWith("/") ? null : plain.replace(/\/$/, "");
}

function candidates(start: string): string[] {
  const bare = start.replace(COMPILED, "");
  return [start, bare].flatMap((base) => ENDINGS.flatMap((ending) => [base + ending, `${base}/index${ending}`]));
}
