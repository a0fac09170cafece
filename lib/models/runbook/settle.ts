import type { Answer, Conversation } from "@/core/programs/conversation";
import { fieldOf, parseJsonText, toText, type Value } from "@/core/programs/json";
import type { PlannedCall } from "./planned-calls";
import type { StepAction } from "./runbook";

/** The value of a step's answers, or what the step still waits for. */
export type Settled =
  | { waitsFor: string; value?: undefined; faults?: undefined }
  | { waitsFor?: undefined; value: Value; faults: string[] };

type CallingAction = Extract<StepAction, { verb: "call" | "start_subtasks" | "ask" | "write" }>;

export function settle(action: CallingAction, planned: PlannedCall[], conversation: Conversation): Settled {
  const answers = planned.map(({ call }) => conversation.answers.get(call.id));
  const missing = answers.filter((answer) => answer === undefined).length;
  if (missing > 0) return { waitsFor: `${missing} of ${planned.length} calls` };
  if (action.verb === "start_subtasks") return settleSubtasks(action, planned, answers as Answer[], conversation);
  if (action.verb === "ask") return settleQuestion(answers[0] as Answer, conversation);
  const faults: string[] = [];
  const values = planned.map(({ call, item }, index): Value => {
    const { content, isError } = answers[index] as Answer;
    const parsed = parseJsonText(content);
    const unreadable = action.verb === "call" && action.expectJson && parsed === null;
    if (!isError && !unreadable) return parsed ?? content;
    const about = item === null ? "" : ` for ${shortly(item)}`;
    const reason = isError ? `answered: ${content.trim()}` : "gave no complete JSON, which this step expects";
    faults.push(`${call.name}${about} ${reason}`);
    return action.verb === "call" && action.loop ? { error: content, item } : null;
  });
  const looped = action.verb === "call" && action.loop !== null;
  return { value: looped ? values : (values[0] ?? null), faults };
}

/**
 * Returns the answer to a question: the text itself, or its `answer` field. A deferred answer arrives as a later
 * message.
 */
function settleQuestion({ content, isError, early }: Answer, conversation: Conversation): Settled {
  if (isError) return { value: null, faults: [`ask answered: ${content.trim()}`] };
  const parsed = parseJsonText(content);
  if (early) {
    const answer = conversation.lateAnswers.get(toText(fieldOf(parsed, "question")));
    return answer === undefined ? { waitsFor: "the answer to its question" } : { value: answer, faults: [] };
  }
  return { value: fieldOf(parsed, "answer") ?? parsed ?? content, faults: [] };
}

/**
 * Returns each subtask's result with its loop `item`. A subtask that did not succeed adds a fault, and stays in the
 * list.
 */
function settleSubtasks(
  action: Extract<StepAction, { verb: "start_subtasks" }>,
  planned: PlannedCall[],
  answers: Answer[],
  conversation: Conversation,
): Settled {
  const faults: string[] = [];
  const running: string[] = [];
  const results = planned.map(({ call, item }, index): Value => {
    const title = fieldOf(call.input as Value, "title");
    const { content, isError, early } = answers[index] as Answer;
    const told = parseJsonText(content);
    // The call of a subtask that failed is an error with its result; that of one that was refused has only words.
    const isRefused = isError && fieldOf(told, "status") === null;
    let result = isRefused ? null : told;
    if (early) {
      result = conversation.lateResults.get(toText(fieldOf(result, "task"))) ?? null;
      if (result === null) running.push(toText(title));
    }
    const status = isRefused ? "refused" : toText(fieldOf(result, "status"));
    const summary = isRefused ? content : fieldOf(result, "summary");
    const succeeded = status === "succeeded" || status === "success";
    if (!succeeded) faults.push(`the subtask “${toText(title)}” ${endingOf(status)}: ${toText(summary).trim()}`);
    return { title, ...(result as Record<string, Value> | null), item, status, succeeded, summary };
  });
  if (running.length > 0) return { waitsFor: `the subtasks ${running.map((title) => `“${title}”`).join(", ")}` };
  return { value: action.loop ? results : (results[0] ?? null), faults };
}

function endingOf(status: string): string {
  if (status === "refused") return "could not be started";
  return status === "" ? "gave no readable result" : `ended as ${status}`;
}

function shortly(item: Value): string {
  const text = toText(fieldOf(item, "path")) || toText(item);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
