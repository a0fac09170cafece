/** Adds up what the replies in the log used. */
import type { ModelUse, Used } from "@/core/shapes/log";
import { type BodyReader, createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { usd } from "./shapes";

export interface ModelUseQueries {
  ofTask(taskUid: string): ModelUse;
  ofTree(treeUid: string): ModelUse;
}

interface ReplyRow {
  /** The numbers of the reply's usage as JSON; null in a body that somebody broke by hand, or that is in a blob. */
  used: string | null;
  blobId: number | null;
  isRoot: 0 | 1;
}

export function createModelUseQueries(sqlite: Sqlite): ModelUseQueries {
  const bodies = createBodyReader(sqlite);
  const replies = (scope: string) =>
    sqlite.prepare(`
      SELECT CASE WHEN json_valid(message.body) THEN message.body ->> '$.u' END AS used,
        CASE WHEN message.body IS NULL THEN message.blob_id END AS blobId, task.parent_id IS NULL AS isRoot
      FROM messages message JOIN tasks task ON task.id = message.task_id
      WHERE ${scope} AND message.kind = ${KINDS.indexOf("agent_response")} ORDER BY message.id`);
  const task = replies("message.task_id = (SELECT id FROM tasks WHERE uid = ?)");
  const tree = replies("message.tree_id = (SELECT id FROM trees WHERE uid = ?)");
  return {
    ofTask: (uid) => sumOf(bodies, task.all(uid) as ReplyRow[], () => true),
    ofTree: (uid) => sumOf(bodies, tree.all(uid) as ReplyRow[], ({ isRoot }) => isRoot === 1),
  };
}

function sumOf(bodies: BodyReader, rows: readonly ReplyRow[], mayBeFirst: (row: ReplyRow) => boolean): ModelUse {
  const sum = [0, 0, 0, 0, 0];
  let calls = 0;
  let first: Used | null = null;
  for (const row of rows) {
    const numbers = numbersOf(bodies, row);
    if (numbers === null) continue;
    calls += 1;
    for (const [at, total] of sum.entries()) sum[at] = total + (numbers[at] ?? 0);
    if (first === null && mayBeFirst(row)) first = usedOf(numbers);
  }
  return { calls, ...usedOf(sum), first_turn: first };
}

function numbersOf(bodies: BodyReader, { used, blobId }: ReplyRow): number[] | null {
  if (used !== null) return JSON.parse(used) as number[];
  return blobId === null ? null : ((JSON.parse(bodies.read({ body: null, blobId })) as { u?: number[] }).u ?? null);
}

/** The order of the numbers is the one of `encodeEntry`. */
function usedOf([input = 0, cacheRead = 0, cacheWrite = 0, output = 0, microUsd = 0]: readonly number[]): Used {
  return {
    input_tokens: input,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
    output_tokens: output,
    cost_usd: usd(microUsd),
  };
}
