/**
 * Lets the programs of one tool call reach models through the gateway. Each of their requests is reserved, charged and
 * limited like a model call of the task itself, in the same grant and the same log; there is no other ledger.
 *
 * While the tool runs, nothing else commits for the task, so the commits here queue among themselves only.
 */
import type { ModelAccess, ModelsOptions, ModelUse } from "@/agents/tools/contract/models";
import type { Usage } from "@/core/log/model";
import { isProgram } from "@/core/programs/names";
import { isUncapped, leftOf } from "@/core/rules/grants";
import type { RequestLack } from "@/core/rules/request-lack";
import type { Call } from "@/core/state";
import { dailyCapSentence } from "@/core/words/daily-cap";
import { chargeLackSentence, lackSentence } from "@/core/words/spending/request-lack";
import type { Admitted, Outcome, Wanted } from "@/lib/model-gateway/budget";
import type { Door } from "@/lib/model-gateway/gateway";
import type { Refusal } from "@/lib/model-gateway/refusals";
import { UNKNOWN_QUOTA_MS } from "./model-call";
import { type Access, newAccess, noteUnfit, troubleFrom, troubleOf } from "./model-trouble";
import { commit, grantNow, hasDraft, note, type OpenTask, rereadOutside } from "./open-task";
import { addOverrun, affordable, lacksFor, plus, type Reserved, requestLack, USEFUL_OUTPUT_TOKENS } from "./reserve";
import type { World } from "./world";

export interface CallModels {
  /** For the tool; see `ToolContext.openModels`. */
  open(options: ModelsOptions): Promise<ModelAccess>;
  /** Reserves what the tool itself may cost, until the call ends; see `ToolContext.reserve`. */
  hold(model: string, most: Reserved): Promise<string | null>;
  /**
   * Waits for earlier commits, runs work that adds to the task's log, and commits its entries at once, together with the
   * reservations of running requests. Resolves with null when nothing can be written any more.
   */
  record<T>(work: () => T): Promise<T | null>;
  /**
   * Revokes all tokens, waits until each request is settled, and returns the micro-dollars that they cost. Throws
   * LeaseLostError when the lease was lost meanwhile.
   */
  close(): Promise<number>;
}

interface CallLife {
  /** Aborted at a stop, a timeout and a lost lease. */
  signal: AbortSignal;
  /** Reports a sign of life of the task's work. */
  alive(): void;
  onActivity?: (() => void) | undefined;
}

type Spent = Omit<ModelUse, "requests">;

/** A request whose cost is reserved. */
interface Running {
  access: Access;
  model: string;
  inputTokens: number;
  outputTokens: number;
  reserved: Reserved;
}

interface Context {
  world: World;
  task: OpenTask;
  call: Call;
  life: CallLife;
  doors: Set<Door>;
  running: Set<Running>;
  /** What the tool itself may cost, beside what its programs do. */
  held: Reserved;
  /** What all accesses cost. */
  microUsd: number;
  /** The end of the last commit. */
  queue: Promise<unknown>;
  /** Wakes requests that wait for a running one to settle. */
  waiting: Set<() => void>;
  isClosed: boolean;
  /** Why nothing can be written any more, such as a lost lease. */
  fault: unknown;
}

type Answer = Admitted | { refusal: Refusal };

export function callModels(world: World, task: OpenTask, call: Call, life: CallLife): CallModels {
  const context: Context = {
    world,
    task,
    call,
    life,
    doors: new Set(),
    running: new Set(),
    held: { tokens: 0, microUsd: 0 },
    waiting: new Set(),
    queue: Promise.resolve(),
    microUsd: 0,
    isClosed: false,
    fault: null,
  };
  const onAbort = () => void revokeAll(context);
  life.signal.addEventListener("abort", onAbort, { once: true });
  return {
    open: (options) => open(context, options),
    hold: async (model, most) => {
      const answer = await inTurn(context, async () => ({ why: await hold(context, model, most) }));
      return answer === null ? "The call has ended." : answer.why;
    },
    record: (work) =>
      inTurn(context, async () => {
        const result = work();
        if (hasDraft(task)) await keep(context, { reserve: reservedNow(context) });
        return result;
      }),
    async close() {
      context.isClosed = true;
      life.signal.removeEventListener("abort", onAbort);
      await revokeAll(context);
      await context.queue;
      if (context.fault !== null) throw context.fault;
      return context.microUsd;
    },
  };
}

async function open(context: Context, { models, socket }: ModelsOptions): Promise<ModelAccess> {
  const { world, task, call, life, doors } = context;
  // After a crash a call that is repeated could not tell whether its requests were sent.
  if (call.mode !== "once") throw new Error(`${call.tool} may run twice, so its programs cannot use models.`);
  if (isOver(context)) throw new Error("The call has ended.");
  const { model, below } = task.state.setup;
  const usual = isProgram(model) ? below : model;
  const access = newAccess();
  const door = await world.modelGateway.open({
    budget: {
      models: models ?? (usual === undefined ? [] : [usual]),
      admit: (wanted, signal) => admit(context, access, wanted, signal),
      onUnfit: (refusal) => noteUnfit(access, refusal),
    },
    ...(socket !== undefined && { socket }),
    onActivity: () => life.onActivity?.(),
  });
  doors.add(door);
  if (isOver(context)) await door.revoke();
  const { url, token, revoke } = door;
  return {
    url,
    token,
    socket: door.socket,
    usage: () => ({ ...access.used }),
    trouble: () => access.trouble,
    spoken: () => (access.trouble === "protocol" ? access.spoken : null),
    lack: () => (access.trouble === "spent" ? access.lack : null),
    lackFor: (inputTokens) => lackFor(context, usual, inputTokens),
    firstInputTokens: () => access.firstInputTokens,
    isWaiting: () => [...context.running].some((running) => running.access === access),
    leftMicroUsd: () => leftOf(grantNow(task), "microUsd", { isRoot: task.state.assignment.depth === 0, all: false }),
    revoke,
  };
}

/** Returns what a first request would lack; null also for a model without a price, which has a refusal of its own. */
function lackFor({ world, task }: Context, model: string | undefined, inputTokens: number): RequestLack | null {
  if (model === undefined || isUnpriced(world, task, model)) return null;
  rereadOutside(world, task);
  const { outputTokens } = world.limitsOf(model);
  return requestLack(world, task, { model, inputTokens, outputTokens, leastOutputTokens: 0 });
}

function isOver({ isClosed, life, fault }: Context): boolean {
  return isClosed || life.signal.aborted || fault !== null;
}

async function revokeAll({ doors, waiting }: Context): Promise<void> {
  const revoked = [...doors].map((door) => door.revoke());
  for (const wake of waiting) wake();
  await Promise.all(revoked);
}

/** Runs a commit after those before it. A fault ends everything: what could not be written must not be spent. */
function inTurn<T>(context: Context, work: () => Promise<T>): Promise<T | null> {
  const result = context.queue.then(async () => {
    if (context.fault !== null) return null;
    try {
      return await work();
    } catch (error) {
      context.fault = error;
      void revokeAll(context);
      return null;
    }
  });
  context.queue = result;
  return result;
}

const TOKEN_ENDED: Answer = { refusal: { code: "token" } };

/** Waits while the grant would cover the request if fewer were running. */
async function admit(context: Context, access: Access, wanted: Wanted, signal: AbortSignal): Promise<Answer> {
  for (;;) {
    const answer = await inTurn(context, async () =>
      isOver(context) || signal.aborted ? TOKEN_ENDED : tryAdmit(context, access, wanted),
    );
    if (answer !== "later") {
      if (answer !== null && "refusal" in answer) access.trouble = troubleOf(answer.refusal) ?? access.trouble;
      return answer ?? TOKEN_ENDED;
    }
    if (context.running.size > 0) await nextSettled(context, signal);
  }
}

function nextSettled({ waiting }: Context, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      waiting.delete(wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    waiting.add(wake);
    signal.addEventListener("abort", wake, { once: true });
    if (signal.aborted) wake();
  });
}

async function tryAdmit(context: Context, access: Access, wanted: Wanted): Promise<Answer | "later"> {
  const { world, task, running } = context;
  rereadOutside(world, task);
  const refusal = refusalNow(context, wanted.model);
  if (refusal) return { refusal };
  const limits = world.limitsOf(wanted.model);
  const { contextTokens } = limits;
  // The provider refuses more input than the context holds, if that is known.
  const most = limits.isAssumed ? Number.POSITIVE_INFINITY : contextTokens;
  const inputTokens = Math.min(wanted.inputTokens ?? contextTokens, most);
  const asked = Math.min(wanted.outputTokens ?? limits.outputTokens, limits.maxOutputTokens);
  access.firstInputTokens ??= inputTokens;
  const ask = { model: wanted.model, maxOutputTokens: asked };
  const request = { ...wanted, inputTokens, outputTokens: asked };
  const others = reservedNow(context);
  const reserved = affordable(world, task, ask, inputTokens, others);
  const isCut = !reserved || ask.maxOutputTokens < Math.min(asked, USEFUL_OUTPUT_TOKENS);
  if (isCut && running.size > 0) return "later";
  if (!reserved || ask.maxOutputTokens < wanted.leastOutputTokens) return refusedByGrant(context, access, request);
  if (!(await keep(context, { reserve: plus(others, reserved), reserved: others })))
    return refusedByStore(context, access, request);
  // As before any model call, what arrived with the commit is handled before money is spent.
  const late = refusalNow(context, wanted.model);
  if (late) {
    await keep(context, { reserve: others });
    return { refusal: late };
  }
  world.mustHold(task.claim);
  const call: Running = { access, model: wanted.model, inputTokens, outputTokens: ask.maxOutputTokens, reserved };
  running.add(call);
  const { silentMs } = limits;
  return { outputTokens: ask.maxOutputTokens, silentMs, settle: (outcome) => settle(context, call, outcome) };
}

/** Returns why no request of the model can be sent now, or null. */
function refusalNow({ world, task, life }: Context, model: string): Refusal | null {
  if (life.signal.aborted || task.letters.some((letter) => letter.kind === "stop")) return { code: "token" };
  if (task.held) return { code: "paused" };
  const nowMs = world.now();
  const park = world.parks.of(model, nowMs);
  if (park) return { code: "wait", why: park.message, waitMs: park.untilMs - nowMs };
  return isUnpriced(world, task, model) ? { code: "unpriced", model } : null;
}

function isUnpriced(world: World, task: OpenTask, model: string): boolean {
  return task.grant.cap.microUsd !== null && world.isUnpriced(model);
}

/** Returns why the transaction reserved nothing: a cap of the day, or a grant that shrank in the meantime. */
function refusedByStore(context: Context, access: Access, request: SizedRequest): Answer | "later" {
  const { world, task, running } = context;
  const { dailyCap } = task;
  if (dailyCap) {
    const why = dailyCapSentence(dailyCap.cap);
    return { refusal: { code: "wait", why, waitMs: dailyCap.untilMs - world.now() } };
  }
  return running.size > 0 ? "later" : refusedByGrant(context, access, request);
}

type SizedRequest = Pick<Wanted, "model" | "leastOutputTokens"> & { inputTokens: number; outputTokens: number };

function refusedByGrant({ world, task }: Context, access: Access, request: SizedRequest): Answer {
  access.lack = requestLack(world, task, request);
  return { refusal: { code: "spent", why: lackSentence(access.lack) } };
}

async function hold(context: Context, model: string, most: Reserved): Promise<string | null> {
  const { world, task } = context;
  rereadOutside(world, task);
  if (isUnpriced(world, task, model)) return `Nobody knows what ${model} costs, and the task's grant caps money.`;
  const others = reservedNow(context);
  const left = lacksFor(world, task, most, others);
  if (left !== null) return chargeLackSentence({ model, needs: most, left });
  if (!(await keep(context, { reserve: plus(others, most), reserved: others })))
    return task.dailyCap ? dailyCapSentence(task.dailyCap.cap) : "The task's grant has shrunk meanwhile.";
  context.held = plus(context.held, most);
  return null;
}

/** What running requests and the tool itself have reserved. */
function reservedNow({ running, held }: Context): Reserved {
  return [...running].reduce((sum, { reserved }) => plus(sum, reserved), held);
}

/** Commits, and tells the worker that the tool still runs. */
async function keep(
  { world, task, life }: Context,
  extra: { reserve: Reserved; reserved?: Reserved },
): Promise<boolean> {
  const isKept = await commit(world, task, extra);
  life.alive();
  return isKept;
}

async function settle(context: Context, running: Running, outcome: Outcome): Promise<void> {
  noteProvider(context, running.model, outcome);
  noteTrouble(context, running.access, outcome);
  await inTurn(context, async () => {
    context.running.delete(running);
    charge(context, running, outcome);
    await keep(context, { reserve: reservedNow(context) });
  });
  for (const wake of context.waiting) wake();
}

/** A used-up quota parks the provider for all tasks, and an answer ends its park. */
function noteProvider({ world }: Context, model: string, outcome: Outcome): void {
  if (outcome.kind === "reported") world.parks.open(model);
  const failure = outcome.kind === "refused" ? outcome.failure : null;
  if (failure?.kind !== "quota") return;
  const nowMs = world.now();
  const untilMs = nowMs + (failure.details.retryAfterMs ?? UNKNOWN_QUOTA_MS);
  world.parks.close(model, untilMs, world.redactor.redact(failure.message), nowMs);
}

/** An answer ends the trouble of those before it. A request that the agent gave up says nothing about the provider. */
function noteTrouble({ life }: Context, access: Access, outcome: Outcome): void {
  if (life.signal.aborted) return;
  if (outcome.kind === "reported") access.trouble = null;
  else if (outcome.kind === "refused" && outcome.failure) access.trouble = troubleFrom(outcome.failure);
  else if (outcome.kind === "refused") access.trouble = outcome.isUnreached ? "provider" : access.trouble;
  else if (outcome.isBroken) access.trouble = "silent";
}

/** Notes what the request cost. Without a report that is its reservation, except where its input is known. */
function charge(context: Context, running: Running, outcome: Outcome): void {
  if (outcome.kind === "refused") return;
  const { inputTokens, outputTokens } = running;
  running.access.used.requests += 1;
  if (outcome.kind === "reported") chargeReported(context, running, outcome.usage);
  else chargeUnreported(context, running, { inputTokens: outcome.inputTokens ?? inputTokens, outputTokens });
}

function chargeReported(context: Context, { access, model, reserved }: Running, usage: Usage): void {
  const { world, task, call } = context;
  const [tokensIn, tokensOut] = [usage.inputTokens, usage.outputTokens];
  const microUsd = world.costOf(model, usage) ?? 0;
  const why = `A request of ${call.tool} to ${model}.`;
  const content = { type: "tool_charged", tool: call.tool, tokensIn, tokensOut, microUsd, why } as const;
  note(task, [{ kind: "event", turn: task.state.turn, content }]);
  addUse(context, access, { tokensIn, tokensOut, microUsd });
  const more = {
    tokens: Math.max(0, tokensIn + tokensOut - reserved.tokens),
    microUsd: Math.max(0, microUsd - reserved.microUsd),
  };
  if (!isUncapped(task.grant) && (more.tokens > 0 || more.microUsd > 0)) addOverrun(task, more);
}

function chargeUnreported(
  context: Context,
  { access, model, reserved }: Running,
  { inputTokens, outputTokens }: Pick<Usage, "inputTokens" | "outputTokens">,
): void {
  const { world, task, call } = context;
  const usage = { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: inputTokens };
  const tokens = Math.min(reserved.tokens, inputTokens + outputTokens);
  const microUsd = Math.min(reserved.microUsd, world.costOf(model, usage) ?? 0);
  const why = `A request of ${call.tool} to ${model} ended without a report of its usage. What it may have cost is charged.`;
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "unconfirmed", tokens, microUsd, why } }]);
  addUse(context, access, { tokensIn: inputTokens, tokensOut: outputTokens, microUsd });
}

function addUse(context: Context, { used }: Access, { tokensIn, tokensOut, microUsd }: Spent): void {
  used.tokensIn += tokensIn;
  used.tokensOut += tokensOut;
  used.microUsd += microUsd;
  context.microUsd += microUsd;
}
