/**
 * Removes the trees that exceed the limits, each in one transaction, so that no turn waits and a kill loses nothing.
 */
import { resolve } from "node:path";
import { keptFor, type RetentionLimits } from "@/core/rules/retention";
import { plural } from "@/core/words/figures";
import type { RetentionRecord } from "@/db/records/retention-record";
import type { Store } from "@/db/store";
import { livenessOf, ownIdentity } from "@/lib/process/identity";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { untilDone } from "@/lib/time/until-done";
import { type FateSources, fatesOf } from "./fates";
import { removeFilesOf } from "./tree-files";

export interface CleanSources extends FateSources {
  store: Pick<Store, "queries" | "retention" | "retentionTrees">;
  snapshots: Pick<SnapshotStore, "drop">;
  /** Writes an archive of the tree into the folder, whole or not at all. Absent: no tree goes that must be archived first. */
  archive?(treeUid: string, folder: string): Promise<void>;
  /** Says that the run should stop: its process ends. */
  mayGoOn?(): boolean;
}

export interface Cleaned {
  removed: number;
  bytes: number;
  /** Trees that stay because they could not be archived, and why the first of them could not. */
  unarchived: number;
  problem: string | null;
}

/** A process in another container cannot be seen. Its claim ends after this time. */
const LONGEST_UNSEEN_MS = 6 * 3_600_000;

/** Resolves with null, and removes nothing, when another process cleans or `mayBegin` says no. */
export async function clean(
  sources: CleanSources,
  limits: RetentionLimits,
  cause: "schedule" | "person",
  mayBegin: (record: RetentionRecord) => boolean = () => true,
): Promise<Cleaned | null> {
  const { store, now } = sources;
  const begunAtMs = now();
  const holder = ownIdentity();
  const isClaimed = await store.retention.claim(
    { cause, begunAtMs, removed: 0, bytes: 0, holder },
    (record) => !isBusy(record, begunAtMs) && mayBegin(record),
  );
  if (!isClaimed) return null;
  try {
    await removeLeft(sources, store.retention.read().claim?.removing ?? null);
    const done = await removeAll(sources, limits);
    // A process that ends leaves its claim, so that the next process continues at once.
    if (sources.mayGoOn?.() !== false) await store.retention.finish(now(), unarchivedSentence(done));
    return done;
  } catch (error) {
    const endedAtMs = now();
    await untilDone(() => store.retention.finish(endedAtMs, (error as Error).message));
    throw error;
  }
}

async function removeAll(sources: CleanSources, limits: RetentionLimits): Promise<Cleaned> {
  const { store, mayGoOn = () => true } = sources;
  const done: Cleaned = { removed: 0, bytes: 0, unarchived: 0, problem: null };
  for await (const { tree, fate, sizeBytes } of fatesOf(sources, limits)) {
    if (!mayGoOn()) break;
    if (!("goes" in fate)) continue;
    if (limits.archives && !(await isArchived(sources, tree.uid, limits.archives.folder, done))) continue;
    // A person may have pinned or continued it since it was read.
    const isRemoved = await store.retentionTrees.remove(
      tree.id,
      (now) => now.uid === tree.uid && now.endedAtMs === tree.endedAtMs && keptFor(now, limits) === null,
      () => store.retention.count(tree.uid, sizeBytes),
    );
    if (!isRemoved) continue;
    // After the rows: the next run removes files without a tree, while a tree without its files would be broken.
    await removeFilesOf(sources, tree.uid);
    done.removed += 1;
    done.bytes += sizeBytes;
  }
  return done;
}

/** Archives a tree before it goes. The archive of a tree that then stays is overwritten the next time. */
async function isArchived(
  { archive, dataDir }: CleanSources,
  uid: string,
  folder: string,
  done: Cleaned,
): Promise<boolean> {
  try {
    if (!archive) throw new Error("this process writes no archives.");
    await archive(uid, resolve(dataDir, folder));
    return true;
  } catch (error) {
    done.unarchived += 1;
    done.problem ??= (error as Error).message;
    return false;
  }
}

/** Returns the message about trees that could not be archived, or null. */
export function unarchivedSentence({ unarchived, problem }: Cleaned): string | null {
  if (unarchived === 0) return null;
  return `${plural(unarchived, "tree")} could not be archived and stayed: ${problem}`;
}

/** Removes the files that a run left when it was killed between the rows and the files of a tree. */
async function removeLeft(sources: CleanSources, uid: string | null): Promise<void> {
  if (uid === null || sources.store.queries.trees.treesLike(uid).includes(uid)) return;
  await removeFilesOf(sources, uid);
}

/** Returns whether a living process cleans now. This process's own claim counts too. */
export function isBusy({ claim }: RetentionRecord, nowMs: number): boolean {
  if (claim === null) return false;
  const liveness = livenessOf(claim.holder, ownIdentity());
  return liveness === "alive" || (liveness === "unknown" && nowMs - claim.begunAtMs < LONGEST_UNSEEN_MS);
}
