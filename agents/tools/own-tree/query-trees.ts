import { z } from "zod";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { SNAPSHOT_TABLES } from "@/db/trees/sql-snapshot";
import { WIDE_TABLES } from "@/db/trees/wide-snapshot";
import { answered, LIMITS, SQL_MAX_CHARS, TABLES } from "./query-database";
import type { TreeSql } from "./tree-sql";

const MOST_TREES = 20;

const WIDE = Object.entries(WIDE_TABLES).map(([name, columns]) => `${name}(${columns.join(", ")})`);
const NAMES = [...Object.keys(SNAPSHOT_TABLES), ...Object.keys(WIDE_TABLES)].join(", ");

const input = z.strictObject({
  sql: z.string().min(1).max(SQL_MAX_CHARS).describe("One read-only statement: SELECT, WITH or VALUES."),
  trees: z
    .array(z.string().min(1).max(100))
    .max(MOST_TREES)
    .optional()
    .describe("Ids of other trees whose records the statement reads; the table trees lists them."),
});

/**
 * Returns the tool for SQL over other trees and the configuration. Its level is `host`: only an admin gives that right,
 * and the default policy refuses it.
 */
export function queryTrees(treeSql: TreeSql): WorldTool {
  return worldTool({
    name: "query_trees",
    description: `Read other trees' records and the configuration with SQL (SQLite). It needs the right host. Without \`trees\` the tables of records hold this tree only; the newest trees and the live agents, documents and tools are always there. Tables of records: ${TABLES.join("; ")}. Further tables: ${WIDE.join("; ")}. ${LIMITS}`,
    input,
    level: "host",
    afterCrash: "repeat",
    run: ({ sql, trees = [] }, context) =>
      answered(treeSql, sql, context, NAMES, async (limits) => {
        const answer = await treeSql.queryWide(context, trees, sql, limits);
        if ("missing" in answer)
          return {
            refused: `There is no tree ${answer.missing.join(", ")}. The table trees lists those that there are.`,
          };
        // Whatever other trees have read may be in their rows.
        return { answer, outside: true };
      }),
  }) as WorldTool;
}
