/**
 * One round of a goal: the model `iteration`. Plan, research, work, validate: each phase is an ordinary subtask or a call
 * of a tool, and the round ends with its record.
 */
import { agrees, answerIn, TRIES } from "@/core/goals/facts/answers";
import { batchOf, subtask, wordsIn } from "@/core/goals/facts/calls";
import { type Checked, checkOf, readChecked } from "@/core/goals/facts/checked";
import { putBack } from "@/core/goals/facts/put-back";
import { type Check, cut, type RoundRecord, scoreOf } from "@/core/goals/facts/record";
import { judged, verdictOf } from "@/core/goals/facts/verdict";
import type { PlanWatch } from "@/core/goals/planning/agreed-plan";
import { gapsOf, missingIn } from "@/core/goals/planning/gaps";
import { judgeInstruction, researchInstruction, stepInstruction } from "@/core/goals/planning/material";
import type { Plan } from "@/core/goals/planning/plan";
import { planned } from "@/core/goals/planning/planning";
import { failure, success } from "@/core/goals/planning/round-end";
import { carriedSteps, outcomesOf, outcomesTold, runsSideBySide, unitKey } from "@/core/goals/planning/units";
import { GOAL_AGENTS, GOAL_DEFAULTS } from "@/core/log/goal";
import type { ModelPort, ModelRequest } from "@/core/log/model";
import type { UnitOutcome } from "@/core/log/plans";
import { ROUND_LINE, type RoundTask } from "@/core/log/round-task";
import { type Answer, type Conversation, factIn, readConversation } from "@/core/programs/conversation";
import { type Batch, type Program, replyOf, resultOf } from "@/core/programs/program";
import { judgeKey, readVerdict } from "./judge";

/** How long an answer of research is reused. */
const FOUND_MS = 24 * 3_600_000;
const MOST_GAPS = 4;
/** Characters of a failure that the next planner is told. */
const WHY_CHARS = 700;

/** Returns the input of a round, from the facts of its task. */
function taskIn({ said }: Conversation): RoundTask {
  const task = factIn<RoundTask>(said, ROUND_LINE);
  // A round that an older version began lacks newer fields.
  return { ...task, goal: { ...GOAL_DEFAULTS, ...task.goal } };
}

export const iterationModel: ModelPort = {
  async respond(request, { signal, onDraft }) {
    signal.throwIfAborted();
    const reply = roundReply(request);
    for (const part of reply.parts) if (part.type === "text") onDraft({ type: "text", text: part.text });
    return reply;
  },
};

export function roundReply({ messages }: Pick<ModelRequest, "messages">) {
  const conversation = readConversation(messages);
  return replyOf(round(taskIn(conversation), conversation), conversation);
}

/** `watch` hears of the plan. */
export function* round(task: RoundTask, conversation: Conversation, watch: PlanWatch = () => {}): Program {
  if (task.undone !== null) {
    const fault = yield* putBack("back", task.from);
    if (fault !== null) return failure(`The files before it could not be put back: ${fault}`);
  }
  const plan = yield* planned(task, conversation, watch);
  if ("end" in plan) return plan.end;
  const widened = yield* widenedBy(plan.plan);
  const found = yield* researched(task, plan.plan);
  const units = yield* carriedOut(task, plan.plan, {
    found,
    gaps: plan.gaps,
    // No planner has read what was said before this round.
    said: [...(task.lean ? task.said : []), ...wordsIn(conversation)],
  });
  let answer: Answer | undefined;
  let checked: Checked | null = null;
  for (const again of TRIES) {
    if (checked) break;
    [answer] = yield batchOf("Checks what holds.", {
      key: `check${again}`,
      name: "check_goal",
      input: checkInput(task, widened),
    });
    checked = readChecked(answer?.content ?? "");
  }
  if (!checked) return failure(`The check did not run: ${cut(answer?.content ?? "", 1_000)}`);
  const missing = yield* gapsOf(missingIn(checked.why), "check");
  const checks = yield* judge(task, checked);
  const gaps = [...missing, ...plan.gaps].slice(0, MOST_GAPS);
  return success(
    recordOf(task, {
      plan: plan.plan,
      widened,
      checked,
      checks,
      units,
      gaps,
      found: fresh(task, found, checked.at_ms),
    }),
  );
}

interface Found {
  question: string;
  text: string;
  at_ms: number | null;
}

/** Asks a person whether the work may change more than the scope, where the planner says that it must. */
function* widenedBy({ widen }: Plan): Generator<Batch, string[], Answer[]> {
  if (!widen) return [];
  const list = widen.globs.map((glob) => `- \`${glob}\``).join("\n");
  const question = `May the work change files outside its scope?\n\n${list}\n\nThe planner says why: ${widen.why || "no reason given"}\n\nWhat decides whether the goal is reached lies outside the scope, so look at the paths before you agree.\n\n- Yes\n- No`;
  const answers: Answer[] = yield batchOf("Asks for a wider scope.", {
    key: "widen",
    name: "ask",
    input: { question },
  });
  return agrees(answerIn(answers[0] as Answer)) ? widen.globs : [];
}

function* researched(task: RoundTask, plan: Plan): Generator<Batch, Found | null, Answer[]> {
  if (plan.research === null) return null;
  const question = normalised(plan.research);
  const known = task.found.find((fact) => fact.question === question);
  if (known) return known;
  const call = subtask(
    "research",
    GOAL_AGENTS.researcher,
    `Research: ${cut(plan.research, 80)}`,
    researchInstruction(task, plan.research),
  );
  const [answer] = yield batchOf("Looks something up first.", call);
  const { ok, summary } = resultOf(answer as Answer);
  return ok ? { question, text: summary, at_ms: null } : null;
}

/**
 * Has the units carried out, at the same time where none of them waits for another. A unit that fails is a result: those
 * that do not wait for it go on.
 */
function* carriedOut(
  task: RoundTask,
  { steps }: Plan,
  { found, gaps, said }: { found: Found | null; gaps: string[]; said: string[] },
): Generator<Batch, UnitOutcome[], Answer[]> {
  const taken = carriedSteps(task, steps);
  const sideBySide = runsSideBySide(taken);
  const calls = taken.map((step, at) =>
    subtask(
      unitKey(at),
      step.executor,
      step.title,
      () => stepInstruction(task, step, { found: found?.text ?? null, gaps, said }),
      { ...(step.after.length > 0 && { depends_on: step.after }), ...(sideBySide && { workspace: "own" }) },
    ),
  );
  if (calls.length === 0) return [];
  const answers = yield { says: calls.length === 1 ? "Works." : `Works on ${calls.length} units.`, calls };
  return outcomesOf(taken, answers);
}

function checkInput({ goal, start, scope, tests, failed_before, from, since_ms }: RoundTask, widened: string[]) {
  const known = { start, tests, failed_before, since: from, ...(since_ms !== undefined && { since_ms }) };
  return { ...checkOf(goal, scope, widened), ...known };
}

/** Has the criteria without a command judged in parallel, one judge for each. */
function* judge(task: RoundTask, checked: Checked): Generator<Batch, Check[], Answer[]> {
  const open = checked.checks.flatMap((check, at) =>
    check.command === undefined && check.statement !== undefined ? [{ check, at }] : [],
  );
  if (open.length === 0) return checked.checks;
  // The same files are not judged twice: the earlier verdicts still hold.
  const { met_before: before } = task;
  if (checked.changed === 0 && before !== null) {
    const known = open.map(({ at }) => [at, { met: before.includes(at), evidence: "As judged before." }] as const);
    return judged(checked.checks, new Map(known));
  }
  const calls = open.map(({ check, at }) =>
    subtask(
      judgeKey(at),
      GOAL_AGENTS.judge,
      `Judge: ${cut(check.statement ?? "", 80)}`,
      judgeInstruction(task, check, checked),
    ),
  );
  const answers = yield {
    says: `Has ${calls.length === 1 ? "a criterion" : `${calls.length} criteria`} judged.`,
    calls,
  };
  return judged(checked.checks, new Map(open.map(({ at }, index) => [at, readVerdict(answers[index] as Answer)])));
}

function recordOf(
  task: RoundTask,
  of: { plan: Plan; widened: string[]; checked: Checked; checks: Check[]; units: UnitOutcome[] } & Pick<
    RoundRecord,
    "found" | "gaps"
  >,
): RoundRecord {
  const { checked, checks, units, plan, widened, found, gaps = [] } = of;
  const worked = units.some(({ state }) => state === "done");
  const score = scoreOf(checks);
  const met = checks.flatMap(({ met: holds, statement }, at) => (holds && statement !== undefined ? [at] : []));
  const unmet = checks.find((check) => !check.met);
  const done = score >= task.goal.success_threshold && checked.valid !== false && checked.doubts.length === 0;
  return {
    number: task.number,
    plan: plan.summary,
    score_before: task.score_before,
    score,
    verdict: verdictOf({ scoreBefore: task.score_before, score, files: checked.files, seen: [], worked }),
    done,
    strategy: "",
    error_signature: done
      ? null
      : (checked.signature ?? (unmet?.statement ? `Not met: ${cut(unmet.statement, 100)}` : null)),
    ...(!done && checked.signature === null && { judged_error: true }),
    files: checked.files,
    commit: checked.commit,
    changed: checked.changes,
    met,
    valid: checked.valid,
    ...(checked.passes_as_changed && reachesAsChanged(task, checks) && { as_changed: true }),
    ...(checked.put_back.length > 0 && { put_back: putBackOf(checked) }),
    ...(widened.length > 0 && { widened }),
    doubts: checked.doubts,
    ...(checked.runner !== undefined && { checked_on: checked.runner }),
    at_ms: checked.at_ms,
    seconds: secondsOf(checked),
    ...(found && { found }),
    ...(!done && gaps.length > 0 && { gaps }),
    ...(!done && task.agents && outcomesTold(task, units)),
    why: done
      ? ""
      : cut(checked.why, WHY_CHARS) ||
        checked.doubts.join(" ") ||
        (unmet ? `${unmet.statement ?? "The validation command"}: ${unmet.evidence}` : ""),
  };
}

/** Whether the score would reach the threshold if the validation command counted as met. */
function reachesAsChanged({ goal }: RoundTask, checks: readonly Check[]): boolean {
  const agreed = checks.map((check) => (check.statement === undefined ? { ...check, share: 1 } : check));
  return scoreOf(agreed) >= goal.success_threshold;
}

/** Most paths that a record names, and their characters. */
const MOST_PUT_BACK = 10;

function putBackOf({ put_back }: Checked): string[] {
  const more = put_back.length - MOST_PUT_BACK;
  const told = put_back.slice(0, MOST_PUT_BACK).map((path) => cut(path, 80));
  return more > 0 ? [...told, `and ${more} more`] : told;
}

/** At least one, because 0 means that nobody has measured it. */
function secondsOf({ worked_ms }: Checked): number {
  return worked_ms === undefined ? 0 : Math.max(1, Math.round(worked_ms / 1_000));
}

/** Returns the findings that later rounds can reuse. */
function fresh(task: RoundTask, found: Found | null, nowMs: number): RoundRecord["found"] {
  const now = found && { question: found.question, text: found.text, at_ms: found.at_ms ?? nowMs };
  const kept = task.found.filter((fact) => nowMs - fact.at_ms < FOUND_MS && fact.question !== now?.question);
  const all = now ? [now, ...kept] : kept;
  return all.length > 0 ? all.slice(0, 3) : undefined;
}

function normalised(question: string): string {
  return question
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .slice(0, 200);
}
