/** What takes space on the disk: Banyan's data folder, part by part, and the launcher's releases. */
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SpaceUse } from "@/core/shapes/retention";
import type { LiveBackups } from "@/db/file/live-backup";
import { listCopies } from "@/db/file/migration-copies";
import type { Store } from "@/db/store";
import { folderBytes, type SizeBudget } from "@/lib/workspace/folder-size";
import { foldersByOwner, KINDS } from "./tree-files";

export interface SpaceSources {
  store: Pick<Store, "client" | "queries">;
  backups: Pick<LiveBackups, "list">;
  dataDir: string;
  /** The launcher's folder for this data folder. */
  launcherHome: string;
  /** Whether a launcher runs this process. */
  isLaunched: boolean;
}

/** A limit that keeps a measurement bounded on any machine. */
const MOST_FILES = 1_000_000;
/** Walking through hundreds of thousands of files takes seconds, and pages ask again and again. */
const REMEMBERED_MS = 60_000;

/** The folders and files of the data folder that have a part of their own; all others are `other`. */
const FOLDERS: Partial<Record<SpaceUse["what"], string[]>> = {
  snapshots: ["snapshots"],
  own_source: ["self", "self.git"],
};

export interface Space {
  /** Resolves with what takes space, largest first; what cannot be measured comes last. */
  read(): Promise<SpaceUse[]>;
}

export function createSpace(sources: SpaceSources): Space {
  let known: { folders: Promise<SpaceUse[]>; atMs: number } | null = null;
  return {
    async read() {
      const nowMs = performance.now();
      if (known === null || nowMs - known.atMs > REMEMBERED_MS) known = { folders: foldersOf(sources), atMs: nowMs };
      const use = [...(await databaseAndCopies(sources)), ...(await known.folders)];
      return use.sort((a, b) => (b.size_bytes ?? -1) - (a.size_bytes ?? -1));
    },
  };
}

/**
 * Resolves with the bytes of the folders that go with trees. Copies of repositories that no tree names stay however many
 * trees go, so they may not make the size limit remove any.
 */
export async function workspacesBytes(
  { store, dataDir }: Pick<SpaceSources, "dataDir"> & { store: Pick<Store, "queries"> },
  budget: SizeBudget,
): Promise<number> {
  let bytes = 0;
  for (const folder of (await foldersByOwner(dataDir, isTreeOf(store))).ofTrees)
    bytes += await folderBytes(folder, budget);
  return bytes;
}

function isTreeOf({ queries }: Pick<Store, "queries">): (uid: string) => boolean {
  return (uid) => queries.trees.treesLike(uid).includes(uid);
}

async function databaseAndCopies({ store, backups }: SpaceSources): Promise<SpaceUse[]> {
  const copies = listCopies(store.client.file);
  const made = await backups.list();
  const sum = (sizes: { sizeBytes: number }[]) => sizes.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return [
    { what: "database", size_bytes: store.queries.status.sizeBytes(), files: 1 },
    { what: "migration_copies", size_bytes: sum(copies), files: copies.length },
    { what: "backups", size_bytes: sum(made), files: made.length },
  ];
}

async function foldersOf({ store, dataDir, launcherHome, isLaunched }: SpaceSources): Promise<SpaceUse[]> {
  const below = (...names: string[]) => names.map((name) => join(dataDir, name));
  const { ofTrees, others } = await foldersByOwner(dataDir, isTreeOf(store));
  const measured = [await measure("workspaces", ofTrees), await measure("cache", others)];
  for (const [what, names] of Object.entries(FOLDERS) as [SpaceUse["what"], string[]][])
    measured.push(await measure(what, below(...names)));
  const database = store.client.file;
  const apart = new Set([
    ...below(...Object.values(FOLDERS).flat(), ...KINDS, "backups"),
    database,
    `${database}-wal`,
    `${database}-shm`,
  ]);
  const names = await readdir(dataDir).catch(() => [] as string[]);
  const rest = below(...names).filter((path) => !apart.has(path));
  measured.push(await measure("other", rest));
  // A release runs behind a wall that hides the other ones.
  const isSeen = await canRead(join(launcherHome, "state.json"));
  if (!isSeen && !isLaunched) return measured;
  for (const [what, folder] of [
    ["releases", "releases"],
    ["packages", "deps"],
  ] as const)
    measured.push(isSeen ? await measure(what, [join(launcherHome, folder)]) : { what, size_bytes: null, files: null });
  return measured;
}

async function measure(what: SpaceUse["what"], places: string[]): Promise<SpaceUse> {
  const budget: SizeBudget = { left: MOST_FILES };
  let bytes = 0;
  for (const place of places) bytes += await folderBytes(place, budget);
  return {
    what,
    size_bytes: bytes,
    files: MOST_FILES - budget.left,
    ...(budget.left <= 0 && { at_least: true as const }),
  };
}

function canRead(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
