/** Counts what tasks have done, from the records of their logs: only what is stored counts, and each record counts once. */
import type { Entry } from "@/core/log/entries";
import { isEnded } from "@/core/log/terms";
import type { Counts } from "@/core/metrics/counts";
import { GOAL_MODEL, ROUND_MODEL } from "@/core/programs/names";
import type { Log } from "@/db/log/log";
import type { TaskRecord } from "@/db/records/records";

type Counting = Pick<Counts, "add" | "observe">;

/** Returns the log with an `append` that counts each record that it has written. */
export function countedLog(log: Log, counts: Counting): Log {
  return {
    ...log,
    async append(record) {
      const result = await log.append(record);
      if (result.ok) countRecord(record, counts);
      return result;
    },
  };
}

function countRecord(
  { entries, toolUses = [], interventions = [], leaseEnd, row }: TaskRecord,
  counts: Counting,
): void {
  for (const { tool, isError, durationMs } of toolUses) {
    const outcome = isError ? "failed" : "ok";
    counts.observe("banyan_tool_call_duration_seconds", { tool, outcome }, durationMs / 1_000);
  }
  for (const { rule, action } of interventions) counts.add("banyan_interventions_total", { rule, action });
  for (const entry of entries) countClaims(entry, counts);
  if (!leaseEnd || !isEnded(leaseEnd.status)) return;
  const { status } = leaseEnd;
  counts.add("banyan_tasks_ended_total", { status });
  if (row.model === GOAL_MODEL) counts.add("banyan_goals_ended_total", { status });
  if (row.model === ROUND_MODEL) counts.add("banyan_goal_rounds_ended_total", { status });
}

function countClaims({ kind, content }: Entry, counts: Counting): void {
  if (kind !== "event" || content.type !== "claims_checked") return;
  for (const { mark } of content.marks) counts.add("banyan_claims_checked_total", { mark });
}
