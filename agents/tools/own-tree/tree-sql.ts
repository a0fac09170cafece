/**
 * SQL over one tree for `query_database`: a snapshot of the tree's rows, and a sandboxed process that reads it. A tree in
 * which the supervisor or the review agent judges another tree reads that other tree's rows.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { wholeBody } from "@/db/file/bodies";
import type { Client } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { createSqlSnapshots } from "@/db/trees/sql-snapshot";
import { takeWideSnapshot } from "@/db/trees/wide-snapshot";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxPort, SandboxStatus } from "@/lib/sandbox/port";
import type { ReaderAnswer } from "@/lib/sql/reader-process";
import { createSqlReaders, type QueryLimits } from "@/lib/sql/readers";

/** In the tree's cache folder, so that it is deleted with the tree. */
const FOLDER = "sql";
const WIDE_FOLDER = "sql-wide";
/** When several tasks query at the same time, a newer snapshot may replace this one before it is opened. */
const TRIES = 3;

export interface TreeSql {
  status(): Promise<SandboxStatus>;
  /** Runs the query. Rejects with one sentence when that is impossible, and with the signal's reason when aborted. */
  query(tree: { treeId: string; cacheDir: string }, sql: string, limits: QueryLimits): Promise<ReaderAnswer>;
  /**
   * Runs the query on the rows of other trees too, and on the configuration. Resolves with `missing` for trees that do
   * not exist.
   */
  queryWide(
    tree: { treeId: string; cacheDir: string },
    others: readonly string[],
    sql: string,
    limits: QueryLimits,
  ): Promise<ReaderAnswer | { missing: string[] }>;
  /** Returns whether rows of the tree may contain content from outside. */
  isTainted(treeId: string): boolean;
  close(): Promise<void>;
}

export interface TreeSqlSources {
  client: Client;
  sandbox: SandboxPort;
  /** Folder of the running system's files. */
  program: string;
}

export function createTreeSql({ client, sandbox, program }: TreeSqlSources): TreeSql {
  const snapshots = createSqlSnapshots(client, giveToTools);
  const readers = createSqlReaders(sandbox, program);
  // The host opened these trees to judge another one, so their records are those of that other tree.
  const judged = client.sqlite
    .prepare(`
    SELECT coalesce(
      (SELECT about FROM flag_looks WHERE tree = @tree LIMIT 1),
      (SELECT tree.uid FROM interventions intervention JOIN trees tree ON tree.id = intervention.tree_id WHERE intervention.asked_in = @tree LIMIT 1),
      @tree)`)
    .pluck();
  const subjectOf = (treeId: string) => judged.get({ tree: treeId }) as string;
  const tainted = client.sqlite
    .prepare(`
    SELECT EXISTS (SELECT 1 FROM trees WHERE uid = @tree AND is_tainted = 1)
      OR EXISTS (SELECT 1 FROM messages JOIN trees ON trees.id = tree_id WHERE trees.uid = @tree
        AND kind IN (${KINDS.indexOf("tool_response")}, ${KINDS.indexOf("event")})
        AND (${wholeBody()} ->> '$.outside' = 1 OR ${wholeBody()} ->> '$.tainted' = 1))`)
    .pluck();
  return {
    isTainted: (treeId) => subjectOf(treeId) !== treeId || tainted.get({ tree: treeId }) === 1,
    status: () => readers.status(),
    async query({ treeId, cacheDir }, sql, limits) {
      const folder = join(cacheDir, FOLDER);
      readers.prepare(folder);
      for (let left = TRIES; ; left--) {
        limits.signal.throwIfAborted();
        const answer = await readers.query(await snapshots.take(subjectOf(treeId), folder), sql, limits);
        if (!("gone" in answer) || left === 1) return answer;
      }
    },
    async queryWide({ treeId, cacheDir }, others, sql, limits) {
      const folder = join(cacheDir, WIDE_FOLDER);
      const taken = await takeWideSnapshot(client, [treeId, ...others], folder, giveToTools);
      if ("missing" in taken) return taken;
      try {
        limits.signal.throwIfAborted();
        return await readers.query(taken.file, sql, limits);
      } finally {
        // Rows of other trees stay no longer than the query that a person allowed.
        rmSync(taken.file, { force: true });
      }
    },
    close: () => readers.close(),
  };
}
