/** SQL over one tree: a snapshot of its rows, and a sandboxed reader of it. What `query_database` is given. */
import { join } from "node:path";
import type { Client } from "@/db/client";
import { createSqlSnapshots } from "@/db/sql-snapshot";
import { giveToTools } from "@/lib/sandbox/identity";
import type { SandboxPort, SandboxStatus } from "@/lib/sandbox/port";
import type { ReaderAnswer } from "@/lib/sql/reader-process";
import { createSqlReaders, type QueryLimits } from "@/lib/sql/readers";

/** Below a tree's folder for caches, and with it deleted with the tree. */
const FOLDER = "sql";
/** A snapshot may be replaced by newer ones between being taken and being opened, when several tasks ask at once. */
const TRIES = 3;

export interface TreeSql {
  status(): Promise<SandboxStatus>;
  /** Rejects with one sentence when there can be no answer, and with the signal's reason. */
  query(tree: { treeId: string; cacheDir: string }, sql: string, limits: QueryLimits): Promise<ReaderAnswer>;
  close(): Promise<void>;
}

export interface TreeSqlSources {
  client: Client;
  sandbox: SandboxPort;
  /** Folder of the running system's files. */
  checkout: string;
}

export function createTreeSql({ client, sandbox, checkout }: TreeSqlSources): TreeSql {
  const snapshots = createSqlSnapshots(client, giveToTools);
  const readers = createSqlReaders(sandbox, checkout);
  return {
    status: () => readers.status(),
    async query({ treeId, cacheDir }, sql, limits) {
      const folder = join(cacheDir, FOLDER);
      readers.prepare(folder);
      for (let left = TRIES; ; left--) {
        limits.signal.throwIfAborted();
        const answer = await readers.query(await snapshots.take(treeId, folder), sql, limits);
        if (!("gone" in answer) || left === 1) return answer;
      }
    },
    close: () => readers.close(),
  };
}
