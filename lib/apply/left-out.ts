/** Separates leftovers of tools, and files that git ignores, from the changes that a tree made in a folder. */
import { indexedPaths, MOST_INDEX_BYTES } from "../git/gitlinks";
import type { SnapshotFile, SnapshotStore } from "../snapshots/port";
import { IgnoreRules } from "../workspace/ignore-rules";
import { CONFLICTS_FOLDER, SCRATCH_FOLDER } from "../workspace/path";
import { bytesOf, MOST_RULES_BYTES, type Rules, rulesOf } from "./ignoring";

/**
 * Packages, caches and copies of what could not be merged: nobody means to keep them, also in a folder without a
 * `.gitignore`. Its own rules come later.
 */
export const LEFTOVERS: Rules = {
  names: [],
  text: ["node_modules", "__pycache__", ".npm", ".cache", ".venv", CONFLICTS_FOLDER]
    .map((name) => `${name}/\n`)
    .join(""),
};

/** Whether everything in a folder of this name, at the top, counts as a leftover of tools. */
export function isLeftover(folder: string): boolean {
  const rules = new IgnoreRules();
  rules.addGitIgnore(LEFTOVERS.names, LEFTOVERS.text);
  return rules.ignores([folder], true);
}

type Snapshots = Pick<SnapshotStore, "files" | "contents">;

/** The snapshots before and after the changes. */
interface Sides {
  from: string | null;
  to: string;
}

/** Git's lists of tracked files in a folder, in it and in the repositories inside it. */
const MOST_INDEXES = 20;

/**
 * Returns the changed paths that are nobody's work: ignored and not tracked. A file that programs run without asking
 * (`isRun`) is left out only by a rule from before the tree, because an agent can write rules.
 */
export async function leftOutOf(
  snapshots: Snapshots,
  { from, to }: Sides,
  paths: readonly string[],
  isRun: (path: string) => boolean,
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const now = await snapshots.files(to);
  // Files in the scratch folder of a read-only folder are the agents' work, even if git ignores them.
  const asked = paths.filter((path) => !path.startsWith(`${SCRATCH_FOLDER}/`) || path.endsWith("/.gitignore"));
  const ignored = await ignoredOf(snapshots, now, asked);
  if (ignored.length === 0) return new Set();
  const before = from === null ? [] : await snapshots.files(from);
  const run = ignored.filter(isRun);
  const trusted = new Set(await ignoredOf(snapshots, before, run));
  const isTracked = await trackedIn(snapshots, before, now);
  return new Set(ignored.filter((path) => !isTracked(path) && (!isRun(path) || trusted.has(path))));
}

async function ignoredOf(
  snapshots: Snapshots,
  files: readonly SnapshotFile[],
  paths: readonly string[],
): Promise<string[]> {
  if (paths.length === 0) return [];
  const excluded = files.find(
    ({ path, sizeBytes }) => path === ".git/info/exclude" && sizeBytes <= MOST_RULES_BYTES.ofFile,
  );
  const own =
    excluded === undefined ? [] : [{ names: [], text: (await bytesOf(snapshots, excluded)).toString("utf8") }];
  const rules = await rulesOf(snapshots, files, paths, { prefix: [], rulesAbove: [LEFTOVERS, ...own] });
  // An empty folder ends in "/".
  return paths.filter((path) => rules.ignores(path.split("/").filter(Boolean), path.endsWith("/")));
}

/**
 * Without git's own list of a folder, or with one that is too long to read, files from before count as tracked, because
 * showing a file too often does less harm.
 */
async function trackedIn(
  snapshots: Snapshots,
  before: readonly SnapshotFile[],
  now: readonly SnapshotFile[],
): Promise<(path: string) => boolean> {
  const tracked = new Set<string>();
  const isListed = await addTracked(tracked, snapshots, [before, now]);
  if (isListed && before.some(({ path }) => path === ".git/index")) return (path) => tracked.has(path);
  const there = new Set(before.map(({ path }) => path));
  return (path) => tracked.has(path) || there.has(path);
}

/** Returns false when the lists are too long. The limit is on all together, as each of many could be just below it. */
async function addTracked(
  tracked: Set<string>,
  snapshots: Snapshots,
  sides: readonly (readonly SnapshotFile[])[],
): Promise<boolean> {
  let [left, leftOfPaths] = [MOST_INDEX_BYTES, MOST_INDEX_BYTES];
  for (const side of sides) {
    const indexes = side.filter(({ path, kind }) => kind === "file" && /(^|\/)\.git\/index$/.test(path));
    for (const index of indexes.slice(0, MOST_INDEXES)) {
      left -= index.sizeBytes;
      if (left < 0) return false;
      const folder = index.path.slice(0, -".git/index".length);
      const paths = indexedPaths(await bytesOf(snapshots, index), leftOfPaths);
      if (paths === null) return false;
      for (const path of paths) {
        leftOfPaths -= folder.length + path.length;
        tracked.add(folder + path);
      }
    }
  }
  return true;
}
