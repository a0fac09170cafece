/** One model call: the promise is stored before it, the reply is folded in after it; a failure becomes an entry too. */

import type { TreeUse } from "@/db/records";
import { sleep } from "@/lib/timers";
import type { Entry } from "./core/entries";
import { outgrownProblem } from "./core/growth-limit";
import { ModelError, type ModelReply, type ModelRequest } from "./core/model";
import { systemPrompt } from "./core/prompt";
import { unfinishedSubtasks } from "./core/waits";
import { commit, endIfStopped, factsOf, note, type OpenTask, rereadHold, rereadLetters } from "./open-task";
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
  const request = requestOf(world, task);
  const reserve = promiseFor(world, task, request);
  if (!reserve) return;
  // Another task may have taken what was left meanwhile: then it is counted anew.
  if (!(await commit(world, task, { reserve }))) return;
  // A letter or a pause that came with the commit is looked at before money is spent.
  if (task.held || task.letters.length > 0) return;
  try {
    const reply = await respond(world, task, request, signal);
    rereadHold(world, task);
    note(task, replyEntries(world, task, request, reply));
  } catch (error) {
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
 * What the call may cost at most. Under a cap the output is lowered to what is affordable; when not even a short reply
 * is, the task ends as out of grant. Tokens are counted from characters, two to a token, which no text exceeds by much.
 */
function promiseFor(world: World, task: OpenTask, request: ModelRequest): { tokens: number; microUsd: number } | null {
  if (request.model === "runbook") return { tokens: 0, microUsd: 0 };
  const { state, caps, tree } = task;
  const known =
    state.lastInputTokens > 0 ? state.lastInputTokens + state.charsSinceReply / 2 : sizeOf(world, request) / 2;
  const inputTokens = Math.ceil(known);
  const used = usedByOthers(task, tree ?? world.loader.treeUse(task.claim.treeId));
  const priced = (outputTokens: number) =>
    world.costOf(request.model, { inputTokens, cacheReadTokens: 0, cacheWriteTokens: inputTokens, outputTokens });
  if (caps.tokens !== null) {
    const left = caps.tokens - used.tokens - inputTokens;
    request.maxOutputTokens = Math.min(request.maxOutputTokens, left);
  }
  if (caps.microUsd !== null) {
    const perOutput = ((priced(1_000_000) ?? 0) - (priced(0) ?? 0)) / 1_000_000;
    const left = caps.microUsd - used.microUsd - (priced(0) ?? 0);
    if (left < 0) request.maxOutputTokens = 0;
    else if (perOutput > 0) request.maxOutputTokens = Math.min(request.maxOutputTokens, Math.floor(left / perOutput));
  }
  if (request.maxOutputTokens < LEAST_OUTPUT_TOKENS) {
    const cap = caps.microUsd === null ? `${caps.tokens} tokens` : `$${caps.microUsd / 1_000_000}`;
    task.exhausted = `The tree's grant of ${cap} is used up, but for less than one more call costs.`;
    return null;
  }
  return { tokens: inputTokens + request.maxOutputTokens, microUsd: priced(request.maxOutputTokens) ?? 0 };
}

/** What the tree has spent and promised, without this task's own last promise and with its spend that is not committed yet. */
function usedByOthers(task: OpenTask, tree: TreeUse): { tokens: number; microUsd: number } {
  const { state, committed, reserved } = task;
  const { spent } = committed;
  const tokens = state.spent.tokensIn + state.spent.tokensOut - spent.tokensIn - spent.tokensOut;
  const microUsd = state.spent.microUsd - spent.microUsd;
  return {
    tokens: tree.tokens + tree.reservedTokens - reserved.tokens + tokens,
    microUsd: tree.microUsd + tree.reservedMicroUsd - reserved.microUsd + microUsd,
  };
}

function sizeOf(world: World, { system, tools, messages }: ModelRequest): number {
  return system.length + world.catalogue.sizeOf(tools) + JSON.stringify(messages).length;
}

async function respond(world: World, task: OpenTask, request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
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
