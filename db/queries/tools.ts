/** A tool's recent calls (from the audit), its last failure (from the log), its versions and its proposals. */
import type { ToolCallLine, ToolHistory, ToolProposal, ToolVersion } from "@/core/shapes/tools";
import { withoutDisguise } from "@/core/words/visible";
import { createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import { KINDS } from "@/db/file/rows";
import { factsOfReview } from "./shapes";

export interface ToolQueries {
  /** With `server`, the name means all tools that begin with it and `__`. */
  history(tool: string, server: boolean): ToolHistory;
  /** Open proposals, oldest first. */
  proposals(): ToolProposal[];
  /**
   * Returns the test facts of the review item that last approved a server; null when no agent proposed it, or its tree is
   * gone.
   */
  testedOf(tool: string): string | null;
  /** Returns whether a tool of the server was called or tried in the tree. */
  wasServerUsed(treeUid: string, server: string): boolean;
}

/** Limits the rows read for one query, because the audit has no index by subject. */
const ROWS_READ = 50_000;
const CALLS = 20;
const VERSIONS = 50;
const FAILURE_CHARS = 4_000;

type CallRow = { at: number; tool: string; actor: string; tree: string; detail: string; title: string | null };
type FailureRow = {
  at: number;
  tool: string;
  tree: string;
  task: string;
  body: string | null;
  blobId: number | null;
};

export function createToolQueries(sqlite: Sqlite): ToolQueries {
  const bodies = createBodyReader(sqlite);
  const calls = sqlite.prepare(`
    SELECT audit.at_ms AS at, audit.subject AS tool, audit.actor, audit.tree, audit.detail,
      (SELECT title FROM trees WHERE uid = audit.tree) AS title
    FROM audit
    WHERE audit.id > (SELECT max(id) FROM audit) - ${ROWS_READ} AND audit.action = 'tool_call'
      AND (audit.subject = @tool OR (@prefix IS NOT NULL AND substr(audit.subject, 1, length(@prefix)) = @prefix))
    ORDER BY audit.id DESC LIMIT ${CALLS}`);
  const failures = sqlite.prepare(`
    SELECT message.created_at_ms AS at, message.tool, tree.uid AS tree, task.uid AS task, message.body,
      message.blob_id AS blobId
    FROM messages message JOIN tasks task ON task.id = message.task_id JOIN trees tree ON tree.id = message.tree_id
    WHERE message.task_id = (SELECT id FROM tasks WHERE uid = @task) AND message.tool = @tool
      AND message.kind = ${KINDS.indexOf("tool_response")}
    ORDER BY message.id DESC LIMIT ${CALLS}`);

  const versions = sqlite.prepare(`
    SELECT version, by, why, origin, created_at_ms AS at FROM config_versions WHERE kind = 'tool' AND name = ?
    ORDER BY version DESC LIMIT ${VERSIONS}`);
  const proposals = sqlite.prepare(`
    SELECT review.uid AS review_id, tree.uid AS tree_id, task.uid AS task_id, proposal.name, proposal.proposed_by AS by,
      proposal.why, proposal.created_at_ms AS at
    FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
    JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id
    WHERE proposal.kind = 'tool' AND proposal.status = 'open' AND review.status = 'open' ORDER BY review.id`);
  const facts = sqlite
    .prepare(`
    SELECT review.facts FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
    WHERE proposal.kind = 'tool' AND proposal.name = ? AND proposal.status = 'approved' ORDER BY review.id DESC LIMIT 1`)
    .pluck();
  const used = sqlite
    .prepare(`
    SELECT 1 FROM audit WHERE tree = @tree AND action IN ('tool_call', 'tool_tried')
      AND substr(subject, 1, length(@prefix)) = @prefix LIMIT 1`)
    .pluck();
  const timed = <Row extends { at: number }>({ at, ...row }: Row) => ({ ...row, created_at: iso(at) });

  function lastFailure(lines: readonly ToolCallLine[]): ToolHistory["last_failure"] {
    const failed = lines.find(({ outcome }) => outcome !== "ok");
    if (!failed) return null;
    for (const row of failures.all({ task: failed.task_id, tool: failed.tool }) as FailureRow[]) {
      const { text, isError } = JSON.parse(bodies.read(row)) as { text?: unknown; isError?: unknown };
      if (isError !== true) continue;
      const said = typeof text === "string" ? text.slice(0, FAILURE_CHARS) : "";
      return { at: iso(row.at), tool: row.tool, tree_id: row.tree, task_id: row.task, text: said };
    }
    return null;
  }

  return {
    history(tool, server) {
      const lines = (calls.all({ tool, prefix: server ? `${tool}__` : null }) as CallRow[]).map(lineOf);
      const past = (versions.all(tool) as (Omit<ToolVersion, "created_at"> & { at: number })[]).map(timed);
      return { versions: past, calls: lines, last_failure: lastFailure(lines) };
    },
    proposals: () => (proposals.all() as (Omit<ToolProposal, "created_at"> & { at: number })[]).map(timed),
    wasServerUsed: (tree, server) => used.get({ tree, prefix: `${server}__` }) === 1,
    testedOf: (tool) => factsOfReview((facts.get(tool) as string | null | undefined) ?? null).tested ?? null,
  };
}

/** Splits a row: the actor is agent and task; the detail is level, outcome and the start of the hash. */
function lineOf({ at, tool, actor, tree, detail, title }: CallRow): ToolCallLine {
  const [agent = "", task = ""] = actor.split(" ");
  const [, became] = detail.split(" ");
  const outcome = became === "ok" || became === "ended" ? became : "failed";
  return {
    at: iso(at),
    tool,
    tree_id: tree,
    tree_title: title && withoutDisguise(title),
    task_id: task,
    agent,
    outcome,
  };
}
