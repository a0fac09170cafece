import { createTreeSql, type TreeSql } from "@/agents/tools/own-tree/tree-sql";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import type { Trial } from "./trial";

/** SQL over the trees of a trial, with a sandbox of its own. */
export function treeSqlOf(trial: Trial): TreeSql {
  const sandbox = createSandbox({ tested: testedSandbox });
  const sql = createTreeSql({ client: trial.runtime.store.client, sandbox, program: process.cwd() });
  return {
    ...sql,
    async close() {
      await sql.close();
      sandbox.close();
    },
  };
}
