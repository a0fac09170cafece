/** Why a KPI has no figure, in words. */
import type { NotMeasuredCode } from "@/core/shapes/kpis";
import { plural } from "../figures";

const SENTENCES: Record<NotMeasuredCode, string> = {
  no_cycle: "No goal, issue of a forge or change of an evolution ended.",
  no_check: "No goal that was checked before its first round and after its last ended.",
  no_gate_run: "No whole run of the gates began.",
  gates_of_no_project: "The gates run on changes of Banyan itself, which belong to no project.",
  no_pull_request: "No pull request was merged.",
  no_reverts: "No branch into which pull requests were merged was read for reverts long enough.",
  no_services: "No project reached production for the first time in this period.",
  few_goals: "Too few goals that succeeded to compare.",
  no_failure: "No failure is settled.",
  failures_forgotten: "Failures are kept for 90 days, and the period begins earlier.",
  no_task: "No task ended.",
  too_many: "There are more rows than are read for a page; choose a shorter period.",
  no_decision: "No review item was decided by a person.",
  no_page: "No page was measured.",
  no_start: "The journal holds no start of a server.",
  short_journal: "The journal keeps only the newest hundred starts, and they began later.",
  whole_server: "It is about the whole server and no project.",
};

/** `lacks`: goals that each side still needs for the comparison. */
export function notMeasuredSentence(code: NotMeasuredCode, lacks?: { with: number; without: number }): string {
  if (code !== "few_goals" || lacks === undefined) return SENTENCES[code];
  const missing = [
    ...(lacks.with > 0 ? [`${plural(lacks.with, "goal")} with memory`] : []),
    ...(lacks.without > 0 ? [`${plural(lacks.without, "goal")} without`] : []),
  ];
  return `${SENTENCES[code]} Missing: ${missing.join(" and ")}.`;
}
