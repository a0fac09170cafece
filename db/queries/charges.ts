/** SQL of what the entries of a log cost. */
import type { TaskEvent } from "@/core/log/entries";
import { fieldOf, isEvent } from "@/db/file/bodies";
import { KINDS } from "@/db/file/rows";

const REPLY = KINDS.indexOf("agent_response");

/** Events that cost something, besides replies. */
export const CHARGES = ["tool_charged", "unconfirmed", "compacted"] as const satisfies readonly TaskEvent["type"][];

/** Returns the SQL of the micro-dollars of a message; NULL for one that costs nothing. `table`: the name of the messages. */
export function microUsdOf(table: string): string {
  return `CASE WHEN ${table}.kind = ${REPLY} THEN ${fieldOf("u[4]", table)}
    WHEN ${isEvent(CHARGES, table)} THEN ${fieldOf("microUsd", table)} END`;
}

/** Returns the SQL of the input tokens of a message; NULL for one that has none. */
export function tokensInOf(table: string): string {
  return `CASE WHEN ${table}.kind = ${REPLY} THEN ${fieldOf("u[0]", table)}
    WHEN ${isEvent(CHARGES, table)} THEN
      coalesce(${fieldOf("tokensIn", table)}, ${fieldOf("tokens", table)}, ${fieldOf("usage.inputTokens", table)}) END`;
}
