/**
 * Columns of `tasks` that follow from the log. Every statement that writes, reads, rebuilds or copies them takes them from
 * here, so that a new one is named once in `db/schema/schema.ts`, once in what derives it, and once below.
 */
import type { DerivedRow } from "@/core/row";

/** Columns by the names that the code gives them. */
interface Columns {
  /** For `INSERT INTO tasks (…)`. */
  names: string;
  /** Their values as parameters, in the same order. */
  values: string;
  /** For `UPDATE tasks SET …`. */
  set: string;
  /** For `SELECT …`; `from` is the name of the table in the statement. */
  read(from?: string): string;
}

/** What its messages determine; see `rowOf`. */
export const LOG_COLUMNS = columns<keyof DerivedRow>({
  agent: "agent",
  model: "model",
  attempt: "attempt",
  turns: "turns",
  headline: "headline",
  refused: "refused",
  tokensIn: "tokens_in",
  tokensOut: "tokens_out",
  microUsd: "micro_usd",
  neededTokens: "needed_tokens",
  neededMicroUsd: "needed_micro_usd",
});

/** Where it rests, or how it ended, as `decide` returns it; the record that ends its turn writes it. */
export interface RestingRow {
  status: string;
  reason: string | null;
  detail: string | null;
  waitKind: string | null;
  parkedUntilMs: number | null;
  length: number;
  resultSeq: number | null;
  endedAtMs: number | null;
}

export const RESTING_COLUMNS = columns<keyof RestingRow>({
  status: "status",
  reason: "reason",
  detail: "detail",
  waitKind: "wait_kind",
  parkedUntilMs: "parked_until_ms",
  length: "length",
  resultSeq: "result_seq",
  endedAtMs: "ended_at_ms",
});

function columns<Name extends string>(named: Readonly<Record<Name, string>>): Columns {
  const all = Object.entries<string>(named);
  return {
    names: all.map(([, column]) => column).join(", "),
    values: all.map(([name]) => `@${name}`).join(", "),
    set: all.map(([name, column]) => `${column} = @${name}`).join(", "),
    read: (from) => all.map(([name, column]) => `${from ? `${from}.` : ""}${column} AS ${name}`).join(", "),
  };
}
