/** One piece of work from its preparation to its answer: opens models, starts the agent, talks with it. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ModelAccess } from "@/agents/tools/contract/models";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { temporaryFolder } from "@/lib/sandbox/temporary";
import type { Workplace } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { type Answer, answerOf, type Refused } from "./answer";
import { conversationOf } from "./conversation";
import { drive } from "./drive";
import type { Piece } from "./input";
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
  if (!context.openModels) throw new WorkspaceError("This process cannot give a coding agent a model.");
  const socket = join(sockets.path(), `agent-${randomUUID().slice(0, 8)}`);
  const models = await context.openModels({ socket });
  try {
    const agentModel = { url: `http://127.0.0.1:${PORT}`, token: models.token, ...prepared.model };
    return await work(prepared, models, { socket, env: prepared.executor.environment(agentModel) });
  } finally {
    await models.revoke();
    rmSync(socket, { force: true });
  }
}

async function work(prepared: Prepared, models: ModelAccess, start: Start): Promise<Answer> {
  const { given, context, executor, ways, folder, sharers } = prepared;
  const refused: Refused[] = [];
  const conversation = conversationOf(prepared, refused);
  const isWaiting = waitingAtAbort(context.signal, models);
  const driven = await drive({
    executor,
    ways,
    conversation,
    budgetUsd: () => budgetOf(models),
    start: (way, args) => startAgent(prepared, way, args, start),
  });
  const { told } = driven;
  if (told.session !== null) {
    const { message, calls } = told.work;
    const isCut = told.fault !== null || context.signal.aborted;
    const titles = calls.map(({ title }) => title);
    await folder.keep({ session: told.session, prompt: given.prompt, message: isCut ? null : message, calls: titles });
  }
  const isForgotten = conversation.session !== undefined && told.session !== null && !told.isLoaded;
  const gateway = { use: models.usage(), trouble: models.trouble(), isWaiting: isWaiting() };
  return answerOf({
    ...driven,
    ...gateway,
    executor,
    refused,
    isForgotten,
    sharers,
    endedBy: context.endedBy?.() ?? null,
  });
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
