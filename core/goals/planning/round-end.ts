/** How the program of a round ends. */
import { type RoundRecord, recordText } from "@/core/goals/facts/record";
import type { RoundTask } from "@/core/log/round-task";
import type { ProgramEnd } from "@/core/programs/program";
import type { Plan } from "./plan";

export const success = (record: RoundRecord): ProgramEnd => ({ status: "success", result: recordText(record) });

export const failure = (result: string): ProgramEnd => ({ status: "failure", result });

/** The record of a round that did not work. The goal fills in what only it knows. */
export function stopped(task: RoundTask, plan: Plan): RoundRecord {
  return {
    number: task.number,
    plan: plan.summary,
    score_before: task.score_before,
    score: task.score_before,
    verdict: "failed",
    done: false,
    strategy: "",
    error_signature: null,
    files: "",
    commit: task.from,
    changed: "",
    met: [],
    valid: null,
    doubts: [],
    at_ms: 0,
    seconds: 0,
    stop: plan.stop ?? "",
    why: plan.stop ?? "",
  };
}
