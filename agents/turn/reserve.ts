/** Reserves what a model call may cost from the task's grant before the call, and settles it afterwards. */
import type { ToolCharge } from "@/agents/tools/contract/tool";
import type { Amount, GrantedSpend } from "@/core/log/amounts";
import { ModelError, type ModelReply, type ModelRequest, type Usage } from "@/core/log/model";
import { isProgram } from "@/core/programs/names";
import { leftOf } from "@/core/rules/grants";
import { isBelow, missingFor, type RequestLack, requestLackOf } from "@/core/rules/request-lack";
import { isSelector } from "@/core/selection";
import { dailyCapSentence } from "@/core/words/daily-cap";
import { lackSentence } from "@/core/words/spending/request-lack";
import { borrow } from "./borrow";
import { grantNow, note, type OpenTask } from "./open-task";
import { likelyInputTokens, likelyTokens, requestOf, sizeOf } from "./request";
import { tellLast } from "./tell-low";
import type { World } from "./world";

export interface Reserved {
  tokens: number;
  microUsd: number;
}

export function plus(a: Reserved, b: Reserved): Reserved {
  return { tokens: a.tokens + b.tokens, microUsd: a.microUsd + b.microUsd };
}

/** The part of a request that a reservation changes. */
type OutputAsk = Pick<ModelRequest, "model" | "maxOutputTokens">;

const NOTHING: Reserved = { tokens: 0, microUsd: 0 };

/** A reply of fewer tokens is not worth the cost of its input. */
const LEAST_OUTPUT_TOKENS = 256;
/** A reply of at most this many tokens is likely to be cut off, so a task borrows before it asks for one. */
export const USEFUL_OUTPUT_TOKENS = 4_096;
/** Tasks that wait for the next day start spread over its first minute. */
const DAY_STAGGER_MS = 60_000;

/**
 * Returns what the call may cost at most, or null. Under a cap the output is limited to what is affordable. When only a
 * cut reply is affordable, the task borrows: then null is returned, and the task reads the loan's letter first. When
 * not even a short reply is affordable, the agent gets one last turn from the held-back tenth; after that the task ends
 * as out of grant. `sizeNow` returns the input's tokens, for a request that is not the task's next one.
 */
export async function reserveFor(
  world: World,
  task: OpenTask,
  request: ModelRequest,
  sizeNow: () => number = () => nextInputTokens(world, task, request),
): Promise<Reserved | null> {
  if (isProgram(request.model)) return { tokens: 0, microUsd: 0 };
  const wanted = request.maxOutputTokens;
  const inputTokens = sizeNow();
  const reserved = affordable(world, task, request, inputTokens);
  if (reserved && request.maxOutputTokens >= Math.min(wanted, USEFUL_OUTPUT_TOKENS)) return reserved;
  if (await borrow(world, task, lackOf(world, task, request, inputTokens, wanted))) return null;
  if (reserved) return reserved;
  const { state } = task;
  if (state.lastTurn === null && holdsBack(task)) {
    tellLast(task, "Your grant is used up.");
    const last = affordable(world, task, request, sizeNow());
    if (last) return last;
  }
  const { model } = request;
  const lack = requestLack(world, task, { model, inputTokens, outputTokens: wanted, leastOutputTokens: 0 });
  task.exhausted = { why: lackSentence(lack), ...(lack && { grantNeeded: lack.enough }) };
  return null;
}

/**
 * Returns the reservation that the grant covers now, or null. Before it gives up it reads the grant again, because a
 * person may have added to it since the last commit. `running`: what is reserved for other calls, and stays so.
 */
export function affordable(
  world: World,
  task: OpenTask,
  request: OutputAsk,
  inputTokens: number,
  running: Reserved = NOTHING,
): Reserved | null {
  const most = request.maxOutputTokens;
  const covered = coveredBy(world, task, request, inputTokens, running);
  if (covered) return covered;
  request.maxOutputTokens = most;
  task.grant = world.loader.grantOf(task.claim.id);
  const reserved = coveredBy(world, task, request, inputTokens, running);
  if (!reserved) request.maxOutputTokens = most;
  return reserved;
}

/**
 * Returns what is left of a grant that does not cover a charge of a tool; null when it covers it. Reads the grant again
 * before it gives up, as `affordable` does. `running`: what is reserved for other requests of the call.
 */
export function lacksFor(world: World, task: OpenTask, most: Reserved, running: Reserved): GrantedSpend | null {
  const leftNow = () => {
    const grant = { ...grantNow(task), reserved: running };
    const options = shareOptions(task, keepsNothing(task));
    return { tokens: leftOf(grant, "tokens", options), microUsd: leftOf(grant, "microUsd", options) };
  };
  if (!isBelow(leftNow(), most)) return null;
  task.grant = world.loader.grantOf(task.claim.id);
  const left = leftNow();
  return isBelow(left, most) ? left : null;
}

/** Returns what is missing for a short reply, and for one of `wanted` tokens. */
function lackOf(
  world: World,
  task: OpenTask,
  { model }: ModelRequest,
  inputTokens: number,
  wanted: number,
): { least: Amount; usual: Amount } {
  const options = shareOptions(task, !holdsBack(task));
  const grant = grantNow(task);
  const lackFor = (outputTokens: number): Amount => {
    const cost = mostCostOf(world, { model, inputTokens, outputTokens });
    const missing = (unit: keyof Reserved) => missingFor(cost[unit], grant, unit, options);
    return { tokens: missing("tokens"), microUsd: missing("microUsd"), tasks: 0 };
  };
  return { least: lackFor(LEAST_OUTPUT_TOKENS), usual: lackFor(wanted) };
}

/** A request whose reservation was refused. */
interface RefusedAsk {
  model: string;
  inputTokens: number;
  /** The output that it asks for, and the least that it is worth sending for. */
  outputTokens: number;
  leastOutputTokens: number;
}

/** Returns what the request lacks while no other request runs; null when the grant covers it. */
export function requestLack(world: World, task: OpenTask, ask: RefusedAsk): RequestLack | null {
  const { model, inputTokens } = ask;
  const least = Math.max(Math.min(LEAST_OUTPUT_TOKENS, ask.outputTokens), ask.leastOutputTokens);
  const usual = Math.max(least, Math.min(USEFUL_OUTPUT_TOKENS, ask.outputTokens));
  const costOf = (outputTokens: number) => mostCostOf(world, { model, inputTokens, outputTokens });
  const grant = { ...grantNow(task), reserved: NOTHING };
  const cost = { model, least: costOf(least), usual: costOf(usual) };
  const share = { ...shareOptions(task, keepsNothing(task)), allWhenRetried: !holdsBack(task) };
  return requestLackOf(grant, cost, share);
}

/** Returns what a request costs at most: all its input is new to the provider's cache. */
function mostCostOf(
  world: World,
  { model, inputTokens, outputTokens }: { model: string; inputTokens: number; outputTokens: number },
): Reserved {
  const usage = { inputTokens, cacheReadTokens: 0, cacheWriteTokens: inputTokens, outputTokens };
  return { tokens: inputTokens + outputTokens, microUsd: world.costOf(model, usage) ?? 0 };
}

/** Which part of the grant is open to calls; see `leftOf`. */
function shareOptions({ state }: OpenTask, all: boolean): { isRoot: boolean; all: boolean } {
  return { isRoot: state.assignment.depth === 0, all };
}

/**
 * Returns the reservation, or null. It counts a token per two bytes, which texts rarely exceed; an excess is an
 * overrun.
 */
function coveredBy(
  world: World,
  task: OpenTask,
  request: OutputAsk,
  inputTokens: number,
  running: Reserved,
): Reserved | null {
  const least = Math.min(LEAST_OUTPUT_TOKENS, request.maxOutputTokens);
  const grant = { ...grantNow(task), reserved: running };
  const options = shareOptions(task, keepsNothing(task));
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
  if (request.maxOutputTokens < least) return null;
  if (world.limits.isDayCapped) lowerToToday(world, task, request, inputTokens, running, priced);
  return { tokens: inputTokens + request.maxOutputTokens, microUsd: priced(request.maxOutputTokens) };
}

/**
 * Shortens the reply to what is left of the daily cap. When that is too little for a reply, the reservation is refused
 * later and the task waits for the next day.
 */
function lowerToToday(
  world: World,
  task: OpenTask,
  request: OutputAsk,
  inputTokens: number,
  running: Reserved,
  priced: (outputTokens: number) => number,
): void {
  const freed = freedOf(task);
  const unused = { tokens: freed.tokens - running.tokens, microUsd: freed.microUsd - running.microUsd };
  const left = world.loader.leftToday(task.claim.treeId, unused, world.now());
  const perOutput = (priced(1_000_000) - priced(0)) / 1_000_000;
  const byTokens = left.tokens === null ? Number.POSITIVE_INFINITY : left.tokens - inputTokens;
  const byMoney =
    left.microUsd === null || perOutput === 0
      ? Number.POSITIVE_INFINITY
      : Math.floor((left.microUsd - priced(0)) / perOutput);
  const most = Math.min(byTokens, byMoney);
  if (most >= LEAST_OUTPUT_TOKENS) request.maxOutputTokens = Math.min(request.maxOutputTokens, most);
}

/** Returns what the task's next record frees of the daily cap: the unspent rest of the last reservation. */
function freedOf({ grant, state, committed }: OpenTask): Reserved {
  const spentTokens = (of: OpenTask["committed"]["spent"]) => of.tokensIn + of.tokensOut;
  return {
    tokens: grant.reserved.tokens - (spentTokens(state.spent) - spentTokens(committed.spent)),
    microUsd: grant.reserved.microUsd - (state.spent.microUsd - committed.spent.microUsd),
  };
}

/** Parks the task until the next day, with a random delay so that the waiting tasks do not all start together. */
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

/** Returns whether a tenth of the grant is held back for finishing tasks and one last turn. */
function holdsBack({ state }: OpenTask): boolean {
  return state.assignment.role === "work" && !isSelector(state.setup.agent);
}

/** Returns whether the held-back part is open to calls: nothing is held back, or this is the last turn. */
function keepsNothing(task: OpenTask): boolean {
  return task.state.lastTurn !== null || !holdsBack(task);
}

/** Returns the input's tokens: what the last reply reported, plus a token per two bytes for everything since. */
function nextInputTokens(world: World, { state }: OpenTask, request: ModelRequest): number {
  const known = state.lastInputTokens + state.charsSinceReply / 2;
  return Math.ceil(state.lastInputTokens > 0 ? known : sizeOf(world, request) / 2);
}

/** Records a call that cost more than its reservation; the tree's reserve pays the difference. */
export function noteOverrun(world: World, task: OpenTask, reserved: Reserved, reply: ModelReply): void {
  const { cap } = task.grant;
  if (cap.tokens === null && cap.microUsd === null) return;
  const cost = world.costOf(task.state.setup.model, reply.usage) ?? 0;
  const tokens = Math.max(0, reply.usage.inputTokens + reply.usage.outputTokens - reserved.tokens);
  const microUsd = Math.max(0, cost - reserved.microUsd);
  if (tokens === 0 && microUsd === 0) return;
  addOverrun(task, { tokens, microUsd });
}

/**
 * Charges the task for what its tools cost, and returns the micro-dollars. No call is reserved, so the tree's reserve pays
 * what the grant lacks.
 */
export function noteCharges(world: World, task: OpenTask, tool: string, charges: readonly ToolCharge[]): number {
  let total = 0;
  for (const { model, inputTokens, outputTokens, microUsd: more, why } of charges) {
    const usage = { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 };
    const microUsd = more + (world.costOf(model, usage) ?? 0);
    total += microUsd;
    const [tokensIn, tokensOut] = [inputTokens, outputTokens];
    const before = grantNow(task);
    const options = { isRoot: task.state.assignment.depth === 0, all: true };
    const lacks = (of: "tokens" | "microUsd", cost: number) => {
      const left = leftOf(before, of, options);
      return left === null ? 0 : Math.max(0, cost - left);
    };
    const lacking = { tokens: lacks("tokens", tokensIn + tokensOut), microUsd: lacks("microUsd", microUsd) };
    const content = { type: "tool_charged", tool, tokensIn, tokensOut, microUsd, why } as const;
    note(task, [{ kind: "event", turn: task.state.turn, content }]);
    if (lacking.tokens > 0 || lacking.microUsd > 0) addOverrun(task, lacking);
  }
  return total;
}

export function addOverrun(task: OpenTask, { tokens, microUsd }: Reserved): void {
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "overrun", tokens, microUsd } }]);
  const { overrun } = task;
  task.overrun = { tokens: tokens + (overrun?.tokens ?? 0), microUsd: microUsd + (overrun?.microUsd ?? 0) };
}

/** What arrived of a reply. A model that does not show its reasoning may have begun long before its first character. */
export interface Streamed {
  hasBegun: boolean;
  /** Characters of text, reasoning and arguments. */
  chars: number;
}

/**
 * Charges a failed call: nothing before the provider began to reply, then its reported usage, or without a report its input and what
 * had arrived of the reply.
 */
export function chargeFailure(
  world: World,
  task: OpenTask,
  inputTokens: number,
  error: unknown,
  streamed: Streamed,
): void {
  const details = error instanceof ModelError ? error.details : {};
  if (!streamed.hasBegun && !details.firstPartSeen && !details.usage) return;
  // An answer that is not in its protocol, and brought no word, shows no sign that a model wrote.
  const isNoReply = error instanceof ModelError && error.kind === "bad_answer" && streamed.chars === 0;
  if (isNoReply && !details.usage) return;
  const { usage } = details;
  const why = usage
    ? "The provider billed the call that failed."
    : "The call ended without a report of its usage. Its input and the part of the reply that had arrived are charged.";
  chargeUnconfirmed(world, task, usage ?? likelyUsage(inputTokens, streamed.chars), why);
}

/** The worker of this reserved call ended before it was settled: its input is charged, as nobody knows what had arrived. */
export function chargeLostCall(world: World, task: OpenTask): void {
  if (task.grant.reserved.tokens === 0 || task.state.ended) return;
  if ([...task.state.open.values()].some((call) => call.startedLease !== null)) {
    chargeLostRequests(task);
    return;
  }
  const usage = likelyUsage(likelyInputTokens(world, task, requestOf(world, task)), 0);
  // Never more than was set aside: a summary, for one, is a smaller call than the turn's own.
  const { tokens, microUsd } = task.grant.reserved;
  const cost = Math.min(microUsd, world.costOf(task.state.setup.model, usage) ?? 0);
  const why = "The worker ended during the call. Its input is charged.";
  const content = { type: "unconfirmed", tokens: Math.min(tokens, usage.inputTokens), microUsd: cost, why } as const;
  note(task, [{ kind: "event", turn: task.state.turn, content }]);
}

/**
 * A tool was running, so the reservation is for requests of its programs. It is charged whole: the host knows neither
 * what they sent nor what they got.
 */
function chargeLostRequests(task: OpenTask): void {
  const why = "The worker ended while programs of a call used models. What was reserved for them is charged.";
  const content = { type: "unconfirmed", ...task.grant.reserved, why } as const;
  note(task, [{ kind: "event", turn: task.state.turn, content }]);
}

function likelyUsage(inputTokens: number, chars: number): Usage {
  return { inputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: likelyTokens(chars) };
}

function chargeUnconfirmed(world: World, task: OpenTask, usage: Usage, why: string): void {
  const tokens = usage.inputTokens + usage.outputTokens;
  const microUsd = world.costOf(task.state.setup.model, usage) ?? 0;
  if (tokens === 0) return;
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "unconfirmed", tokens, microUsd, why } }]);
}
