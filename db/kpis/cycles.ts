/** Reads cycles: pieces of work from their submission to their end, with what they cost and what people did in them. */
import { readChecked } from "@/core/goals/facts/checked";
import { readRecord, scoreOf } from "@/core/goals/facts/record";
import type { Cycle, CycleKind } from "@/core/kpis/facts";
import { SUPERVISOR } from "@/core/log/actors";
import type { TaskEvent } from "@/core/log/entries";
import { GOAL_MODEL, ROUND_MODEL } from "@/core/programs/names";
import { CLOCK } from "@/core/timeouts";
import { REPLAYER } from "@/db/configuration/replay-rows";
import { fieldOf, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { hasPull } from "@/db/forges/pulls";
import { isNoCanary } from "@/db/people/canary";

/** A cycle with the key of the repository in which its tree works. */
export type CycleRow = Omit<Cycle, "project"> & { repository: string | null };

/** SQL condition: people's work. A fork repeats what its origin did, and an archive was made elsewhere. */
const OF_PEOPLE = `tree.is_system = 0 AND tree.archive_hash IS NULL AND tree.forked_from IS NULL AND ${isNoCanary("tree")}
  AND tree.created_by <> '${REPLAYER}'`;

/**
 * SQL of each kind of cycle: the tree, when the cycle ended, how, and how often Banyan itself sent its work back: as the
 * person who began the evolution, because the tree goes on with that person's rights. A tree in two of them would count twice, so the
 * query of goals leaves out the trees of issues and of evolutions.
 */
const SOURCES: Record<CycleKind, string> = {
  goal: `
    SELECT tree.id AS treeId, tree.ended_at_ms AS endedAtMs, root.status AS end, 0 AS sentBack
    FROM trees tree JOIN tasks root ON root.id = tree.root_id
    WHERE root.model = '${GOAL_MODEL}' AND tree.ended_at_ms >= @since AND ${OF_PEOPLE}
      AND NOT EXISTS (SELECT 1 FROM forge_issues issue WHERE issue.tree = tree.uid)
      AND NOT EXISTS (SELECT 1 FROM evolution_cycles cycle WHERE cycle.tree = tree.uid)`,
  // An issue whose pull request was closed did not bring what was asked; without one, somebody closed the issue first.
  issue: `
    SELECT tree.id AS treeId, issue.changed_at_ms AS endedAtMs, CASE
      WHEN issue.state = 'merged' THEN 'succeeded'
      WHEN issue.state = 'failed' OR ${hasPull("issue")} THEN 'failed'
      ELSE 'stopped' END AS end, 0 AS sentBack
    FROM forge_issues issue JOIN trees tree ON tree.uid = issue.tree
    WHERE issue.cycle IS NULL AND issue.state IN ('merged', 'closed', 'failed') AND issue.changed_at_ms >= @since`,
  // What people rejected did not bring what the insight promised.
  evolution: `
    SELECT tree.id AS treeId, cycle.changed_at_ms AS endedAtMs, CASE cycle.state
      WHEN 'accepted' THEN 'succeeded' WHEN 'stopped' THEN 'stopped' ELSE 'failed' END AS end,
      cycle.tries - 1 - (cycle.words IS NOT NULL) AS sentBack
    FROM evolution_cycles cycle JOIN trees tree ON tree.uid = cycle.tree
    WHERE cycle.state IN ('accepted', 'rejected', 'failed', 'stopped') AND cycle.changed_at_ms >= @since`,
};

/** What a person does in a log, besides messages. */
const STEPS = [
  "retried",
  "granted",
  "unparked",
  "changed",
  "goal_changed",
] as const satisfies readonly TaskEvent["type"][];
const STEER = KINDS.indexOf("steer");
const RESPONSE = KINDS.indexOf("tool_response");

/** Ended trees whose facts stay in memory. */
const MOST_KEPT = 20_000;

type InLog = Pick<Cycle, "before" | "after"> & { steps: number };

type SourceRow = Pick<CycleRow, "endedAtMs" | "end" | "tree" | "title" | "microUsd" | "repository"> & {
  treeId: number;
  rootId: number;
  sentBack: number;
  /** Changes when somebody continues the tree. */
  mark: string;
};

export function createCycleReader(sqlite: Sqlite): { since(ms: number): CycleRow[] } {
  const sources = Object.entries(SOURCES).map(([kind, sql]) => ({
    kind: kind as CycleKind,
    list: sqlite.prepare(`
      SELECT cycle.treeId, cycle.endedAtMs, cycle.end, cycle.sentBack, tree.uid AS tree, tree.title, tree.root_id AS rootId, tree.repository,
        tree.micro_usd - tree.copied_micro_usd AS microUsd, tree.uid || ' ' || root.length || ' ' || ifnull(tree.ended_at_ms, 0) AS mark
      FROM (${sql}) cycle JOIN trees tree ON tree.id = cycle.treeId JOIN tasks root ON root.id = tree.root_id
      ORDER BY cycle.endedAtMs, cycle.treeId`),
  }));
  const decided = sqlite
    .prepare(`
      SELECT count(*) FROM reviews
      WHERE tree_id = ? AND addressee_id IS NULL AND rule_id IS NULL AND status IN ('approved', 'rejected', 'answered')
        AND decided_by <> '${CLOCK}'`)
    .pluck();
  const readLog = createLogReader(sqlite);
  const kept = new Map<number, InLog & { mark: string }>();
  const inLog = ({ treeId, rootId, mark }: SourceRow): InLog => {
    const known = kept.get(treeId);
    if (known?.mark === mark) return known;
    const read = { ...readLog(treeId, rootId), mark };
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(treeId, read);
    return read;
  };
  return {
    since: (ms) =>
      sources.flatMap(({ kind, list }) =>
        (list.all({ since: ms }) as SourceRow[]).map((row): CycleRow => {
          const { before, after, steps } = inLog(row);
          const { tree, title, endedAtMs, end, microUsd, repository } = row;
          const all = Math.max(0, steps - row.sentBack) + (decided.get(row.treeId) as number);
          return { kind, tree, title, endedAtMs, end, microUsd, repository, before, after, steps: all };
        }),
      ),
  };
}

/** Returns the function that reads the log of a tree: what people did, and the scores of a goal. */
function createLogReader(sqlite: Sqlite): (treeId: number, rootId: number) => InLog {
  const steps = sqlite
    .prepare(`
      SELECT count(*) FROM messages
      WHERE tree_id = @treeId AND origin_seq IS NULL AND (kind = ${STEER} OR ${isEvent(STEPS)})
        AND ${fieldOf("by")} <> '${SUPERVISOR}'`)
    .pluck();
  const start = sqlite
    .prepare(`
      SELECT ${fieldOf("text")} FROM messages WHERE task_id = ? AND kind = ${RESPONSE} AND tool = 'check_goal' ORDER BY id`)
    .pluck();
  const rounds = sqlite
    .prepare(`
      SELECT ifnull(nullif(${fieldOf("summary", "message")}, ''), ${fieldOf("result", "message")})
      FROM tasks task JOIN messages message ON message.id = task.result_seq
      WHERE task.parent_id = ? AND task.model = '${ROUND_MODEL}' ORDER BY message.id DESC`)
    .pluck();
  return (treeId, rootId) => {
    const before = scoreBefore(start.iterate(rootId) as Iterable<string | null>);
    const texts = rounds.all(rootId) as (string | null)[];
    return {
      steps: steps.get({ treeId }) as number,
      before,
      // Without a round, the goal was reached before its first.
      after: texts.length === 0 ? before : scoreIn(texts),
    };
  };
}

/** Returns the score of the first call that checked something: one before it may only have remembered the files. */
function scoreBefore(texts: Iterable<string | null>): number | null {
  for (const text of texts) {
    const checked = readChecked(text ?? "");
    if (checked && checked.checks.length > 0) return scoreOf(checked.checks);
  }
  return null;
}

/** Returns the score of the newest round that left a record. */
function scoreIn(texts: readonly (string | null)[]): number | null {
  for (const text of texts) {
    const record = readRecord(text ?? "");
    if (record && !record.broken) return record.score;
  }
  return null;
}
