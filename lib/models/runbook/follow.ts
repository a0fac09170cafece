import type { ToolCallRequest } from "@/core/log/model";
import type { Conversation } from "@/core/programs/conversation";
import { fieldOf, parseJsonText, toText, type Value, type ValueMap } from "@/core/programs/json";
import { evaluate } from "./evaluate";
import { fitJson } from "./fit";
import { newestTry, plannedCalls } from "./planned-calls";
import { type Check, fill, Progress } from "./progress";
import type { ClaimTemplate, Runbook, Step, StepAction } from "./runbook";
import { settle } from "./settle";
import { startingInputs } from "./starting-inputs";
import { renderTemplate } from "./template";
import { isTruthy, ValueFault } from "./value";

/** The next move of a runbook. `step` is null when no step of the runbook decides it. */
export type Move =
  | { kind: "calls"; step: Step; calls: ToolCallRequest[]; notes: string[] }
  | { kind: "wait"; step: Step; waitsFor: string; notes: string[] }
  | EndMove;

interface EndMove {
  kind: "end";
  step: Step | null;
  status: "success" | "failure";
  result: string;
  checks: Check[];
  claims: ValueMap[];
  /** Later steps can repair what the claims of this end do not show. */
  repairs: boolean;
  notes: string[];
}

type StepMove = { kind: "next" } | Extract<Move, { kind: "calls" | "wait" | "end" }>;
const NEXT: StepMove = { kind: "next" };

/**
 * Walks the runbook from its first step with the answers in the conversation, up to the first step that needs something
 * new. The result depends on the arguments alone: the same conversation always gives the same move.
 */
export function nextMove(runbook: Runbook, conversation: Conversation): Move {
  const inputs = startingInputs(runbook, conversation.instruction);
  if (inputs.fault !== undefined) return failure(null, inputs.fault, new Progress(runbook, {}, ""));
  const progress = new Progress(runbook, inputs.values, conversation.instruction);
  for (const step of runbook.steps) {
    const move = takeStep(step, progress, conversation);
    if (move.kind !== "next") return move;
  }
  throw new Error(`The runbook ${runbook.name} has no end, which its parser should have refused.`);
}

function takeStep(step: Step, progress: Progress, conversation: Conversation): StepMove {
  try {
    if (step.when && !isTruthy(evaluate(step.when, progress.names()))) {
      progress.note(step, "skipped, because its condition is false.");
      return NEXT;
    }
    return carryOut(step, progress, conversation);
  } catch (fault) {
    if (!(fault instanceof ValueFault)) throw fault;
    return passOver(step, `it cannot be evaluated: ${fault.message}.`, progress);
  }
}

function carryOut(step: Step, progress: Progress, conversation: Conversation): StepMove {
  const { action } = step;
  switch (action.verb) {
    case "set":
      for (const [name, value] of action.values) progress.save(name, fill(value, progress.names()));
      return NEXT;
    case "render":
      progress.save(step.save, renderTemplate(action.template, progress.names()));
      return NEXT;
    case "check":
      check(step, action, progress);
      return NEXT;
    case "end":
      return end(step, action, progress, conversation);
    default:
      return callTools(step, action, progress, conversation);
  }
}

type CallingAction = Extract<StepAction, { verb: "call" | "start_subtasks" | "ask" | "write" }>;

function callTools(step: Step, action: CallingAction, progress: Progress, conversation: Conversation): StepMove {
  const repeats = action.verb === "call" && action.repeatable;
  const planned = plannedCalls(step, action, progress, conversation.idPrefix).map((one) =>
    repeats ? newestTry(one, conversation) : one,
  );
  const notAsked = planned.filter(({ call }) => !conversation.asked.has(call.id));
  if (notAsked.length > 0) {
    return { kind: "calls", step, calls: notAsked.map(({ call }) => call), notes: progress.notes };
  }
  const settled = settle(action, planned, conversation);
  if (settled.waitsFor !== undefined) return { kind: "wait", step, waitsFor: settled.waitsFor, notes: progress.notes };
  progress.notes = [];
  progress.save(step.save, settled.value);
  for (const fault of settled.faults) {
    const move = passOver(step, fault, progress);
    if (move.kind !== "next") return move;
  }
  return NEXT;
}

function passOver(step: Step, reason: string, progress: Progress): StepMove {
  progress.fail(step, reason);
  return step.onError === "continue" ? NEXT : failure(step, reason, progress);
}

function check(step: Step, action: Extract<StepAction, { verb: "check" }>, progress: Progress): void {
  const names = progress.names();
  const statement = renderTemplate(action.statement, names);
  const passed = isTruthy(evaluate(action.condition, names));
  progress.checks.push({
    statement,
    passed,
    evidence: renderTemplate(action.evidence, names),
    required: action.required,
  });
  progress.note(step, `check ${passed ? "passed" : "failed"}: ${statement}.`);
}

/** Returns the start of the ids of a step's calls of `end_task`: those of an end that later steps may repair are its own. */
export function endIdStem(step: Step | null, idPrefix: string): string {
  return step?.action.verb === "end" && step.onError === "continue" ? `${idPrefix}-${step.number}` : `${idPrefix}-end`;
}

/** Returns what the host answered when it sent this end back with its verdict; null while it has not. */
function sentBack(step: Step, { asked, answers, idPrefix }: Conversation): Value {
  const stem = endIdStem(step, idPrefix);
  for (let attempt = 1; asked.has(`${stem}-${attempt}`); attempt++) {
    const answer = answers.get(`${stem}-${attempt}`);
    const told = answer?.isError ? parseJsonText(answer.content) : null;
    // A refusal without a verdict, such as while a subtask has just ended, is followed by another attempt.
    if (fieldOf(told, "verdict")) return told;
  }
  return null;
}

function end(
  step: Step,
  action: Extract<StepAction, { verb: "end" }>,
  progress: Progress,
  conversation: Conversation,
): StepMove {
  const repairs = step.onError === "continue";
  const told = repairs ? sentBack(step, conversation) : null;
  if (told !== null) {
    progress.notes = [];
    progress.save(step.save, told);
    const reasons = fieldOf(fieldOf(told, "verdict"), "reasons");
    progress.fail(step, `sent back: ${Array.isArray(reasons) ? reasons.map(toText).join(" ") : "no reason was given"}`);
    return NEXT;
  }
  progress.save(step.save, null);
  const names = progress.names();
  const result = action.resultJson
    ? fitJson(fill(action.resultJson, names))
    : renderTemplate(action.result ?? [], names);
  const missed = progress.checks.filter(({ passed, required }) => required && !passed);
  if (action.status === "failure" || missed.length === 0) {
    const claims = action.claims.map((claim) => filledClaim(claim, names));
    const { checks, notes } = progress;
    return { kind: "end", step, status: action.status, result, checks, claims, repairs, notes };
  }
  const reasons = missed.map(({ statement, evidence }) => `“${statement}” is not true${evidence && ` (${evidence})`}`);
  return failure(step, `A required check failed: ${reasons.join("; ")}.\n\n${result}`, progress);
}

function filledClaim({ statement, command, expect }: ClaimTemplate, names: ReadonlyMap<string, Value>): ValueMap {
  return {
    statement: renderTemplate(statement, names),
    ...(command && { command: renderTemplate(command, names) }),
    ...(expect && { expect: fill(expect, names) }),
  };
}

function failure(step: Step | null, reason: string, progress: Progress): EndMove {
  const place = step && step.action.verb !== "end" ? `Step ${step.number}, “${step.title}”, failed: ` : "";
  return {
    kind: "end",
    step,
    status: "failure",
    result: `${place}${reason}`,
    checks: progress.checks,
    claims: [],
    repairs: false,
    notes: progress.notes,
  };
}
