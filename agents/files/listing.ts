/** The files of a tree as lists: one folder, or all files. */
import { UserError } from "@/agents/application";
import type { TreeChange, TreeFile } from "@/core/shapes/files";
import type { Page } from "@/core/shapes/shapes";
import { allOf, entriesOf, type Found } from "./folder";
import { type FileSources, type Moment, partsOf, shown } from "./moment";
import type { AllChanges } from "./tree-changes";

const PAGE = 500;
const MOST = 1_000;
/** A list of all files is for programs; larger folders are listed folder by folder. */
const MOST_FILES = 100_000;
const BY_NAME = new Intl.Collator("en", { numeric: true });

interface ListOptions {
  folder?: string;
  after?: string;
  limit?: number;
}

export async function listFiles(
  sources: FileSources,
  moment: Moment,
  changes: AllChanges,
  { folder, after, limit = PAGE }: ListOptions,
): Promise<Page<TreeFile>> {
  const files =
    folder === undefined
      ? await everything(sources, moment, changes)
      : await inFolder(sources, moment, changes, partsOf(moment, folder).join("/"));
  const from = positionOf(after);
  const items = files.slice(from, from + Math.min(Math.max(1, limit), MOST));
  const next = from + items.length;
  return { items, next: next < files.length ? String(next) : null };
}

function positionOf(after: string | undefined): number {
  if (after === undefined) return 0;
  if (/^\d{1,9}$/.test(after)) return Number(after);
  throw new UserError("invalid", `The cursor "${after.slice(0, 100)}" is invalid: use the "next" of the last page.`);
}

async function everything(sources: FileSources, moment: Moment, changes: AllChanges): Promise<TreeFile[]> {
  const found = await allOf(sources, moment, MOST_FILES);
  const there = new Set(found.map(({ path }) => path));
  const gone = [...changes.values()].filter(({ path, change }) => change === "deleted" && !there.has(path));
  const files = [...found.map((file) => shownFile(file, changes.get(file.path))), ...gone.map(deletedFile)];
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function inFolder(
  sources: FileSources,
  moment: Moment,
  changes: AllChanges,
  folder: string,
): Promise<TreeFile[]> {
  const found = await entriesOf(sources, moment, folder);
  const start = folder === "" ? "" : `${folder}/`;
  const below = [...changes.values()].filter(({ path }) => path.startsWith(start));
  if (!found && below.length === 0)
    throw new UserError("not_found", `There is no folder ${shown(folder)} at this moment of the tree.`);
  const there = new Set(found?.map(({ path }) => path));
  const ofFolder = changesByEntry(below, start);
  const files = (found ?? []).map((entry) =>
    entry.kind === "folder"
      ? changedFolder(entry.path, ofFolder.get(entry.path) ?? [])
      : shownFile(entry, changes.get(entry.path)),
  );
  // Deleted files stay in the list, as they may be what a reader looks for.
  for (const [path, ofPath] of ofFolder)
    if (!there.has(path) && ofPath.every(({ change }) => change === "deleted"))
      files.push(
        ofPath[0]?.path === path ? deletedFile(ofPath[0]) : { ...changedFolder(path, ofPath), changed: "deleted" },
      );
  return files.sort((a, b) => rank(a) - rank(b) || BY_NAME.compare(a.path, b.path));
}

const rank = ({ kind }: TreeFile) => (kind === "folder" ? 0 : 1);

/** Returns the changes at and below each entry of a folder. */
function changesByEntry(changes: readonly TreeChange[], start: string): Map<string, TreeChange[]> {
  const entries = new Map<string, TreeChange[]>();
  for (const change of changes) {
    const name = change.path.slice(start.length).split("/", 1)[0] ?? "";
    const entry = start + name;
    entries.set(entry, [...(entries.get(entry) ?? []), change]);
  }
  return entries;
}

function shownFile({ path, kind, bytes }: Found, change: TreeChange | undefined): TreeFile {
  const { change: changed = null, changed_by = [] } = change ?? {};
  // A file that the tree deleted is there again.
  return { path, kind, bytes, changed: changed === "deleted" ? "modified" : changed, changed_by };
}

const deletedFile = ({ path, changed_by }: TreeChange): TreeFile => ({
  path,
  kind: "file",
  bytes: null,
  changed: "deleted",
  changed_by,
});

function changedFolder(path: string, changes: readonly TreeChange[]): TreeFile {
  const changed_by = [...new Set(changes.flatMap((change) => change.changed_by))];
  return { path, kind: "folder", bytes: null, changed: changes.length > 0 ? "modified" : null, changed_by };
}
