/** Reads configuration entries for lists and pages, with the authors of versions and the results of tasks. */
import type { ConfigKind } from "@/db/configuration/configuration";
import { REPLAYER } from "@/db/configuration/replay-rows";
import { wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";

export interface VersionRow {
  version: number;
  by: string;
  why: string;
  origin: "seed" | "person" | "proposal";
  createdAtMs: number;
  live: boolean;
}

export interface EntryRow extends Omit<VersionRow, "live"> {
  name: string;
  description: string;
  body: unknown;
  proposals: number;
}

interface OpenProposalRow {
  review: string;
  kind: ConfigKind;
  name: string;
  body: unknown;
  why: string;
  proposedBy: string;
  baseVersion: number | null;
  createdAtMs: number;
  tree: string;
  task: string;
}

export interface EntryQueries {
  live(kind: ConfigKind): EntryRow[];
  /** Returns names that have versions but no live one. */
  removed(kind: ConfigKind): string[];
  /** Returns the versions, newest first, also of a removed entry. */
  versions(kind: ConfigKind, name: string): VersionRow[];
  /** Returns the open proposals, oldest first. */
  openProposals(kind: ConfigKind, name: string | null): OpenProposalRow[];
  /** Counts the tasks ended since then, by agent, without tasks that a fork copied. */
  runs(sinceMs: number): Map<string, Runs>;
  /** Counts the ended tasks that followed a runbook, by the runbook's name. */
  runbookRuns(sinceMs: number): Map<string, Runs>;
}

interface Runs {
  ended: number;
  succeeded: number;
}

/** SQL condition: the task's tree is no replay, which people did not ask for. */
const IS_NO_REPLAY = `NOT EXISTS (SELECT 1 FROM trees WHERE id = tasks.tree_id AND is_system = 1 AND created_by = '${REPLAYER}')`;

const TABLES: Record<ConfigKind, string> = {
  agent: "agents",
  document: "documents",
  tool: "tools",
  runbook: "runbooks",
};

export function createEntryQueries(sqlite: Sqlite): EntryQueries {
  const perKind = (kind: ConfigKind) => ({
    live: sqlite.prepare(`
      SELECT live.name, live.description, live.version, entry.body, entry.origin, entry.by, entry.why, entry.created_at_ms AS createdAtMs,
        (SELECT count(*) FROM proposals WHERE kind = '${kind}' AND name = live.name AND status = 'open') AS proposals
      FROM ${TABLES[kind]} live JOIN config_versions entry
        ON entry.kind = '${kind}' AND entry.name = live.name AND entry.version = live.version ORDER BY live.name`),
    removed: sqlite
      .prepare(`
      SELECT DISTINCT name FROM config_versions
      WHERE kind = '${kind}' AND name NOT IN (SELECT name FROM ${TABLES[kind]}) ORDER BY name`)
      .pluck(),
    versions: sqlite.prepare(`
      SELECT version, by, why, origin, created_at_ms AS createdAtMs,
        version = (SELECT version FROM ${TABLES[kind]} WHERE name = @name) AS live
      FROM config_versions WHERE kind = '${kind}' AND name = @name ORDER BY version DESC`),
  });
  const statements = {
    agent: perKind("agent"),
    document: perKind("document"),
    tool: perKind("tool"),
    runbook: perKind("runbook"),
  };
  const openProposals = sqlite.prepare(`
    SELECT review.uid AS review, proposal.kind, proposal.name, proposal.body, proposal.why, proposal.proposed_by AS proposedBy,
      proposal.base_version AS baseVersion, proposal.created_at_ms AS createdAtMs, tree.uid AS tree, task.uid AS task
    FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
    JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id
    WHERE proposal.kind = @kind AND (@name IS NULL OR proposal.name = @name) AND proposal.status = 'open' ORDER BY proposal.id`);
  const runs = sqlite.prepare(`
    SELECT agent AS name, count(*) AS ended, sum(status = 'succeeded') AS succeeded FROM tasks
    WHERE ended_at_ms >= ? AND origin_id IS NULL AND ${IS_NO_REPLAY} GROUP BY agent`);
  // The first message of a task's log names its runbook.
  const runbookRuns = sqlite.prepare(`
    SELECT json_extract(${wholeBody("setup")}, '$.runbook.name') AS name, count(*) AS ended, sum(status = 'succeeded') AS succeeded
    FROM tasks JOIN messages setup ON setup.id = (SELECT min(id) FROM messages WHERE task_id = tasks.id)
    WHERE model = 'runbook' AND ended_at_ms >= ? AND origin_id IS NULL AND ${IS_NO_REPLAY} AND name IS NOT NULL GROUP BY name`);
  const byName = (rows: unknown[]) =>
    new Map((rows as (Runs & { name: string })[]).map(({ name, ...counts }) => [name, counts]));
  type Written<Row extends { body: unknown }> = Row & { body: string };
  const read = <Row extends { body: unknown }>(rows: Written<Row>[]): Row[] =>
    rows.map((row) => ({ ...row, body: JSON.parse(row.body) as unknown }));

  return {
    live: (kind) => read<EntryRow>(statements[kind].live.all() as Written<EntryRow>[]),
    removed: (kind) => statements[kind].removed.all() as string[],
    versions: (kind, name) =>
      (statements[kind].versions.all({ name }) as (Omit<VersionRow, "live"> & { live: number | null })[]).map(
        (row) => ({
          ...row,
          live: row.live === 1,
        }),
      ),
    openProposals: (kind, name) =>
      read<OpenProposalRow>(openProposals.all({ kind, name }) as Written<OpenProposalRow>[]),
    runs: (sinceMs) => byName(runs.all(sinceMs)),
    runbookRuns: (sinceMs) => byName(runbookRuns.all(sinceMs)),
  };
}
