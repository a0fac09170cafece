/** The pure parts of compaction, which replaces the oldest part of a conversation by a summary near the context limit. */
import { sizeOfMessage } from "./log/attachments";
import type { ModelMessage } from "./log/model";
import { firstMessage, type TaskState } from "./state";

/** Share of the conversation, in characters, that is kept word for word: its newest part. */
const KEEP_SHARE = 0.3;
/** Most characters of one message that the summarizer reads. */
const TRANSCRIPT_CHARS = 2_000;

/**
 * Returns the index of the first kept message, or null when nothing can be dropped. Drops at least two messages and
 * never separates a call from its response.
 */
export function cutOf(messages: ModelMessage[]): number | null {
  const total = messages.reduce((sum, message) => sum + sizeOfMessage(message), 0);
  let kept = 0;
  let cut: number | null = null;
  for (let index = messages.length - 1; index >= 2; index -= 1) {
    const message = messages[index];
    if (!message) break;
    if (message.role === "assistant") cut = index;
    kept += sizeOfMessage(message);
    if (cut !== null && kept > total * KEEP_SHARE) break;
  }
  return cut;
}

/** Characters of the messages that a compaction would replace by a summary. */
export function droppableChars(messages: ModelMessage[]): number {
  return messages.slice(0, cutOf(messages) ?? 0).reduce((sum, message) => sum + sizeOfMessage(message), 0);
}

/** Returns the dropped messages as text for the summarizer, each shortened. */
export function transcriptOf(messages: ModelMessage[], maxChars: number): string {
  const lines = messages.map((message) => {
    if (message.role === "user") return `USER: ${clip(message.content)}`;
    if (message.role === "tool") return `RESULT of ${message.toolName}: ${clip(message.content)}`;
    const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    const calls = message.calls.map((call) => `CALL ${call.name} ${clip(JSON.stringify(call.input))}`);
    return [`AGENT: ${clip(text)}`, ...calls].join("\n");
  });
  const text = lines.join("\n");
  return text.length <= maxChars ? text : `${text.slice(0, maxChars / 2)}\n[…]\n${text.slice(-maxChars / 2)}`;
}

function clip(text: string): string {
  return text.length <= TRANSCRIPT_CHARS ? text : `${text.slice(0, TRANSCRIPT_CHARS)} […]`;
}

export const SUMMARIZER_INSTRUCTION =
  "You compress the log of an agent that works on a task, so that the agent can continue without the original. Write what was asked, what was done and found (with exact names, paths, numbers and identifiers), what was decided and why, what failed, and what remains to do. Reply with the summary only.";

/**
 * Returns the message that replaces the dropped ones. The host says again what the task is and what is open, so that no
 * summary can omit it: a subtask's question, for one, can be answered only by its id.
 */
export function compactedText(state: TaskState, summary: string): string {
  const open = [...state.subtasks.values()].filter((subtask) => subtask.role === "work" && !subtask.delivered);
  const parts = [firstMessage(state.assignment)];
  if (state.newestInstruction !== null)
    parts.push(
      `The task had ended once, and a person continued it with these words, which count before those above:\n${state.newestInstruction}`,
    );
  parts.push(
    `This summary replaces the conversation so far, which came close to the model's context limit:\n${summary}`,
  );
  if (open.length > 0) {
    const list = open.map((subtask) => `- ${subtask.task} “${subtask.title}” (${subtask.agent})`).join("\n");
    parts.push(`Subtasks whose results you have not read yet:\n${list}`);
  }
  const asked = [...state.questions].map(([review, task]) =>
    JSON.stringify({ question: review, task, text: state.questionTexts.get(review) ?? "" }),
  );
  if (asked.length > 0)
    parts.push(
      `Questions of subtasks that wait for you. Reply with answer, or pass them on with pass_up:\n${asked.join("\n")}`,
    );
  return parts.join("\n\n");
}
