/** The request of a model call, rebuilt from the log: within an epoch each one begins with the bytes of the one before. */
import type { GrantAmounts } from "@/core/log/amounts";
import { attachmentsOf, tokensOfFiles, withFilesFor } from "@/core/log/attachments";
import type { ModelMessage, ModelRequest } from "@/core/log/model";
import { outputAsk } from "@/core/output-ask";
import { systemPrompt, taskFacts } from "@/core/rules/prompt";
import { grantWords } from "@/core/words/spending/grants";
import type { OpenTask } from "./open-task";
import type { World } from "./world";

type RequestSources = Pick<World, "configuration" | "callCheck" | "limitsOf" | "catalogue">;

export function requestOf(world: RequestSources, task: Pick<OpenTask, "state" | "claim">): ModelRequest {
  const { state } = task;
  const { setup } = state;
  return {
    model: setup.model,
    system: systemPrompt(setup, world.configuration.textsOf(setup)),
    tools: world.callCheck.specsFor(state),
    messages: messagesOf(world, task),
    ...(setup.effort && { effort: setup.effort }),
    cacheKey: task.claim.uid,
    maxOutputTokens: outputAsk(state, world.limitsOf(setup.model)),
  };
}

/**
 * Returns the conversation, with the facts of the task after its instruction, or after the summary that took its place,
 * and with the files that the task's model gets.
 */
export function messagesOf(
  { limitsOf }: Pick<World, "limitsOf">,
  { state, claim }: Pick<OpenTask, "state" | "claim">,
): ModelMessage[] {
  const { setup, assignment } = state;
  const [first, ...rest] = state.messages;
  const facts: ModelMessage = {
    role: "user",
    content: taskFacts({
      ...claim,
      startedAtMs: state.conversationMs ?? claim.startedAtMs,
      setup,
      assignment,
      grant: grantWords(grantAsTold(state)),
    }),
  };
  return withFilesFor(first ? [first, facts, ...rest] : [facts], setup.model, limitsOf(setup.model));
}

/**
 * The grant as it was when the conversation began anew, so that the request keeps its beginning; later additions are
 * messages.
 */
function grantAsTold({ assignment: { grant }, toldAdded }: OpenTask["state"]): GrantAmounts {
  const plus = (amount: number | null, more: number) => amount && amount + more;
  return {
    ...grant,
    tokens: plus(grant.tokens, toldAdded.tokens),
    microUsd: plus(grant.microUsd, toldAdded.microUsd),
    tasks: plus(grant.tasks, toldAdded.tasks),
    seconds: plus(grant.seconds, toldAdded.seconds),
  };
}

/** Reads the bytes of the files that a request sends. Files that are gone are left out, and their names stay. */
export async function filesOf(
  { attachments }: Pick<World, "attachments">,
  taskUid: string,
  messages: readonly ModelMessage[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const id of new Set(attachmentsOf(messages).map((file) => file.id))) {
    const bytes = await attachments.read(taskUid, id);
    if (bytes) files.set(id, bytes);
  }
  return files;
}

/** About four characters are a token: what a call is charged for its input when its provider did not say. */
const CHARS_PER_TOKEN = 4;

/**
 * Returns the likely input tokens of the next call: what the last reply reported and what came since, or all of a first
 * request.
 */
export function likelyInputTokens(
  world: RequestSources,
  { state }: Pick<OpenTask, "state">,
  request: ModelRequest,
): number {
  const since = state.charsSinceReply / CHARS_PER_TOKEN;
  return Math.ceil(
    state.lastInputTokens > 0 ? state.lastInputTokens + since : sizeOf(world, request) / CHARS_PER_TOKEN,
  );
}

/** Characters of everything that a request sends, with files as the characters that cost as many tokens. */
export function sizeOf(world: RequestSources, { system, tools, messages }: ModelRequest): number {
  const ofFiles = tokensOfFiles(messages) * CHARS_PER_TOKEN;
  return system.length + world.catalogue.sizeOf(tools) + JSON.stringify(messages).length + ofFiles;
}

/** Returns about how many tokens a text of this many characters has. */
export function likelyTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
