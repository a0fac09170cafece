/** Reads the facts about ended trees for retention, pins trees, and removes one tree if a rule allows it. */
import { GOAL_AGENTS } from "@/core/log/goal";
import type { StoredTree } from "@/core/rules/retention";
import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { notKeptFact } from "@/db/queries/tree-rows";
import type { Trees } from "./trees";

/** Where a page of trees begins: after this one, in the order of their ends. */
export interface EndCursor {
  endedAtMs: number;
  id: number;
}

export type EndedTree = StoredTree & EndCursor;

export interface RetentionTrees {
  /** Returns ended trees, in the order in which they ended. */
  ended(after: EndCursor | null, limit: number): EndedTree[];
  /** Returns the tree of this public id, or null. */
  find(uid: string): StoredTree | null;
  /** Returns about how much of the database a tree takes. */
  bytesOf(treeId: number): number;
  /**
   * Deletes the tree if `mayRemove` allows it by the facts read in that transaction; `along` writes in it too. Resolves
   * with whether it did.
   */
  remove(treeId: number, mayRemove: (tree: StoredTree) => boolean, along: () => void): Promise<boolean>;
  /** Pins the tree, or takes its pin away (`by` null). Resolves with false when nothing changed. */
  pin(treeId: number, by: string | null): Promise<boolean>;
}

/** Another tree works in the folder that Banyan made for this tree, or inside it. `0` follows `/` in the order of bytes. */
const IS_FOLDER_SHARED = `tree.in_place = 0 AND EXISTS (
  SELECT 1 FROM trees other WHERE other.in_place = 1 AND (other.workspace = tree.workspace
    OR (other.workspace > tree.workspace || '/' AND other.workspace < tree.workspace || '0')))`;

const IS_NEWEST_OF_SCHEDULE = `EXISTS (
  SELECT 1 FROM schedule_runs run JOIN schedules ON schedules.id = run.schedule_id AND schedules.removed_at_ms IS NULL
  WHERE run.tree = tree.uid AND run.id = (
    SELECT max(newest.id) FROM schedule_runs newest
    WHERE newest.schedule_id = run.schedule_id AND newest.tree IS NOT NULL))`;

const IS_IN_TRIAL = `EXISTS (
  SELECT 1 FROM trials WHERE trials.status = 'open' AND (
    trials.id IN (SELECT trial_id FROM trial_trees WHERE tree_id = tree.id)
    OR trials.task IN (SELECT uid FROM tasks WHERE tree_id = tree.id)
    OR EXISTS (SELECT 1 FROM trial_replays WHERE trial_id = trials.id AND tree.uid IN (source, trial_replays.tree))))`;

/** Nobody follows the issues of a project without a link any more. With a pull request, a comment lets a failed one go on. */
const HAS_OPEN_CHANGE = `(
  EXISTS (
    SELECT 1 FROM forge_issues issue WHERE issue.tree = tree.uid
      AND project_id IN (SELECT project_id FROM forge_links)
      AND (state IN ('claimed', 'working', 'open') OR state = 'failed' AND (pull IS NOT NULL OR EXISTS (
        SELECT 1 FROM forge_pulls part
        WHERE part.issue_id = issue.id AND part.pull IS NOT NULL AND part.state IN ('working', 'open')))))
  OR EXISTS (SELECT 1 FROM evolution_cycles WHERE evolution_cycles.tree = tree.uid AND state IN ('working', 'open')))`;

/** Nobody can open a tree of the host, such as a question to the supervisor agent. */
const IS_UNSEEN_FAILURE = `root.status = 'failed' AND tree.is_system = 0 AND tree.seen_at_ms IS NULL AND tree.id NOT IN (
  SELECT seen.value FROM facts, json_each(facts.value) seen WHERE facts.name GLOB 'seen *')`;

const TREE = `
  SELECT tree.id, tree.uid, tree.title, tree.ended_at_ms AS endedAtMs,
    tree.pinned_at_ms IS NOT NULL AS isPinned,
    ${IS_UNSEEN_FAILURE} AS isUnseenFailure,
    root.agent = '${GOAL_AGENTS.goal}' AS pursuedGoal,
    EXISTS (SELECT 1 FROM reviews WHERE tree_id = tree.id AND status = 'open') AS hasOpenReview,
    ${IS_NEWEST_OF_SCHEDULE} AS isNewestOfSchedule,
    EXISTS (SELECT 1 FROM trees fork WHERE fork.ended_at_ms IS NULL AND fork.forked_from = tree.uid) AS hasOpenFork,
    ${IS_IN_TRIAL} AS isInTrial,
    ${HAS_OPEN_CHANGE} AS hasOpenChange,
    EXISTS (
      SELECT 1 FROM proposals JOIN reviews ON reviews.id = proposals.review_id
      WHERE reviews.tree_id = tree.id AND proposals.kind = 'code' AND proposals.status = 'approved') AS isChangeEvidence,
    ${IS_FOLDER_SHARED} AS isFolderShared
  FROM trees tree LEFT JOIN tasks root ON root.id = tree.root_id`;

const BYTES = `
  SELECT (SELECT coalesce(sum(length(body) + 100), 0) FROM messages WHERE tree_id = @tree)
    + (SELECT coalesce(sum(length(data)), 0) FROM blobs WHERE uses > 0 AND id IN (
        SELECT blob_id FROM messages WHERE tree_id = @tree UNION SELECT blob_id FROM outputs WHERE tree_id = @tree
        UNION SELECT blob_id FROM attachments WHERE tree_id = @tree))
    + (SELECT 1000 * count(*) FROM tasks WHERE tree_id = @tree)`;

export function createRetentionTrees(sqlite: Sqlite, log: Writes, trees: Pick<Trees, "delete">): RetentionTrees {
  const page =
    sqlite.prepare(`${TREE} WHERE tree.ended_at_ms IS NOT NULL AND (tree.ended_at_ms, tree.id) > (@endedAtMs, @id)
    ORDER BY tree.ended_at_ms, tree.id LIMIT @limit`);
  const byId = sqlite.prepare(`${TREE} WHERE tree.id = ?`);
  const byUid = sqlite.prepare(`${TREE} WHERE tree.uid = ?`);
  const bytes = sqlite.prepare(BYTES).pluck();
  const setPin = sqlite.prepare(`
    UPDATE trees SET pinned_by = @by, pinned_at_ms = @now WHERE id = @id AND (pinned_at_ms IS NULL) = (@by IS NOT NULL)
    RETURNING uid`);
  // Undoing that a person kept it must not take away a pin that a person set.
  const keepPin = sqlite.prepare(`
    UPDATE facts SET value = json_set(value, '$.pinned', json('false')) WHERE name GLOB '${notKeptFact("*")}'
      AND value ->> '$.instead' = (SELECT uid FROM trees WHERE id = ?) AND value ->> '$.pinned'`);
  return {
    ended: (after, limit) =>
      (page.all({ ...(after ?? { endedAtMs: -1, id: 0 }), limit }) as Row[]).map((row) => shapeOf(row) as EndedTree),
    find(uid) {
      const row = byUid.get(uid) as Row | undefined;
      return row ? shapeOf(row) : null;
    },
    bytesOf: (treeId) => bytes.get({ tree: treeId }) as number,
    remove: (treeId, mayRemove, along) =>
      trees.delete(treeId, () => {
        const row = byId.get(treeId) as Row | undefined;
        if (!row || !mayRemove(shapeOf(row))) return false;
        along();
        return true;
      }),
    pin: (treeId, by) =>
      log.write(({ nowMs, touch }) => {
        if (by !== null) keepPin.run(treeId);
        const changed = setPin.get({ id: treeId, by, now: by === null ? null : nowMs }) as { uid: string } | undefined;
        if (changed) touch({ id: treeId, uid: changed.uid }, null);
        return changed !== undefined;
      }),
  };
}

type Row = { id: number; uid: string; title: string; endedAtMs: number | null } & Record<string, unknown>;

function shapeOf(row: Row): StoredTree & { id: number } {
  return {
    id: row.id,
    uid: row.uid,
    title: withoutDisguise(row.title),
    endedAtMs: row.endedAtMs,
    isPinned: row.isPinned === 1,
    isUnseenFailure: row.isUnseenFailure === 1,
    pursuedGoal: row.pursuedGoal === 1,
    hasOpenReview: row.hasOpenReview === 1,
    isNewestOfSchedule: row.isNewestOfSchedule === 1,
    hasOpenFork: row.hasOpenFork === 1,
    isInTrial: row.isInTrial === 1,
    hasOpenChange: row.hasOpenChange === 1,
    isChangeEvidence: row.isChangeEvidence === 1,
    isFolderShared: row.isFolderShared === 1,
  };
}
