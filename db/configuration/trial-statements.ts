/** Prepared statements for trials. */
import { wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import type { ConfigKind } from "./configuration";

const COLUMNS = `id, uid, kind, name, base_version AS baseVersion, version, metric, review, task, proposed_by AS proposedBy,
  approved_by AS approvedBy, status, outcome, figures, replays, started_at_ms AS startedAtMs, ends_at_ms AS endsAtMs,
  ended_by AS endedBy, ended_at_ms AS endedAtMs`;

/** SQL for the setups that a tree's tasks started with. */
const SETUPS = `SELECT ${wholeBody("setup")} AS body FROM tasks task
  JOIN messages setup ON setup.id = (SELECT min(id) FROM messages WHERE task_id = task.id) WHERE task.tree_id = tree.id`;

/** SQL conditions: the tree used the entry. Without use its result says nothing about the version. */
export const USES: Record<ConfigKind, string> = {
  agent: "EXISTS (SELECT 1 FROM tasks WHERE tree_id = tree.id AND agent = @name)",
  document: `EXISTS (SELECT 1 FROM (${SETUPS}), json_each(body, '$.documents') document
    WHERE document.value ->> 'name' = @name)`,
  tool: `EXISTS (SELECT 1 FROM messages WHERE tree_id = tree.id AND kind = ${KINDS.indexOf("tool_call")}
    AND (tool = @name OR substr(tool, 1, length(@name) + 2) = @name || '__'))`,
  runbook: `EXISTS (SELECT 1 FROM (${SETUPS}) WHERE body ->> '$.runbook.name' = @name)`,
};

export function trialStatements(sqlite: Sqlite) {
  return { ...rowStatements(sqlite), ...treeStatements(sqlite) };
}

/** The statements of transactions that begin a trial or a tree. */
export function trialWriterStatements(sqlite: Sqlite) {
  return {
    isOpen: sqlite.prepare("SELECT 1 FROM trials WHERE kind = @kind AND name = @name AND status = 'open'"),
    isOpenNow: sqlite.prepare("SELECT 1 FROM trials WHERE id = ? AND status = 'open'"),
    insert: sqlite.prepare(`
      INSERT INTO trials (uid, kind, name, base_version, version, hash, metric, review, task, proposed_by, approved_by, status,
        outcome, started_at_ms, ends_at_ms, ended_by, ended_at_ms, replays)
      VALUES (@uid, @kind, @name, @baseVersion, @version, @hash, @metric, @review, @task, @proposedBy, @by, @status,
        @outcome, @nowMs, @endsAtMs, @endedBy, @endedAtMs, @replays)`),
    insertTree: sqlite.prepare("INSERT INTO trial_trees (trial_id, tree_id, side) VALUES (@trial, @tree, @side)"),
  };
}

function rowStatements(sqlite: Sqlite) {
  return {
    open: sqlite.prepare(`SELECT ${COLUMNS} FROM trials WHERE status = 'open' ORDER BY id`),
    all: sqlite.prepare(`SELECT ${COLUMNS} FROM trials ORDER BY id DESC`),
    get: sqlite.prepare(`SELECT ${COLUMNS} FROM trials WHERE uid = ?`),
    like: sqlite.prepare("SELECT uid FROM trials WHERE uid GLOB ? LIMIT 2").pluck(),
    ofEntry: sqlite.prepare(`SELECT ${COLUMNS} FROM trials WHERE kind = @kind AND name = @name ORDER BY id DESC`),
    ofReview: sqlite.prepare(`SELECT ${COLUMNS} FROM trials WHERE review = @review ORDER BY id DESC LIMIT 1`),
    body: sqlite.prepare("SELECT body FROM config_versions WHERE kind = ? AND name = ? AND version = ?").pluck(),
    end: sqlite.prepare(`
      UPDATE trials SET status = @status, outcome = @outcome, figures = @figures, ended_by = @by, ended_at_ms = @nowMs
      WHERE id = @id AND status = 'open'`),
  };
}

function treeStatements(sqlite: Sqlite) {
  // Where a person's verdict counts, the order is that of the verdicts, so that a late verdict does not move an earlier
  // one.
  const countedOf = (kind: ConfigKind) =>
    sqlite.prepare(`
      SELECT trial.side, root.status, root.reason, ${wholeBody("ended")} ->> '$.verdict.outcome' AS verdict,
        person.outcome AS person, tree.micro_usd - tree.copied_micro_usd AS microUsd,
        tree.tokens_in + tree.tokens_out - tree.copied_tokens AS tokens,
        CASE WHEN @isByPerson THEN person.created_at_ms ELSE tree.ended_at_ms END AS countsAtMs
      FROM trial_trees trial JOIN trees tree ON tree.id = trial.tree_id JOIN tasks root ON root.id = tree.root_id
        LEFT JOIN messages ended ON ended.id = root.result_seq LEFT JOIN person_verdicts person ON person.tree_id = tree.id
      WHERE trial.trial_id = @id AND tree.ended_at_ms IS NOT NULL AND countsAtMs <= @endsAtMs AND ${USES[kind]}
      ORDER BY countsAtMs, tree.id`);
  return {
    assigned: sqlite.prepare(`
      SELECT ifnull(sum(side = 'live'), 0) AS live, ifnull(sum(side = 'candidate'), 0) AS candidate
      FROM trial_trees WHERE trial_id = ?`),
    trees: {
      agent: countedOf("agent"),
      document: countedOf("document"),
      tool: countedOf("tool"),
      runbook: countedOf("runbook"),
    },
  };
}
