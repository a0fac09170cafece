/** Compaction: when a conversation nears the context limit its oldest part is replaced by a summary. Pure parts of it. */
import type { ModelMessage } from "./log/model";
import type { TaskState } from "./state";

/** The newest part of the conversation, in characters, that is kept word for word when it is long. */
const KEEP_SHARE = 0.3;
/** What of one message the summariser gets to read. */
const TRANSCRIPT_CHARS = 2_000;

/**
 * Index of the first message that is kept: never between a call and its response, and at least two messages are
 * dropped. null when there is nothing left to drop.
 */
export function cutOf(messages: ModelMessage[]): number | null {
  const total = messages.reduce((sum, message) => sum + sizeOf(message), 0);
  let kept = 0;
  let cut: number | null = null;
  for (let index = messages.length - 1; index >= 2; index -= 1) {
    const message = messages[index];
    if (!message) break;
    if (message.role === "assistant") cut = index;
    kept += sizeOf(message);
    if (cut !== null && kept > total * KEEP_SHARE) break;
  }
  return cut;
}

/** Characters of the messages that a compaction would replace by a summary. */
export function droppableChars(messages: ModelMessage[]): number {
  return messages.slice(0, cutOf(messages) ?? 0).reduce((sum, message) => sum + sizeOf(message), 0);
}

function sizeOf(message: ModelMessage): number {
  if (message.role !== "assistant") return message.content.length;
  return JSON.stringify(message.parts).length + JSON.stringify(message.calls).length;
}

/** The dropped messages as a text for the summariser, each cut to what matters. */
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
  "You compress the log of an agent that works on a task, so that it can go on without the original. Write what was asked, what was done and found (with exact names, paths, numbers and identifiers), what was decided and why, what failed, and what remains. Reply with the summary only.";

/** The message that takes the place of what was dropped. The host adds what is open, so that no summary can forget it. */
export function compactedText(state: TaskState, summary: string): string {
  const open = [...state.subtasks.values()].filter((one) => one.role === "work" && !one.delivered);
  const parts = [
    state.assignment.instruction,
    `The conversation so far was replaced by this summary, because it came near the limit of the model's context:\n${summary}`,
  ];
  if (open.length > 0) {
    const list = open.map((one) => `- ${one.task} “${one.title}” (${one.agent})`).join("\n");
    parts.push(`Subtasks whose results you have not read yet:\n${list}`);
  }
  return parts.join("\n\n");
}
