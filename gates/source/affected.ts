/**
 * Which files a change can reach: those that import what it touches or name it in a constant text, step by step. Names
 * that are put together when a program runs are not seen, so this says what is worth running first, and not what is enough.
 */
import path from "node:path";
import type { Change } from "@/gates/model/gate";
import type { Blobs, FileTree } from "@/gates/model/tree";
import { isJavaScript, type Node, type Place, syntaxOf } from "@/lib/syntax/javascript";
import { textIn } from "./trees";

/** An import leaves the ending out, gives that of the compiled file, or names the folder. */
const ENDINGS = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];
const COMPILED = /\.[cm]?jsx?$/;
/** What no file's name is. */
const MOST_CHARACTERS = 300;

/**
 * Returns the files that the change touches and those that it can reach, with the number of steps to each, the nearest
 * first; files of one distance are sorted by path. What a file names counts on both sides of the change. `aliases` are
 * beginnings of imports with the folders that they stand for, as in `paths` of tsconfig.json: `{ "@/": "" }`.
 */
export function affectedBy(
  { base, head, blobs, paths }: Change,
  aliases: Readonly<Record<string, string>>,
): Map<string, number> {
  const users = new Map<string, Set<string>>();
  for (const tree of [base, head]) {
    for (const file of tree.files.keys()) {
      // The base's files were read before, unless the change edits them.
      if (tree === head && base.files.get(file)?.oid === head.files.get(file)?.oid) continue;
      for (const used of usedBy(tree, file, { blobs, aliases, trees: [base, head] })) {
        const of = users.get(used) ?? new Set();
        users.set(used, of.add(file));
      }
    }
  }
  const found = new Map<string, number>();
  let nearest = paths.map((changed) => changed.path);
  for (let steps = 0; nearest.length > 0; steps++) {
    const fresh = [...new Set(nearest)].filter((file) => !found.has(file)).sort();
    for (const file of fresh) found.set(file, steps);
    nearest = fresh.flatMap((file) => [...(users.get(file) ?? [])]);
  }
  return found;
}

interface Around {
  blobs: Blobs;
  aliases: Readonly<Record<string, string>>;
  /** A file that only one side has is named there. */
  trees: readonly FileTree[];
}

/** Returns the files that a file imports or names. */
function usedBy(tree: FileTree, file: string, { blobs, aliases, trees }: Around): string[] {
  if (!isJavaScript(file)) return [];
  const syntax = syntaxOf(file, textIn(tree, file, blobs) ?? "");
  const named = new Set(syntax?.places.flatMap(textsOf));
  return [...named].flatMap((name) => {
    const start = startOf(name, path.posix.dirname(file), aliases);
    return start === null ? [] : trees.flatMap(({ files }) => candidates(start).find((one) => files.has(one)) ?? []);
  });
}

/** Types are gone when the program runs. */
function textsOf({ node, parent }: Place): string[] {
  const text = constantOf(node);
  if (text === null || text.length > MOST_CHARACTERS || !/[./]/.test(text)) return [];
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
  return [start, bare].flatMap((one) => ENDINGS.flatMap((ending) => [one + ending, `${one}/index${ending}`]));
}
