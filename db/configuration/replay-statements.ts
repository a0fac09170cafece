/** Prepared statements for replays. */
import { wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { isNoCanary } from "@/db/people/canary";
import type { ConfigKind } from "./configuration";
import { REPLAY_COLUMNS } from "./replay-rows";
import { USES } from "./trial-statements";

/** Older trees say little about the work of today, and reading all would be slow. */
const MOST_TREES = 500;

const VERDICT = `${wholeBody("ended")} ->> '$.verdict.outcome' AS verdict`;
const ROOT = "JOIN tasks root ON root.id = tree.root_id LEFT JOIN messages ended ON ended.id = root.result_seq";

const SOURCE = `tree.id, tree.uid, tree.root_id AS rootId, tree.had_files AS hadFiles, tree.is_tainted AS isTainted,
  root.status, root.reason, ${VERDICT}, tree.tokens_in + tree.tokens_out AS tokens, tree.micro_usd AS microUsd`;

/** SQL condition: a call reached beyond the workspace, which a replay may not. */
const REACHES_OUT = `EXISTS (SELECT 1 FROM messages call WHERE call.tree_id = tree.id
  AND call.kind = ${KINDS.indexOf("tool_call")} AND ${wholeBody("call")} ->> '$.level' IN ('network', 'host', 'change'))`;

/** SQL condition: a person was asked, which a replay may not. */
const ASKED = `EXISTS (SELECT 1 FROM reviews WHERE tree_id = tree.id AND addressee_id IS NULL
  AND kind IN ('question', 'approval', 'proposal'))`;

const KEY = "trial_id = @trial AND source = @source AND side = @side";

export function replayStatements(sqlite: Sqlite) {
  return { ...treeStatements(sqlite), ...rowStatements(sqlite) };
}

function treeStatements(sqlite: Sqlite) {
  const perKind = <Statement>(of: (kind: ConfigKind) => Statement): Record<ConfigKind, Statement> => {
    return { agent: of("agent"), document: of("document"), tool: of("tool"), runbook: of("runbook") };
  };
  return {
    // A tree without a language model says nothing about texts that only such a model reads.
    sources: perKind((kind) =>
      sqlite.prepare(`
        SELECT ${SOURCE} FROM (SELECT * FROM trees WHERE ended_at_ms IS NOT NULL AND is_system = 0
            AND forked_from IS NULL AND archive_hash IS NULL AND ${isNoCanary("trees")}
          ORDER BY ended_at_ms DESC, id DESC LIMIT ${MOST_TREES}) tree ${ROOT}
        WHERE ${kind === "runbook" ? "1" : "root.model <> 'runbook'"} AND ${USES[kind]} AND NOT ${REACHES_OUT} AND NOT ${ASKED}
        ORDER BY tree.ended_at_ms DESC, tree.id DESC`),
    ),
    source: sqlite.prepare(`SELECT ${SOURCE} FROM trees tree ${ROOT} WHERE tree.uid = ?`),
    tree: perKind((kind) =>
      sqlite.prepare(`
        SELECT root.uid AS root, root.status, root.reason, ${VERDICT}, tree.ended_at_ms AS endedAtMs,
          tree.tokens_in + tree.tokens_out AS tokens, tree.micro_usd AS microUsd, ${USES[kind]} AS isUsed,
          EXISTS (SELECT 1 FROM tasks WHERE tree_id = tree.id
            AND (reason = 'ask_timeout' OR wait_kind = 'model_gone')) AS hasAsked,
          EXISTS (SELECT 1 FROM tasks WHERE tree_id = tree.id AND reason = 'out_of_grant') AS hasSpentAll
        FROM trees tree ${ROOT} WHERE tree.uid = @tree`),
    ),
    rootOf: sqlite.prepare(`
      SELECT tree.id, root.uid AS root FROM trees tree JOIN tasks root ON root.id = tree.root_id
      WHERE tree.uid = ? AND tree.ended_at_ms IS NULL`),
    isReplay: sqlite.prepare("SELECT 1 FROM trees WHERE uid = @tree AND is_system = 1 AND created_by = @person"),
  };
}

function rowStatements(sqlite: Sqlite) {
  return {
    leaveChoosing: sqlite.prepare(
      "UPDATE trials SET replays = @phase WHERE id = @id AND status = 'open' AND replays = 'choosing'",
    ),
    finish: sqlite.prepare(`
      UPDATE trials SET replays = 'done', ends_at_ms = @endsAtMs WHERE id = @id AND status = 'open' AND replays = 'chosen'`),
    insert: sqlite.prepare(`
      INSERT INTO trial_replays (trial_id, source, side, decides, tree, status)
      VALUES (@trial, @source, @side, @decides, @tree, 'waiting')`),
    ofTrial: sqlite.prepare(`SELECT ${REPLAY_COLUMNS} FROM trial_replays replay WHERE trial_id = ? ORDER BY rowid`),
    running: sqlite.prepare("SELECT count(*) FROM trial_replays WHERE status = 'running'").pluck(),
    leftovers: sqlite.prepare(`
      SELECT ${REPLAY_COLUMNS} FROM trial_replays replay JOIN trials ON trials.id = replay.trial_id
      WHERE replay.status IN ('waiting', 'running') AND trials.status <> 'open'`),
    began: sqlite.prepare(`UPDATE trial_replays SET status = 'running' WHERE ${KEY} AND status = 'waiting'`),
    counted: sqlite.prepare(`
      UPDATE trial_replays SET status = 'counted', passed = @passed, tokens = @tokens, micro_usd = @microUsd
      WHERE ${KEY} AND status = 'running'`),
    dropped: sqlite.prepare(`
      UPDATE trial_replays SET status = 'not_counted', why = @why WHERE ${KEY} AND status IN ('waiting', 'running')`),
    again: sqlite.prepare(
      `UPDATE trial_replays SET status = 'waiting', tree = @tree WHERE ${KEY} AND status IN ('waiting', 'running')`,
    ),
  };
}
