/**
 * A task's questions to its caller, for clients of 2026-07-28 that can ask their person: the call ends as
 * `input_required`, and the client repeats it with the answers. Approvals are never among them.
 */
import {
  type ClientCapabilities,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { UserError } from "@/agents/application";
import { problemOfError } from "@/lib/http/problem";
import { type Question, type Result, reportOf } from "./report";
import type { McpCall } from "./tool";

/** Clients end a call that asks for the tenth time, so the last questions come in the result. */
const MAX_ROUNDS = 8;
const CONFLICT = 409;
const UNDECIDED = "Decide yourself, or end the task and say what is missing.";

const answered = z.object({ action: z.literal("accept"), content: z.object({ answer: z.string().trim().min(1) }) });
const state = z.object({ tree: z.string(), round: z.number().int().positive() });

/**
 * What the client sends back: the tree that its first call started, and how often it was asked. It is not sealed, since
 * it says nothing that the caller could not say with task_result: the tree is looked up with the caller's own rights.
 */
export type Round = z.infer<typeof state>;

/** Returns null for a first call. Throws UserError when the text is not ours. */
export function roundOf(text: string | undefined): Round | null {
  if (text === undefined) return null;
  try {
    return state.parse(JSON.parse(text));
  } catch {
    throw new UserError("invalid", "The requestState is not one of this server: call the tool without it.");
  }
}

/** Whether the client can ask its person a question. */
export function asksPeople({ elicitation }: ClientCapabilities): boolean {
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

/** Gives the client's answers to the tree. A refusal to answer is an answer too, so that the task does not ask again. */
export async function passAnswers({ app, answers }: Pick<McpCall, "app" | "answers">, treeId: string): Promise<void> {
  if (Object.keys(answers).length === 0) return;
  const { questions } = await reportOf(app, treeId);
  for (const { review } of questions.filter((question) => Object.hasOwn(answers, question.review)))
    try {
      await app.commands.answer({ id: review, text: textOf(answers[review]) });
    } catch (error) {
      // Somebody else has answered meanwhile, and a question has one answer.
      if (problemOfError(error)?.status !== CONFLICT) throw error;
    }
}

function textOf(given: unknown): string {
  const accepted = answered.safeParse(given);
  if (accepted.success) return accepted.data.content.answer;
  const isDeclined = (given as { action?: unknown } | null)?.action === "decline";
  return `The caller ${isDeclined ? "declined to answer" : "cancelled the question"}. ${UNDECIDED}`;
}

/** Returns the request for the answers, when the task waits for them and the client can ask its person. */
export function askingOf(call: McpCall, { id, status, questions }: Result): InputRequiredResult | null {
  const round = (call.round?.round ?? 0) + 1;
  if (!asksPeople(call.client) || status !== "waiting" || questions.length === 0 || round > MAX_ROUNDS) return null;
  if (!call.app.may("answer")) return null;
  const requestState = JSON.stringify({ tree: id, round } satisfies Round);
  return inputRequired({ inputRequests: requestsOf(questions), requestState });
}

/** A question has its own id, so no key is ever used again. */
export function requestsOf(questions: readonly Question[]): InputRequests {
  return Object.fromEntries(questions.map(({ review, question }) => [review, formOf(question)]));
}

function formOf(question: string) {
  const answer = { type: "string" as const, title: "Answer" };
  const requestedSchema = { type: "object" as const, properties: { answer }, required: ["answer"] };
  return inputRequired.elicit({ message: question, requestedSchema });
}
