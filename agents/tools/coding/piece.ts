/** One piece of work from its preparation to its answer: opens models, starts the agent, talks with it. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ModelAccess } from "@/agents/tools/contract/models";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { temporaryFolder } from "@/lib/sandbox/temporary";
import type { Workplace } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { type Answer, answerOf, type Refused, unaffordable } from "./answer";
import { conversationOf } from "./conversation";
import { type Driven, drive } from "./drive";
import type { Piece } from "./input";
import { createPatches } from "./patches";
import { type CodingAgents, type Place, type Prepared, prepare } from "./prepare";
import { PORT, type Start, startAgent } from "./start-agent";

/** The sockets of this process's agents; their paths have to be short. */
const sockets = temporaryFolder();

/** Rejects with a `WorkspaceError` when the agent cannot be used. */
export async function doPiece(
  agents: CodingAgents,
  given: Piece,
  context: ToolContext,
  workplace: Workplace,
  place: Place,
): Promise<Answer> {
  const prepared = await prepare(agents, given, context, workplace, place);
  const done = doneBefore(prepared);
  if (done) return done;
  if (!context.openModels) throw new WorkspaceError("This process cannot give a coding agent a model.");
  const socket = join(sockets.path(), `agent-${randomUUID().slice(0, 8)}`);
  const models = await context.openModels({ socket });
  try {
    const lack = models.lackFor(firstTokens(prepared));
    if (lack) return unaffordable(prepared.executor, prepared.ways[0].executable.version, lack, context.taskId);
    const agentModel = { url: `http://127.0.0.1:${PORT}`, token: models.token, ...prepared.model };
    return await work(prepared, models, { socket, env: prepared.executor.environment(agentModel) });
  } finally {
    await models.revoke();
    rmSync(socket, { force: true });
  }
}

/** Returns the answer of an agent that had done its work when the call was cut, as it is while others of its list work or wait. */
function doneBefore({ context, executor, last }: Prepared): Answer | null {
  const resumed = context.resumed?.[0];
  if (!resumed || last?.session !== resumed.session || last.answer === undefined) return null;
  return { ...last.answer, agent: executor.name, reason: null };
}

/**
 * The least tokens of the agent's first request: a token for each byte of its prompt, as the gateway counts, and what
 * the agent adds, when that is known.
 */
function firstTokens({ agents, given, executor, ways }: Prepared): number {
  const added = agents.firstRequests?.tokensOf(executor.name, ways[0].executable.version) ?? 0;
  return added + Buffer.byteLength(given.prompt);
}

/** A session that goes on begins with all that was said in it, which says nothing about other first requests. */
async function learnFirst(
  { agents, given, context, executor, ways }: Prepared,
  models: ModelAccess,
  driven: Driven,
): Promise<void> {
  const tokens = models.firstInputTokens();
  if (tokens === null || given.session !== undefined || context.resumed || driven.way !== ways[0]) return;
  const added = Math.max(0, tokens - Buffer.byteLength(given.prompt));
  await agents.firstRequests?.learn(executor.name, ways[0].executable.version, added);
}

async function learnProtocol({ agents, executor, ways }: Prepared, models: ModelAccess): Promise<void> {
  const spoken = models.spoken();
  if (spoken === null || executor.providers !== null) return;
  await agents.spokenProtocols?.learn(executor.name, ways[0].executable, spoken.providers);
}

async function work(prepared: Prepared, models: ModelAccess, start: Start): Promise<Answer> {
  const { given, context, executor, ways, folder, sharers } = prepared;
  const refused: Refused[] = [];
  const patches = createPatches();
  const conversation = conversationOf(prepared, refused, patches);
  const isWaiting = waitingAtAbort(context.signal, models);
  const driven = await drive({
    executor,
    ways,
    conversation,
    budgetUsd: () => budgetOf(models),
    start: (way, args) => startAgent(prepared, way, args, start),
  });
  await learnFirst(prepared, models, driven);
  await learnProtocol(prepared, models);
  const { told } = driven;
  const isForgotten = conversation.session !== undefined && told.session !== null && !told.isLoaded;
  const gateway = {
    use: models.usage(),
    trouble: models.trouble(),
    spoken: models.spoken(),
    lack: models.lack(),
    isWaiting: isWaiting(),
  };
  const answer = answerOf({
    ...driven,
    ...gateway,
    executor,
    model: context.model ?? "",
    taskId: context.taskId,
    refused,
    patches,
    isForgotten,
    isResumed: context.resumed?.[0] !== undefined,
    sharers,
    endedBy: context.endedBy?.() ?? null,
  });
  if (told.session !== null) {
    const { message, calls } = told.work;
    const isCut = told.fault !== null || context.signal.aborted;
    await folder.keep({
      session: told.session,
      prompt: given.prompt,
      message: isCut ? null : message,
      calls: calls.map(({ title }) => title),
      ...(!isCut && answer.reason === null && { answer }),
    });
  }
  return answer;
}

/** The end of a call cuts its requests, so that is the moment to look. */
function waitingAtAbort(signal: AbortSignal, models: ModelAccess): () => boolean {
  let isWaiting = false;
  const poll = () => {
    isWaiting = models.isWaiting();
  };
  signal.addEventListener("abort", poll, { once: true });
  return () => isWaiting;
}

/** Claude Code does not start with a budget of nothing, and the gateway refuses what the grant does not cover. */
const LEAST_BUDGET_USD = 0.01;

function budgetOf(models: ModelAccess): number | null {
  const left = models.leftMicroUsd();
  return left === null ? null : Math.max(LEAST_BUDGET_USD, left / 1_000_000);
}
