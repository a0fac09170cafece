import { z } from "zod";
import { type ToolContext, type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { SNAPSHOT_TABLES } from "@/db/trees/sql-snapshot";
import type { ReaderAnswer } from "@/lib/sql/reader-process";
import type { QueryLimits } from "@/lib/sql/readers";
import type { TreeSql } from "./tree-sql";

const ROWS_MAX = 200;
const BYTES_MAX = 64 * 1024;
const QUERY_TIMEOUT_MS = 2_000;
export const SQL_MAX_CHARS = 100_000;

/** Of one tree, as descriptions name them. */
export const TABLES = Object.entries(SNAPSHOT_TABLES).map(([name, columns]) => `${name}(${columns.join(", ")})`);
const NAMES = Object.keys(SNAPSHOT_TABLES).join(", ");

/** What a query returns, and how long it may take. */
export const LIMITS = `Returns columns and rows, at most ${ROWS_MAX} rows and ${BYTES_MAX / 1024} KB; truncated is set when there are more. A query may take ${QUERY_TIMEOUT_MS / 1000} seconds.`;

const input = z.strictObject({
  sql: z.string().min(1).max(SQL_MAX_CHARS).describe("One read-only statement: SELECT, WITH or VALUES."),
});

/** Returns the tool for SQL over the rows of the caller's own tree. */
export function queryDatabase(treeSql: TreeSql): WorldTool {
  const tool = worldTool({
    name: "query_database",
    description: `Read this tree's own records with SQL (SQLite), as they were at its newest message. Tables: ${TABLES.join("; ")}. content, usage and verdict are JSON as text; times are ISO 8601; tokens and cost of a task are its own, without its subtasks. ${LIMITS}`,
    input,
    level: "read",
    afterCrash: "repeat",
    run: ({ sql }, context) =>
      answered(treeSql, sql, context, NAMES, async (limits) => {
        const answer = await treeSql.query(context, sql, limits);
        // The tree's rows contain outside content that other tasks of the tree have read.
        return { answer, outside: treeSql.isTainted(context.treeId) };
      }),
  });
  return tool as WorldTool;
}

interface Answered {
  answer: ReaderAnswer;
  /** Whether the rows may contain content from outside. */
  outside: boolean;
}

/** Runs a query within the limits of a call, and returns its answer or one sentence about why there is none. */
export async function answered(
  treeSql: TreeSql,
  sql: string,
  { signal, timeoutMs }: ToolContext,
  tables: string,
  query: (limits: QueryLimits) => Promise<Answered | { refused: string }>,
): Promise<ToolOutcome> {
  if (sql.includes("\0")) return refused("The SQL contains a NUL character; leave it out.");
  const status = await treeSql.status();
  if (!status.available) return refused(`SQL is off, because it needs the sandbox: ${status.reason}`);
  const limits = {
    maxRows: ROWS_MAX,
    maxBytes: BYTES_MAX,
    timeoutMs: Math.min(QUERY_TIMEOUT_MS, timeoutMs),
    signal,
  };
  try {
    const found = await query(limits);
    if ("refused" in found) return refused(found.refused);
    const { answer, outside } = found;
    if ("columns" in answer) return { content: JSON.stringify(answer), ...(outside && { outside: true }) };
    if ("refused" in answer) return refused(`The query failed: ${answer.refused}. The tables are ${tables}.`);
    if ("gone" in answer) return refused(`The snapshot cannot be read (${answer.gone}); try again.`);
    return refused(
      answer.ended === "timeout"
        ? `The query took longer than ${limits.timeoutMs / 1000} seconds and was ended; narrow it, for example with WHERE and LIMIT.`
        : "The query needed too much memory and was ended; narrow it.",
    );
  } catch (error) {
    if (signal.aborted) throw error;
    return refused(`The query could not be run: ${error instanceof Error ? error.message : error}`);
  }
}

function refused(sentence: string): ToolOutcome {
  return { content: sentence, isError: true };
}
