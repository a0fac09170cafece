/** Chooses which of a tree's changes belong into a branch or a patch. */
import type { ChangedPath, SnapshotStore } from "../snapshots/port";
import { IgnoreRules } from "../workspace/ignore-rules";

export interface Chosen {
  changes: ChangedPath[];
  /** Number of changed files that the rules of `.gitignore` leave out. */
  ignored: number;
  /** Folders that are repositories of their own, whose files are left out. */
  nested: string[];
}

/** What the repository has, for changes of a folder in a repository. */
export interface Tracked {
  isTracked(path: string): boolean;
  /** Paths of submodules. */
  submodules: readonly string[];
  /** The names of the folder below the top of the repository. */
  prefix: readonly string[];
  /** Rules of folders above the folder, and those that only this copy of the repository has. */
  rulesAbove: readonly { names: readonly string[]; text: string }[];
}

const NO_REPOSITORY: Tracked = { isTracked: () => false, submodules: [], prefix: [], rulesAbove: [] };

/** Returns the changes without ignored files, unless they are tracked, and without files of nested repositories. */
export async function chosenOf(
  snapshots: Pick<SnapshotStore, "files" | "contents">,
  to: string,
  changes: readonly ChangedPath[],
  tracked: Tracked = NO_REPOSITORY,
): Promise<Chosen> {
  const all = await snapshots.files(to);
  const nested = [...new Set([...nestedIn(all.map(({ path }) => path)), ...tracked.submodules])].sort();
  const outside = changes.filter(({ path }) => !nested.some((folder) => path === folder || isBelow(path, folder)));
  const rules = await rulesOf(snapshots, all, outside, tracked);
  const chosen = outside.filter(
    ({ path }) => tracked.isTracked(path) || !isIgnored(rules, [...tracked.prefix, ...path.split("/")]),
  );
  const left = nested.filter((folder) => changes.some(({ path }) => isBelow(path, folder)));
  return { changes: chosen, ignored: outside.length - chosen.length, nested: left };
}

/** Returns the folders below the top that have a `.git`. */
function nestedIn(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    const at = path.search(/\/\.git(\/|$)/i);
    if (at > 0) folders.add(path.slice(0, at));
  }
  return folders;
}

const isBelow = (path: string, folder: string) => path.startsWith(`${folder}/`);

async function rulesOf(
  snapshots: Pick<SnapshotStore, "contents">,
  all: Awaited<ReturnType<SnapshotStore["files"]>>,
  changes: readonly ChangedPath[],
  { prefix, rulesAbove }: Tracked,
): Promise<IgnoreRules> {
  const above = new Set(changes.flatMap(({ path }) => foldersAbove(path)));
  const files = all
    .filter(({ path, kind }) => kind === "file" && /(^|\/)\.gitignore$/.test(path) && above.has(folderOf(path)))
    // Rules of a folder are limited together with those above it, so these come first.
    .sort((a, b) => a.path.length - b.path.length);
  // The rules of one folder are one text, in which the last rule that fits decides.
  const texts = new Map<string, string[]>();
  const add = (names: readonly string[], text: string) =>
    texts.set(names.join("/"), [...(texts.get(names.join("/")) ?? []), text]);
  for (const { names, text } of rulesAbove) add(names, text);
  let at = 0;
  for await (const content of snapshots.contents(files)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    const folder = folderOf(files[at++]?.path ?? "");
    add([...prefix, ...folder.split("/").filter(Boolean)], Buffer.concat(chunks).toString("utf8"));
  }
  const rules = new IgnoreRules();
  for (const [names, parts] of texts) rules.addGitIgnore(names === "" ? [] : names.split("/"), parts.join("\n"));
  return rules;
}

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Returns the folders around a path, from the top, which is "". */
function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return ["", ...names.map((_, index) => names.slice(0, index + 1).join("/"))];
}

function isIgnored(rules: IgnoreRules, names: readonly string[]): boolean {
  return names.some((_, index) => rules.isIgnored(names.slice(0, index + 1), index < names.length - 1));
}
