/** One model call: the promise is stored before it, the reply is folded in after it; a failure becomes an entry too. */

import { sleep } from "@/lib/timers";
import type { Entry } from "./core/entries";
import { isLow, leftOf, leftSentence } from "./core/grants";
import { outgrownProblem } from "./core/growth-limit";
import { ModelError, type ModelReply, type ModelRequest } from "./core/model";
import { systemPrompt } from "./core/prompt";
import { isSelector } from "./core/selection";
import { unfinishedSubtasks } from "./core/waits";
import { commit, endIfStopped, factsOf, grantNow, note, type OpenTask, rereadHold, rereadLetters } from "./open-task";
import { timeLimit } from "./time-limit";
import type { World } from "./world";

/** A back-off up to this long keeps the slot; a longer one is a park. */
const INLINE_BACKOFF_MS = 1_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;
/** A quota that ends without saying when it returns. */
const UNKNOWN_QUOTA_MS = 15 * 60_000;
/** With less than this to write, no reply is worth its input. */
const LEAST_OUTPUT_TOKENS = 256;

export async function callModel(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const { lastTurn, turn } = task.state;
  if (lastTurn !== null && turn >= lastTurn) {
    task.exhausted = "The grant is used up, and its last turn did not end the task.";
    return;
  }
  tellWhenLow(task);
  const request = requestOf(world, task);
  const reserve = promiseFor(world, task, request);
  if (!reserve) return;
  // What was left may have gone to a subtask that was retried meanwhile: then it is counted anew.
  if (!(await commit(world, task, { reserve }))) return;
  // A letter or a pause that came with the commit is looked at before money is spent.
  if (task.held || task.letters.length > 0) return;
  const streamed = { any: false };
  try {
    const reply = await respond(world, task, request, streamed, signal);
    rereadHold(world, task);
    note(task, replyEntries(world, task, request, reply));
    noteOverrun(task, reserve, reply, world);
  } catch (error) {
    chargeFailure(world, task, error, reserve, streamed);
    await onFailure(world, task, error, signal);
  }
}

/** The request is rebuilt from the log; within an epoch each one begins with the bytes of the one before. */
export function requestOf(world: World, task: OpenTask): ModelRequest {
  const { state, claim } = task;
  return {
    model: state.setup.model,
    system: systemPrompt(claim.uid, state.setup, world.configuration.textsOf(state.setup)),
    tools: world.catalogue.specsFor(state.setup, state.assignment.role, state.addedTools),
    messages: state.messages,
    maxOutputTokens: world.limitsOf(state.setup.model).maxOutputTokens,
  };
}

/**
 * What the call may cost at most. Under a cap the output is lowered to what is affordable. When not even a short reply is,
 * the agent gets one last turn from what is held back; after that the task ends as out of grant.
 */
function promiseFor(world: World, task: OpenTask, request: ModelRequest): { tokens: number; microUsd: number } | null {
  if (request.model === "runbook") return { tokens: 0, microUsd: 0 };
  const promise = affordable(world, task, request);
  if (promise) return promise;
  const { state } = task;
  if (state.lastTurn === null && holdsBack(task)) {
    tell(task, true, "Your grant is used up. Your next reply is your last: call end_task with what you have.");
    request.maxOutputTokens = world.limitsOf(request.model).maxOutputTokens;
    const last = affordable(world, task, request);
    if (last) return last;
  }
  const { tokens, microUsd } = task.grant.cap;
  const cap = microUsd === null ? `${tokens} tokens` : `$${microUsd / 1_000_000}`;
  task.exhausted = `The grant of ${cap} is used up, but for less than one more call may cost.`;
  return null;
}

/** Tokens are counted from bytes, two to a token, which no text exceeds by much; what it does exceed is an overrun. */
function affordable(world: World, task: OpenTask, request: ModelRequest): { tokens: number; microUsd: number } | null {
  const { state } = task;
  const grant = grantNow(task);
  const options = { isRoot: state.assignment.depth === 0, all: state.lastTurn !== null || !holdsBack(task) };
  const known =
    state.lastInputTokens > 0 ? state.lastInputTokens + state.charsSinceReply / 2 : sizeOf(world, request) / 2;
  const inputTokens = Math.ceil(known);
  const priced = (outputTokens: number) =>
    world.costOf(request.model, { inputTokens, cacheReadTokens: 0, cacheWriteTokens: inputTokens, outputTokens }) ?? 0;
  const tokens = leftOf(grant, "tokens", options);
  if (tokens !== null) request.maxOutputTokens = Math.min(request.maxOutputTokens, tokens - inputTokens);
  const microUsd = leftOf(grant, "microUsd", options);
  if (microUsd !== null) {
    const perOutput = (priced(1_000_000) - priced(0)) / 1_000_000;
    const left = microUsd - priced(0);
    const most = perOutput > 0 ? Math.floor(left / perOutput) : request.maxOutputTokens;
    request.maxOutputTokens = left < 0 ? 0 : Math.min(request.maxOutputTokens, most);
  }
  if (request.maxOutputTokens < LEAST_OUTPUT_TOKENS) return null;
  return { tokens: inputTokens + request.maxOutputTokens, microUsd: priced(request.maxOutputTokens) };
}

/** Whether a tenth of the grant waits for finishing tasks, and for one last turn. */
function holdsBack({ state }: OpenTask): boolean {
  return state.assignment.role === "work" && !isSelector(state.setup.agent);
}

/** From 80 % of the grant on the agent knows how much is left, and that it should conclude. */
function tellWhenLow(task: OpenTask): void {
  const grant = grantNow(task);
  if (task.state.toldLow || task.state.turn === 0 || !isLow(grant)) return;
  const left = leftSentence(grant, task.state.assignment.depth === 0);
  tell(
    task,
    false,
    `Four fifths of your grant are gone; ${left} are left for you. Conclude: finish what matters most and call end_task.`,
  );
}

function tell(task: OpenTask, last: boolean, text: string): void {
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "grant_low", last, text } }]);
}

function sizeOf(world: World, { system, tools, messages }: ModelRequest): number {
  return system.length + world.catalogue.sizeOf(tools) + JSON.stringify(messages).length;
}

async function respond(
  world: World,
  task: OpenTask,
  request: ModelRequest,
  streamed: { any: boolean },
  signal: AbortSignal,
): Promise<ModelReply> {
  const { claim, state, deadlineMs } = task;
  const left = deadlineMs === null ? Number.POSITIVE_INFINITY : deadlineMs - world.now();
  const timeoutMs = Math.max(1, Math.min(state.setup.timeoutMs, left));
  const limit = timeLimit(world.timers, signal, timeoutMs);
  const turn = state.turn + 1;
  let offset = 0;
  try {
    return await world.models.respond(request, {
      signal: limit.signal,
      onDraft: (draft) => {
        streamed.any = true;
        world.onDraft(claim.treeUid, { task_id: claim.uid, lease: claim.lease, turn, offset, text: draft.text });
        offset += draft.text.length;
      },
    });
  } catch (error) {
    if (!limit.isOver() || signal.aborted) throw error;
    throw new ModelError("timeout", `The model did not answer within ${Math.round(timeoutMs / 1_000)} seconds.`);
  } finally {
    limit.end();
  }
}

function replyEntries(world: World, task: OpenTask, request: ModelRequest, reply: ModelReply): Entry[] {
  const { state } = task;
  const turn = state.turn + 1;
  const offered = new Set(request.tools.map((tool) => tool.name));
  const calls = reply.calls.map((call) => {
    const outgrown = outgrownProblem(state, call.name);
    if (outgrown) return { call, mode: "invalid" as const, problem: outgrown };
    return { call, ...world.catalogue.check(offered, state.setup, call) };
  });
  const isAwaiting = state.unanswered.size > 0 || unfinishedSubtasks(state, factsOf(world, task)).length > 0;
  const waits = calls.length === 0 && isAwaiting;
  const valid = waits || calls.some((call) => call.mode !== "invalid");
  const microUsd = world.costOf(state.setup.model, reply.usage) ?? 0;
  const { parts, stopReason, usage } = reply;
  return [
    { kind: "agent_response", turn, content: { parts, stopReason, valid }, usage, microUsd },
    ...calls.map(({ call, mode, problem }): Entry => {
      return {
        kind: "tool_call",
        turn,
        content: { input: call.input, mode, ...(problem && { problem }) },
        tool: call.name,
        callId: call.id,
      };
    }),
  ];
}

/** A call that cost more than was promised to it: the log says so, and the tree's reserve pays. */
function noteOverrun(
  task: OpenTask,
  reserve: { tokens: number; microUsd: number },
  reply: ModelReply,
  world: World,
): void {
  const { cap } = task.grant;
  if (cap.tokens === null && cap.microUsd === null) return;
  const cost = world.costOf(task.state.setup.model, reply.usage) ?? 0;
  const tokens = Math.max(0, reply.usage.inputTokens + reply.usage.outputTokens - reserve.tokens);
  const microUsd = Math.max(0, cost - reserve.microUsd);
  if (tokens === 0 && microUsd === 0) return;
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "overrun", tokens, microUsd } }]);
  task.overrun = { tokens, microUsd };
}

/** A call refused before its first part costs nothing; after it, without a report, it is charged with its whole promise. */
function chargeFailure(
  world: World,
  task: OpenTask,
  error: unknown,
  reserve: { tokens: number; microUsd: number },
  streamed: { any: boolean },
): void {
  const details = error instanceof ModelError ? error.details : {};
  if (!streamed.any && !details.firstPartSeen && !details.usage) return;
  const { usage } = details;
  const charged = usage
    ? { tokens: usage.inputTokens + usage.outputTokens, microUsd: world.costOf(task.state.setup.model, usage) ?? 0 }
    : reserve;
  if (charged.tokens === 0) return;
  const why = usage ? "The provider billed the call that failed." : "The call ended without a report of its usage.";
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "unconfirmed", ...charged, why } }]);
}

async function onFailure(world: World, task: OpenTask, error: unknown, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return endIfStopped(world, task, signal);
  if (!(error instanceof ModelError)) throw error;
  const { state } = task;
  const event = (content: Extract<Entry, { kind: "event" }>["content"]) =>
    note(task, [{ kind: "event", turn: state.turn, content }]);
  if (error.kind === "too_long") {
    event({ type: "too_long", message: error.message });
    return;
  }
  const waits = error.kind === "retry" || error.kind === "timeout" || error.kind === "quota";
  // A quota that is used up says nothing about the task: no try is counted.
  const tries = error.kind === "quota" ? state.modelTries : state.modelTries + 1;
  const delayMs = waits ? Math.ceil(delayOf(world, error, tries)) : 0;
  const parks = delayMs > INLINE_BACKOFF_MS;
  event({
    type: "model_failed",
    kind: error.kind,
    message: error.message,
    tries,
    untilMs: world.now() + delayMs,
    parks,
  });
  if (!waits || parks) return;
  await commit(world, task);
  await sleep(world.timers, delayMs, signal).catch(() => rereadLetters(world, task));
}

/** What the provider asks for, else exponential back-off with jitter. */
function delayOf(world: World, error: ModelError, tries: number): number {
  if (error.details.retryAfterMs !== undefined) return error.details.retryAfterMs * (1 + 0.1 * world.random());
  if (error.kind === "quota") return UNKNOWN_QUOTA_MS;
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
  return ceiling * (0.5 + 0.5 * world.random());
}
