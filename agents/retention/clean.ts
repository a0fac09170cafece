/**
 * Removes the trees that exceed the limits, each in one transaction, so that no turn waits and a kill loses nothing.
 */
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
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
  store: Pick<Store, "queries" | "retention" | "retentionTrees" | "halts">;
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

/** Why a run ended before its time: nothing of what is left may be taken back, so "Pause everything" holds it, too. */
const PAUSED = "Stopped, because everything was paused.";

/**
 * Removes what exceeds the limits. `limits` is read again before each tree, because a run takes hours and what a person
 * saves meanwhile must hold for the trees that are left. A pause of everything that begins meanwhile ends the run.
 * Resolves with null, and removes nothing, when another process cleans or `mayBegin` says no.
 */
export async function clean(
  sources: CleanSources,
  limits: () => RetentionLimits,
  cause: "schedule" | "person",
  mayBegin: (record: RetentionRecord) => boolean = () => true,
): Promise<Cleaned | null> {
  const { store, now } = sources;
  const isPaused = () => store.halts.current() !== null;
  const begunAtMs = now();
  const holder = ownIdentity();
  const isClaimed = await store.retention.claim(
    { cause, begunAtMs, removed: 0, bytes: 0, holder },
    (record) => !isBusy(record, begunAtMs) && mayBegin(record),
  );
  if (!isClaimed) return null;
  try {
    await removeLeft(sources, store.retention.read().claim?.removing ?? null);
    // Only a person cleans while everything is paused: a pause may also fall between the claim of a schedule's run and this.
    const wasPaused = cause === "person" && isPaused();
    const done = await removeAll(sources, limits, () => sources.mayGoOn?.() !== false && (wasPaused || !isPaused()));
    // A process that ends leaves its claim, so that the next process continues at once.
    if (sources.mayGoOn?.() !== false)
      await store.retention.finish(now(), !wasPaused && isPaused() ? PAUSED : unarchivedSentence(done));
    return done;
  } catch (error) {
    const endedAtMs = now();
    await untilDone(() => store.retention.finish(endedAtMs, (error as Error).message));
    throw error;
  }
}

async function removeAll(
  sources: CleanSources,
  limitsNow: () => RetentionLimits,
  mayGoOn: () => boolean,
): Promise<Cleaned> {
  const done: Cleaned = { removed: 0, bytes: 0, unarchived: 0, problem: null };
  for (let limits = limitsNow(); ; limits = limitsNow()) {
    const isCurrent = () => mayGoOn() && isDeepStrictEqual(limitsNow(), limits);
    // What could not be archived is counted again by the limits that came after.
    Object.assign(done, { unarchived: 0, problem: null });
    await removeBy(sources, limits, isCurrent, done);
    if (!mayGoOn() || isCurrent()) return done;
  }
}

/** Removes what exceeds these limits, while `isCurrent` says that they hold, and counts it in `done`. */
async function removeBy(
  sources: CleanSources,
  limits: RetentionLimits,
  isCurrent: () => boolean,
  done: Cleaned,
): Promise<void> {
  const { store } = sources;
  for await (const { tree, fate, sizeBytes, remained } of fatesOf(sources, limits)) {
    if (!isCurrent()) return;
    if (!("goes" in fate)) continue;
    if (limits.archives && !(await isArchived(sources, tree.uid, limits.archives.folder, done))) {
      remained();
      continue;
    }
    // A person may have pinned or continued it since it was read, or changed the limits while it was archived.
    const isRemoved = await store.retentionTrees.remove(
      tree.id,
      (now) => isCurrent() && now.uid === tree.uid && now.endedAtMs === tree.endedAtMs && keptFor(now, limits) === null,
      () => store.retention.count(tree.uid, sizeBytes),
    );
    if (!isRemoved) {
      remained();
      continue;
    }
    // After the rows: the next run removes files without a tree, while a tree without its files would be broken.
    await removeFilesOf(sources, tree.uid);
    done.removed += 1;
    done.bytes += sizeBytes;
  }
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
