import {
  ModelError,
  type ModelPort,
  type ModelReply,
  type ModelRequest,
  type ReplyPart,
  type ToolCallRequest,
} from "@/core/log/model";
import { type Conversation, readConversation } from "@/core/programs/conversation";
import { endIdStem, type Move, nextMove } from "./follow";
import { describeFaults, type ParsedRunbook, parseRunbook } from "./parse";
import type { Runbook } from "./runbook";

/** After this many refused attempts to end, the runbook says so in text, which the runtime counts as no answer. */
const MAX_END_TRIES = 6;
/** From this attempt on the task ends as failed, because the same result has been sent back before. */
const FAILING_END_TRY = 3;

/**
 * Follows the runbook in the system prompt, step by step, with the agent's tools and without a language model. Each
 * reply depends on the request alone, so a crash between two turns loses nothing.
 */
export const runbookModel: ModelPort = {
  async respond(request, { signal, onDraft }) {
    signal.throwIfAborted();
    const reply = replyTo(request);
    for (const part of reply.parts) if (part.type === "text") onDraft({ type: "text", text: part.text });
    return reply;
  },
};

/**
 * Returns the reply to a request. Throws `ModelError` of kind `bad_request` when the system prompt has no valid
 * runbook.
 */
export function replyTo(request: Pick<ModelRequest, "system" | "messages">): ModelReply {
  const runbook = runbookIn(request.system);
  const conversation = readConversation(request.messages);
  const passes = questionsToPassUp(conversation);
  const move = nextMove(runbook, conversation);
  const calls = passes.length > 0 ? passes : callsOf(move, conversation);
  const text = textOf(runbook, conversation, move, calls);
  const ending = move.kind === "end" && calls[0]?.name === "end_task" ? move : null;
  const told = ending && { checks: ending.checks, ...(ending.repairs && { repairs: true }) };
  const parts: ReplyPart[] = [
    { type: "text", text, ...(told && { provider: { runbook: told } }) },
    ...calls.map(({ id }): ReplyPart => ({ type: "call", id })),
  ];
  return {
    parts,
    calls,
    usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
    stopReason: calls.length > 0 ? "tool_calls" : "stop",
  };
}

/** Parsed runbooks by their text, because parsing costs milliseconds and every turn of every task needs the runbook. */
const parsed = new Map<string, ParsedRunbook>();
const MAX_PARSED = 32;

function parsedOnce(text: string): ParsedRunbook {
  const known = parsed.get(text);
  if (known) return known;
  if (parsed.size >= MAX_PARSED) parsed.clear();
  const fresh = parseRunbook(text);
  parsed.set(text, fresh);
  return fresh;
}

/**
 * Returns the runbook that the host put into the system prompt: the text between the opening line and its closing tag.
 */
function runbookIn(system: string): Runbook {
  const [, name, text] = /^<runbook name="([^"\n]*)">\n([\s\S]*?)^<\/runbook>[ \t]*$/m.exec(system) ?? [];
  if (text === undefined) {
    const remedy = "Name a runbook with --runbook, or set BANYAN_MODEL to a language model";
    throw new ModelError("bad_request", `The runbook model needs a runbook. ${remedy}.`);
  }
  const { runbook, errors } = parsedOnce(text);
  if (runbook) return runbook;
  throw new ModelError("bad_request", `The runbook ${name} is not valid: ${describeFaults(errors)}.`);
}

/** Passes a subtask's question up, because a runbook cannot answer it. */
function questionsToPassUp(conversation: Conversation): ToolCallRequest[] {
  return conversation.questions
    .map((question) => ({ id: `${conversation.idPrefix}-q-${question}`, name: "pass_up", input: { question } }))
    .filter(({ id }) => !conversation.asked.has(id));
}

function callsOf(move: Move, conversation: Conversation): ToolCallRequest[] {
  if (move.kind === "calls") return move.calls;
  if (move.kind === "wait") return [];
  const id = (attempt: number) => `${endIdStem(move.step, conversation.idPrefix)}-${attempt}`;
  let attempt = 1;
  while (conversation.asked.has(id(attempt))) attempt++;
  if (attempt > MAX_END_TRIES) return [];
  const sentBack = conversation.answers.get(id(attempt - 1))?.content ?? "";
  // The same steps give the same result again, so a rejected result ends the task as failed.
  const givesUp = move.checks.some(({ passed }) => !passed) ? attempt > 1 : attempt >= FAILING_END_TRY;
  const { status, claims } = move;
  if (!givesUp) {
    const input = { status, result: move.result, ...(claims.length > 0 && { claims }) };
    return [{ id: id(attempt), name: "end_task", input }];
  }
  const result = `The result was sent back, and a runbook cannot improve it: ${sentBack.trim()}\n\n${move.result}`;
  return [{ id: id(attempt), name: "end_task", input: { status: "failure", result } }];
}

function textOf(runbook: Runbook, conversation: Conversation, move: Move, calls: ToolCallRequest[]): string {
  const step = move.step ? `Step ${move.step.number} of ${runbook.steps.length}: ${move.step.title}` : "The start";
  const lines = [`${step} (runbook ${runbook.name})`];
  if (conversation.isFirstReply) {
    lines.push("This task follows the steps of a runbook as they are written, without a language model.");
  }
  for (const message of conversation.unread) {
    lines.push(`A runbook cannot act on this message and continues without it: “${excerpt(message)}”`);
  }
  lines.push(...move.notes);
  if (calls.length > 0) lines.push(`Calls ${calledTools(calls)}.`);
  else if (move.kind === "wait") lines.push(`Waits for ${move.waitsFor}.`);
  else lines.push("Ending the task was refused too often; the runbook cannot do more.");
  return lines.join("\n");
}

function calledTools(calls: ToolCallRequest[]): string {
  const name = calls[0]?.name ?? "";
  return calls.length === 1 ? name : `${name} ${calls.length} times`;
}

function excerpt(message: string): string {
  const line = message.replace(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
