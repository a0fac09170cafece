/**
 * Decides which ended trees are removed, which stay, and why. Pure: db/ and agents/ read the facts and carry out the
 * decision.
 */

/** What a person has set. With neither `days` nor `bytes` nothing is removed. */
export interface RetentionLimits {
  /** Days after a tree's end after which it goes; null: age removes nothing. */
  days: number | null;
  /** Most bytes of database and workspaces together; above it the oldest ended trees go. null: size removes nothing. */
  bytes: number | null;
  /** Whether trees that pursued a goal stay forever. */
  keepsGoals: boolean;
  /** Whether a tree is archived before it goes; what cannot be archived stays. Absent: no. */
  archives?: { folder: string } | null;
}

export const NO_LIMITS: RetentionLimits = { days: null, bytes: null, keepsGoals: true };

/** The facts about one tree. */
export interface StoredTree {
  uid: string;
  title: string;
  /** null: it has not ended. */
  endedAtMs: number | null;
  isPinned: boolean;
  /** It failed, and no person has opened it. */
  isUnseenFailure: boolean;
  pursuedGoal: boolean;
  /** One of its review items is open. */
  hasOpenReview: boolean;
  /** The newest run of a schedule that exists. */
  isNewestOfSchedule: boolean;
  /** A fork of it is still open. */
  hasOpenFork: boolean;
  /** A trial that has not ended counts it, replays it, or tests its proposal. */
  isInTrial: boolean;
  /** The work of an issue or of an evolution: its change is not merged, closed or given up yet, so it may go on. */
  hasOpenChange: boolean;
  /** A change of Banyan's own code was approved in it. */
  isChangeEvidence: boolean;
  /** Another tree works in its folder. */
  isFolderShared: boolean;
}

/** Why a tree stays although its age or the size would remove it, in the order in which people see the reasons. */
export const KEPT_FOR = [
  "open",
  "pinned",
  "unseen_failure",
  "open_review",
  "goal",
  "schedule",
  "fork",
  "trial",
  "open_change",
  "change",
  "folder",
  "recent",
] as const;
/** Why a tree is kept. */
export type KeptFor = (typeof KEPT_FOR)[number];

/** Why a tree would be removed. */
export type GoesFor = "age" | "size";

export type Fate = { goes: GoesFor } | { stays: KeptFor } | null;

const DAY_MS = 86_400_000;
/** Size never removes a tree on the day of its end: people must be able to read a result. */
const LEAST_AGE_MS = DAY_MS;

/** Returns why the tree must stay whatever its age is, or null. */
export function keptFor(tree: StoredTree, { keepsGoals }: Pick<RetentionLimits, "keepsGoals">): KeptFor | null {
  if (tree.endedAtMs === null) return "open";
  if (tree.isPinned) return "pinned";
  if (tree.isUnseenFailure) return "unseen_failure";
  if (tree.hasOpenReview) return "open_review";
  if (tree.pursuedGoal && keepsGoals) return "goal";
  if (tree.isNewestOfSchedule) return "schedule";
  if (tree.hasOpenFork) return "fork";
  if (tree.isInTrial) return "trial";
  if (tree.hasOpenChange) return "open_change";
  if (tree.isChangeEvidence) return "change";
  if (tree.isFolderShared) return "folder";
  return null;
}

/**
 * Returns when the snapshots of a tree go while they take too much: before others, or after all that go before. What may
 * keep most trees of a server for ever, goals and failures that nobody opened, keeps them only as long as the others
 * suffice.
 */
export function snapshotsGo(tree: StoredTree, limits: Pick<RetentionLimits, "keepsGoals">): "first" | "last" | "never" {
  if (keptFor(tree, limits) === null) return "first";
  return keptFor({ ...tree, isUnseenFailure: false }, { keepsGoals: false }) === null ? "last" : "never";
}

/**
 * Returns what becomes of a tree. `excessBytes`: how much more must go, with the trees before it gone. null: neither age
 * nor size says that it should go.
 */
export function fateOf(tree: StoredTree, limits: RetentionLimits, now: { ms: number; excessBytes: number }): Fate {
  const why = dueFor(tree, limits, now);
  if (why === null) return null;
  const stays = keptFor(tree, limits);
  if (stays !== null) return { stays };
  if (why === "size" && now.ms - (tree.endedAtMs ?? now.ms) < LEAST_AGE_MS) return { stays: "recent" };
  return { goes: why };
}

function dueFor(
  { endedAtMs }: StoredTree,
  { days, bytes }: RetentionLimits,
  { ms, excessBytes }: { ms: number; excessBytes: number },
): GoesFor | null {
  if (days !== null && endedAtMs !== null && endedAtMs <= ms - days * DAY_MS) return "age";
  return bytes !== null && excessBytes > 0 ? "size" : null;
}

/** Whether any setting removes trees. */
export function removesAnything({ days, bytes }: RetentionLimits): boolean {
  return days !== null || bytes !== null;
}
