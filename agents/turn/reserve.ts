/** What a model call may cost: reserved before it, out of the task's grant; settled after it, whatever became of it. */

import { ModelError, type ModelReply, type ModelRequest, type Usage } from "@/core/log/model";
import { isLow, leftOf, leftSentence } from "@/core/rules/grants";
import { isSelector } from "@/core/selection";
import { dailyCapSentence } from "@/core/words/daily-cap";
import { grantNow, note, type OpenTask } from "./open-task";
import { likelyInputTokens, likelyOutputTokens, requestOf, sizeOf } from "./request";
import type { World } from "./world";

export interface Reserved {
  tokens: number;
  microUsd: number;
}

/** With less than this to write, no reply is worth its input. */
const LEAST_OUTPUT_TOKENS = 256;
/** What waits for the next day begins it within a minute. */
const DAY_STAGGER_MS = 60_000;

/**
 * What the call may cost at most. Under a cap the output is lowered to what is affordable. When not even a short reply is,
 * the agent gets one last turn from what is held back; after that the task ends as out of grant.
 */
export function reserveFor(world: World, task: OpenTask, request: ModelRequest): Reserved | null {
  if (request.model === "runbook") return { tokens: 0, microUsd: 0 };
  const reserved = affordable(world, task, request, nextInputTokens(world, task, request));
  if (reserved) return reserved;
  const { state } = task;
  if (state.lastTurn === null && holdsBack(task)) {
    tell(task, true, "Your grant is used up. Your next reply is your last: call end_task with what you have.");
    const last = affordable(world, task, request, nextInputTokens(world, task, request));
    if (last) return last;
  }
  const { tokens, microUsd } = task.grant.cap;
  const cap = microUsd === null ? `${tokens} tokens` : `$${microUsd / 1_000_000}`;
  task.exhausted = `The grant of ${cap} is used up, but for less than one more call may cost.`;
  return null;
}

/** What the grant covers now: what a person added since the last commit is seen before the task ends for want of it. */
export function affordable(world: World, task: OpenTask, request: ModelRequest, inputTokens: number): Reserved | null {
  const most = request.maxOutputTokens;
  const covered = coveredBy(world, task, request, inputTokens);
  if (covered) return covered;
  request.maxOutputTokens = most;
  task.grant = world.loader.grantOf(task.claim.id);
  const reserved = coveredBy(world, task, request, inputTokens);
  if (!reserved) request.maxOutputTokens = most;
  return reserved;
}

/** Tokens are counted from bytes, two to a token, which no text exceeds by much; what it does exceed is an overrun. */
function coveredBy(world: World, task: OpenTask, request: ModelRequest, inputTokens: number): Reserved | null {
  const { state } = task;
  const grant = grantNow(task);
  const options = { isRoot: state.assignment.depth === 0, all: state.lastTurn !== null || !holdsBack(task) };
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
  if (world.limits.isDayCapped) lowerToToday(world, task, request, inputTokens, priced);
  return { tokens: inputTokens + request.maxOutputTokens, microUsd: priced(request.maxOutputTokens) };
}

/** What is left of the day may do for a shorter reply; when it does not, the reservation is refused, and the task waits for the next day. */
function lowerToToday(
  world: World,
  task: OpenTask,
  request: ModelRequest,
  inputTokens: number,
  priced: (outputTokens: number) => number,
): void {
  const left = world.loader.leftToday(task.claim.treeId, freedOf(task), world.now());
  const perOutput = (priced(1_000_000) - priced(0)) / 1_000_000;
  const byTokens = left.tokens === null ? Number.POSITIVE_INFINITY : left.tokens - inputTokens;
  const byMoney =
    left.microUsd === null || perOutput === 0
      ? Number.POSITIVE_INFINITY
      : Math.floor((left.microUsd - priced(0)) / perOutput);
  const most = Math.min(byTokens, byMoney);
  if (most >= LEAST_OUTPUT_TOKENS) request.maxOutputTokens = Math.min(request.maxOutputTokens, most);
}

/** What the task's next record frees of the day: the last reservation is settled by what was spent of it. */
function freedOf({ grant, state, committed }: OpenTask): Reserved {
  const spentTokens = (of: OpenTask["committed"]["spent"]) => of.tokensIn + of.tokensOut;
  return {
    tokens: grant.reserved.tokens - (spentTokens(state.spent) - spentTokens(committed.spent)),
    microUsd: grant.reserved.microUsd - (state.spent.microUsd - committed.spent.microUsd),
  };
}

/** All that wait for the next day do not begin it at once. */
export function noteDailyCap(world: World, task: OpenTask): void {
  if (!task.dailyCap) return;
  const { cap } = task.dailyCap;
  const untilMs = Math.ceil(task.dailyCap.untilMs + DAY_STAGGER_MS * world.random());
  note(task, [
    {
      kind: "event",
      turn: task.state.turn,
      content: { type: "daily_cap", message: dailyCapSentence(cap), cap, untilMs },
    },
  ]);
}

/** Whether a tenth of the grant waits for finishing tasks, and for one last turn. */
function holdsBack({ state }: OpenTask): boolean {
  return state.assignment.role === "work" && !isSelector(state.setup.agent);
}

/** From 80 % of the grant on the agent knows how much is left, and that it should conclude. */
export function tellWhenLow(task: OpenTask): void {
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

/** What the last reply reported, and two bytes a token for what came since, or for the first request. */
function nextInputTokens(world: World, { state }: OpenTask, request: ModelRequest): number {
  const known = state.lastInputTokens + state.charsSinceReply / 2;
  return Math.ceil(state.lastInputTokens > 0 ? known : sizeOf(world, request) / 2);
}

/** A call that cost more than was reserved for it: the log says so, and the tree's reserve pays. */
export function noteOverrun(world: World, task: OpenTask, reserved: Reserved, reply: ModelReply): void {
  const { cap } = task.grant;
  if (cap.tokens === null && cap.microUsd === null) return;
  const cost = world.costOf(task.state.setup.model, reply.usage) ?? 0;
  const tokens = Math.max(0, reply.usage.inputTokens + reply.usage.outputTokens - reserved.tokens);
  const microUsd = Math.max(0, cost - reserved.microUsd);
  if (tokens === 0 && microUsd === 0) return;
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "overrun", tokens, microUsd } }]);
  task.overrun = { tokens, microUsd };
}

/** What arrived of a reply: characters of text, reasoning and arguments. */
export interface Streamed {
  chars: number;
}

/**
 * A call refused before its first part costs nothing. A later one is charged with what its provider reports, else with its
 * input and what had arrived of the reply.
 */
export function chargeFailure(
  world: World,
  task: OpenTask,
  request: ModelRequest,
  error: unknown,
  streamed: Streamed,
): void {
  const details = error instanceof ModelError ? error.details : {};
  if (streamed.chars === 0 && !details.firstPartSeen && !details.usage) return;
  const { usage } = details;
  const why = usage
    ? "The provider billed the call that failed."
    : "The call ended without a report of its usage. Its input and the part of the reply that had arrived are charged.";
  chargeUnconfirmed(world, task, usage ?? likelyUsage(world, task, request, streamed.chars), why);
}

/** The worker of this reserved call ended before it was settled: its input is charged, as nobody knows what had arrived. */
export function chargeLostCall(world: World, task: OpenTask): void {
  if (task.grant.reserved.tokens === 0 || task.state.ended) return;
  const usage = likelyUsage(world, task, requestOf(world, task), 0);
  // Never more than was set aside: a summary, for one, is a smaller call than the turn's own.
  const { tokens, microUsd } = task.grant.reserved;
  const cost = Math.min(microUsd, world.costOf(task.state.setup.model, usage) ?? 0);
  const why = "The worker ended during the call. Its input is charged.";
  const content = { type: "unconfirmed", tokens: Math.min(tokens, usage.inputTokens), microUsd: cost, why } as const;
  note(task, [{ kind: "event", turn: task.state.turn, content }]);
}

function likelyUsage(world: World, task: OpenTask, request: ModelRequest, chars: number): Usage {
  const inputTokens = likelyInputTokens(world, task, request);
  return { inputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: likelyOutputTokens(chars) };
}

function chargeUnconfirmed(world: World, task: OpenTask, usage: Usage, why: string): void {
  const tokens = usage.inputTokens + usage.outputTokens;
  const microUsd = world.costOf(task.state.setup.model, usage) ?? 0;
  if (tokens === 0) return;
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "unconfirmed", tokens, microUsd, why } }]);
}
