import { outcomeOf } from "./rules/outcome";
import type { TaskState } from "./state";

/** Columns of a task's row that its log determines. Status and waits come from `decide`. */
export interface DerivedRow {
  agent: string;
  model: string;
  attempt: number;
  turns: number;
  headline: string;
  /** Number of subtasks that were refused. */
  refused: number;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
  /** The grant that the request for which its own did not suffice needs; null: it ended otherwise, or has no such cap. */
  neededTokens: number | null;
  neededMicroUsd: number | null;
}

export function rowOf(state: TaskState): DerivedRow {
  const { setup, attempt, turn, spent, ended } = state;
  return {
    agent: setup.agent,
    model: setup.model,
    attempt,
    turns: turn,
    headline: headlineNow(state),
    refused: state.refused.length,
    tokensIn: spent.tokensIn,
    tokensOut: spent.tokensOut,
    microUsd: spent.microUsd,
    neededTokens: ended?.grantNeeded?.tokens ?? null,
    neededMicroUsd: ended?.grantNeeded?.microUsd ?? null,
  };
}

/** Returns what the task did last, or its result once its agent has ended it. */
function headlineNow({ ended, headline }: TaskState): string {
  const isOwnEnd = ended?.status === "succeeded" || ended?.reason === "by_agent";
  if (!isOwnEnd) return headline;
  const outcome = outcomeOf(ended.summary || (ended.result ?? ""));
  return outcome === null ? "" : outcome || headline;
}
