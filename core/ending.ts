/** Ends a task: finishing tasks in parallel, the verdict, at most three tries. */
import type { Decision, EndDecision, FinishingStart } from "./decision";
import type { Facts } from "./facts";
import type { Entry, FinishingChoice, FinishingPurpose } from "./log/entries";
import type { ClaimMark, Verdict } from "./log/terms";
import { response } from "./notes";
import { isOfGoal, judgesItself } from "./programs/names";
import { failedClaims, judged, unshown } from "./rules/claims";
import { parseVerdict } from "./rules/verdict";
import { isSelector } from "./selection";
import type { TaskState } from "./state";

export const FINISHING_AGENTS: Record<FinishingPurpose, string> = {
  evaluate: "task_evaluator",
  summarize: "summary_agent",
  document: "documentation_agent",
};

/** A result up to this length serves as its own summary. */
export const SUMMARY_CHARS = 4_000;
/** A longer result gets a summary, because it is too much for a parent to read. */
const LONG_RESULT_CHARS = 2_000;

/** Returns the finishing tasks that a successful `end_task` starts. Finishing tasks, agent_selector and breakdowns get none. */
export function finishingStarts(state: TaskState): FinishingStart[] {
  const { setup, assignment, ending } = state;
  if (!ending || assignment.role === "finishing" || isSelector(setup.agent) || setup.agent === "task_breakdown")
    return [];
  if (judgesItself(setup.model)) return [];
  // The evaluator must not judge its own work.
  const isJudge = setup.agent === FINISHING_AGENTS.evaluate;
  const isRoot = countsAsRoot(state);
  const changed = state.sideEffects;
  const wanted: [FinishingPurpose, FinishingChoice, boolean][] = [
    ["evaluate", setup.finishing.evaluate, isRoot || ending.claims.length > 0 || changed],
    ["summarize", setup.finishing.summarize, ending.result.length > LONG_RESULT_CHARS],
    ["document", setup.finishing.document, changed || (isRoot && !wasOneReply(state))],
  ];
  return wanted
    .filter(([purpose]) => !(purpose === "evaluate" && isJudge))
    .filter(([, choice, auto]) => choice === "always" || (choice === "auto" && auto))
    .map(([purpose]) => ({ purpose, agent: FINISHING_AGENTS[purpose] }));
}

/** Whether the attempt was a single reply: then there is nothing new to document. */
function wasOneReply({ turn, firstTurn }: TaskState): boolean {
  return turn - firstTurn <= 1;
}

/** Whether the task is the root, or the task that agent_selector chose as root. */
function countsAsRoot(state: TaskState): boolean {
  return state.assignment.depth === 0 || state.assignment.chosen;
}

/** Decides the next step while `end_task` is open and recorded as an ending. */
export function decideEnding(state: TaskState, facts: Facts): Decision {
  const call = state.ending && state.open.get(state.ending.call);
  if (!state.ending || !call) throw new Error("decideEnding needs an open end_task.");
  if (state.ending.status === "failure") return failedByAgent(state.ending);
  const { claims, marks } = state.ending;
  if (claims.length > 0 && !marks) return { kind: "check_claims" };
  const unheld = failedClaims(marks ?? []);
  if (unheld.length > 0) {
    return sentBack(state, facts, { outcome: "fail", reasons: unheld, claims: marks ?? [] }, [], "claims_failed");
  }
  const finishing = [...state.subtasks.values()].filter((subtask) => call.tasks.includes(subtask.task));
  const starts = finishing.length === 0 ? finishingStarts(state) : [];
  if (starts.length > 0) return { kind: "start_finishing", starts };

  const evaluator = finishing.find((subtask) => subtask.purpose === "evaluate");
  const summarizer = finishing.find((subtask) => subtask.purpose === "summarize");
  const verdict = verdictOf(state, facts, evaluator?.task);
  if (verdict?.outcome === "fail") return sentBack(state, facts, verdict, call.tasks, "judged_failed");

  // Waits for the verdict first, because a failed verdict stops the summary.
  const unfinished = [verdict ? summarizer : evaluator].flatMap((subtask) =>
    subtask && !facts.relatives.get(subtask.task)?.result ? [subtask.task] : [],
  );
  if (unfinished.length > 0 || !verdict) {
    return { kind: "rest", waits: { kind: "finishing", tasks: unfinished, reviews: [] }, parkedUntilMs: null };
  }
  // Finishing tasks are not judged.
  const shown = state.assignment.role === "finishing" ? null : verdict;
  const summary = summarizer && facts.relatives.get(summarizer.task)?.result;
  return {
    kind: "end",
    status: "succeeded",
    reason: null,
    detail: null,
    result: state.ending.result,
    summary: summary?.status === "succeeded" && summary.text ? summary.text : shortened(state.ending.result),
    verdict: shown,
    response: JSON.stringify({ status: "ended", ...(shown && toldOf(shown)) }),
  };
}

/** Returns the verdict for the agent, with its claims that have no evidence. */
function toldOf({ outcome, reasons, claims }: Verdict): object {
  const bare = claims.filter((claim) => claim.command === undefined).map((claim) => claim.statement);
  const told = "You made these claims without a command that shows them, so there is no evidence for them.";
  return {
    verdict: { outcome, reasons },
    ...(bare.length > 0 && { claims_without_evidence: { told, statements: bare } }),
  };
}

/** Ends a task whose agent reports failure, or a goal that a person ended with an answer. Nothing is judged. */
function failedByAgent({ result, cause }: NonNullable<TaskState["ending"]>): EndDecision {
  const { reason = "by_agent" } = cause;
  const summary = shortened(result);
  const response = JSON.stringify({ status: "ended" });
  const status = reason === "by_person" ? "stopped" : "failed";
  return { ...cause, kind: "end", status, reason, detail: null, result, summary, verdict: null, response };
}

/** Returns the verdict, or null while the evaluator runs. */
function verdictOf(state: TaskState, facts: Facts, evaluator: string | undefined): Verdict | null {
  const claims = state.ending?.marks ?? (state.ending?.claims ?? []).map(unshown);
  if (state.setup.model === "runbook") return { ...runbookVerdict(state, claims), claims };
  if (isOfGoal(state.setup.model)) return { outcome: "pass", reasons: ["The host's checks show it."], claims };
  if (!evaluator) {
    const isJudge = state.setup.agent === FINISHING_AGENTS.evaluate;
    const why = isJudge ? "The evaluator does not judge its own work." : "No evaluator was asked to judge this task.";
    return { outcome: "unjudged", reasons: [why], claims };
  }
  const result = facts.relatives.get(evaluator)?.result;
  if (!result) return null;
  if (result.status !== "succeeded") {
    return { outcome: "unjudged", reasons: ["The evaluator ended without a verdict."], claims };
  }
  const verdict = parseVerdict(result.text ?? "");
  return { ...verdict, claims: verdict.outcome === "pass" ? judged(claims) : claims };
}

/** Returns the verdict of the runbook's own checks and claims, because without a language model nothing else can judge. */
function runbookVerdict(state: TaskState, claims: readonly ClaimMark[]): Pick<Verdict, "outcome" | "reasons"> {
  const checks = toldByRunbook(state).flatMap(({ checks: data }) => {
    return Array.isArray(data) ? (data as { statement: string; passed: boolean; evidence?: string }[]) : [];
  });
  if (checks.length === 0 && claims.length > 0 && claims.every(({ mark }) => mark === "shown")) {
    return { outcome: "pass", reasons: ["A command showed every claim."] };
  }
  if (checks.length === 0) {
    return {
      outcome: "unjudged",
      reasons: ["No language model is available to judge the result, and the runbook has no checks."],
    };
  }
  const failed = checks.filter((check) => !check.passed);
  const shown = failed.length > 0 ? failed : checks;
  const reasons = shown.map(
    (check) =>
      `${check.passed ? "Passed" : "Failed"}: ${check.statement}${check.evidence ? ` (${check.evidence})` : ""}`,
  );
  return { outcome: failed.length > 0 ? "fail" : "pass", reasons };
}

/** Returns the data for the host that the runbook model put beside its last reply. */
function toldByRunbook({ messages }: TaskState): Record<string, unknown>[] {
  const last = messages.findLast((message) => message.role === "assistant");
  const parts = last?.role === "assistant" ? last.parts : [];
  return parts.map((part) => part.provider?.runbook).filter((told) => told !== undefined);
}

/**
 * Whether the agent can react to a try that was sent back: a program follows its steps, and only a runbook may have
 * steps for that.
 */
function canTryAgain(state: TaskState): boolean {
  if (!judgesItself(state.setup.model)) return true;
  return toldByRunbook(state).some(({ repairs }) => repairs === true);
}

/**
 * Handles a failed claim or verdict: stops this try's other finishing tasks and answers the call with the evidence. The
 * third failure fails the task.
 */
function sentBack(
  state: TaskState,
  facts: Facts,
  verdict: Verdict,
  tasks: string[],
  reason: "claims_failed" | "judged_failed",
): Decision {
  const call = state.ending && state.open.get(state.ending.call);
  if (!call || !state.ending) throw new Error("Only an open end_task can be sent back.");
  const isLast = state.failedEndings + 1 >= facts.limits.maxEndings || !canTryAgain(state);
  if (isLast) {
    const failed: EndDecision = {
      kind: "end",
      status: "failed",
      reason,
      detail: verdict.reasons.join(" "),
      result: state.ending.result,
      summary: shortened(state.ending.result),
      verdict,
      response: JSON.stringify({ status: "failed", ...toldOf(verdict) }),
    };
    return failed;
  }
  const text = JSON.stringify({
    status: "not ended",
    ...toldOf(verdict),
    tries_left: facts.limits.maxEndings - state.failedEndings - 1,
  });
  const entries: Entry[] = [
    {
      kind: "event",
      turn: state.turn,
      content: { type: "sent_back", call: call.id, reasons: verdict.reasons, because: reason },
    },
    response(state, call, text, true),
  ];
  return { kind: "note", entries, stopTasks: tasks.filter((task) => !facts.relatives.get(task)?.result) };
}

export function shortened(text: string): string {
  return text.length <= SUMMARY_CHARS ? text : `${text.slice(0, SUMMARY_CHARS - 1)}…`;
}
