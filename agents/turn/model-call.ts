/**
 * Makes one model call: reserves its possible cost before it, folds in the reply or an entry about the failure after
 * it.
 */
import { staggered } from "@/agents/providers/parks";
import { droppableChars } from "@/core/compact";
import { TRIES } from "@/core/facts";
import { outgrownProblem } from "@/core/growth-limit";
import { attachmentsOf } from "@/core/log/attachments";
import type { Entry } from "@/core/log/entries";
import {
  ModelError,
  type ModelErrorKind,
  type ModelReply,
  type ModelRequest,
  type ToolCallRequest,
} from "@/core/log/model";
import { outputAsk } from "@/core/output-ask";
import { isProgram } from "@/core/programs/names";
import { isUncapped } from "@/core/rules/grants";
import { unfinishedSubtasks } from "@/core/waits";
import { pricelessSentence } from "@/core/words/spending/spend-caps";
import { sleep } from "@/lib/time/timers";
import { cleanReply } from "./clean-reply";
import {
  commit,
  endIfStopped,
  factsOf,
  hasDraft,
  note,
  type OpenTask,
  rereadLetters,
  rereadOutside,
} from "./open-task";
import { filesOf, likelyInputTokens, likelyTokens, messagesOf, requestOf } from "./request";
import { chargeFailure, noteDailyCap, noteOverrun, reserveFor, type Streamed } from "./reserve";
import { showReply } from "./show";
import { showLessons } from "./show-lessons";
import { tellWhenLow } from "./tell-low";
import { timeLeftMs } from "./time-left";
import { MOST_CHARS_PER_TOKEN, type TimeLimit, timeLimit } from "./time-limit";
import type { CheckedCall, World } from "./world";

/** A backoff up to this long keeps the slot; a longer one parks the task. */
const INLINE_BACKOFF_MS = 1_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 5 * 60_000;
/** A slow model may be silent for twice as long with each try, so that it is not ended again and again. */
const MOST_DOUBLINGS = 4;
/** Pings alone keep a call alive for this long. A reply that grows continues for as long as it grows. */
const LONGEST_WITHOUT_OUTPUT_MS = 30 * 60_000;
/** How long a task parks when a provider does not say when its quota returns, or does not know the model. */
export const UNKNOWN_QUOTA_MS = 15 * 60_000;
/** Failures that the task waits out, and those of them that say nothing about the task, so that no try is counted. */
const WAITING: ReadonlySet<ModelErrorKind> = new Set(["retry", "timeout", "endless", "quota", "unknown_model"]);
const UNCOUNTED: ReadonlySet<ModelErrorKind> = new Set(["quota", "unknown_model"]);

/**
 * Makes one try. It may return without a call when the grant does not cover it, or when a letter or a pause arrived
 * with the reservation's commit. The state records what happened, and `decide` says what follows. Throws
 * LeaseLostError, the signal's reason when aborted without a stop, and internal faults.
 */
export async function callModel(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const { lastTurn, turn } = task.state;
  if (lastTurn !== null && turn >= lastTurn) {
    task.exhausted = { why: "The grant is used up, and its last turn did not end the task." };
    return;
  }
  if (takesOverPark(world, task)) return;
  if (lacksPrice(world, task)) return;
  tellWhenLow(world, task);
  showLessons(world, task);
  const request = requestOf(world, task);
  const { length } = task.state;
  const reserved = await reserveFor(world, task, request);
  if (!reserved) return;
  // The agent was told meanwhile that this turn is its last.
  if (task.state.length !== length) request.messages = messagesOf(world, task);
  // Without a cap and without other entries to write, the reservation is not worth its own commit.
  const isFree = isUncapped(task.grant) && !world.limits.isDayCapped && !hasDraft(task);
  // The commit fails when a retried subtask has taken the rest in the meantime; the next decision counts again.
  if (!isFree && !(await commit(world, task, { reserve: reserved }))) return noteDailyCap(world, task);
  // Letters and pauses that arrived with the commit are handled before money is spent.
  if (task.held || task.letters.length > 0) return;
  // A stop may have been committed in the same transaction, after the reservation.
  if (signal.aborted) return endIfStopped(world, task, signal);
  world.mustHold(task.claim);
  const streamed = { hasBegun: false, chars: 0 };
  try {
    const reply = cleanReply(world.redactor, await respond(world, task, request, streamed, signal));
    world.parks.open(request.model);
    await world.turnstile();
    rereadOutside(world, task);
    note(task, replyEntries(world, task, request, reply));
    noteOverrun(world, task, reserved, reply);
  } catch (error) {
    chargeFailure(world, task, likelyInputTokens(world, task, request), error, streamed);
    await onFailure(world, task, error, request.maxOutputTokens, signal);
  }
}

/** Parks this task without a call when another task has found the quota exhausted. It returns a little later. */
export function takesOverPark(world: World, task: OpenTask): boolean {
  const { state } = task;
  const nowMs = world.now();
  const park = state.triesAnyway ? null : world.parks.of(state.setup.model, nowMs);
  if (!park) return false;
  const untilMs = staggered(park, nowMs, world.random());
  const { message } = park;
  const content = {
    type: "model_failed",
    kind: "quota",
    message,
    tries: state.modelTries,
    untilMs,
    parks: true,
  } as const;
  note(task, [{ kind: "event", turn: state.turn, content }]);
  return true;
}

/**
 * Fails this task without a call when its cap on cost cannot hold: an agent has a model of its own, or a price was removed
 * since the tree was submitted.
 */
function lacksPrice(world: World, task: OpenTask): boolean {
  const { state, grant } = task;
  const { model } = state.setup;
  if (grant.cap.microUsd === null || isProgram(model) || !world.isUnpriced(model)) return false;
  const message = pricelessSentence(model, "tree");
  const content = { ...FINAL_FAILURE, kind: "no_price", message, tries: state.modelTries } as const;
  note(task, [{ kind: "event", turn: state.turn, content }]);
  return true;
}

/** A failure after which nothing is tried again. */
const FINAL_FAILURE = { type: "model_failed", untilMs: 0, parks: false } as const;

async function respond(
  world: World,
  task: OpenTask,
  request: ModelRequest,
  streamed: Streamed,
  signal: AbortSignal,
): Promise<ModelReply> {
  const { claim } = task;
  const { limit, alive, silentMs } = limitOf(world, task, signal);
  const most = request.maxOutputTokens * MOST_CHARS_PER_TOKEN;
  const files = await filesOf(world, claim.uid, request.messages);
  const shown = showReply(world, task);
  try {
    const reply = await world.models.respond(files.size > 0 ? { ...request, files } : request, {
      signal: limit.signal,
      onActivity: alive,
      onBegin: () => {
        streamed.hasBegun = true;
      },
      onOutput: (chars) => {
        streamed.chars += chars;
        limit.grows();
        if (streamed.chars > most) limit.tooLong();
      },
      onDraft: shown.write,
    });
    shown.end();
    return reply;
  } catch (error) {
    shown.lose();
    if (signal.aborted) throw error;
    const cut = cutBy(limit.endedBy(), silentMs ?? 0);
    if (cut) throw noteRule(task, cut);
    if (limit.endedBy() === null) throw error;
    throw new ModelError("timeout", "The task's time was up during the call.");
  } finally {
    limit.end();
  }
}

/** Starts the time limits of a call to the task's model. `alive` reports a sign of life to them and to the worker. */
export function limitOf(
  world: World,
  task: OpenTask,
  signal: AbortSignal,
): { limit: TimeLimit; alive(): void; silentMs: number | null } {
  const { setup } = task.state;
  const left = timeLeftMs(world, task);
  const isProgramRun = isProgram(setup.model);
  // A program runs within the process, so there is no connection that could fail silently.
  const silentMs = isProgramRun ? null : silenceOf(world, task);
  const limit = timeLimit(world.timers, signal, {
    timeoutMs: isProgramRun ? Math.min(setup.timeoutMs, left) : left,
    silentMs,
    stalledMs: isProgramRun ? null : Math.max(setup.timeoutMs, LONGEST_WITHOUT_OUTPUT_MS),
  });
  const alive = () => {
    limit.alive();
    world.alive(task.claim.uid, silentMs ?? setup.timeoutMs);
  };
  alive();
  return { limit, alive, silentMs };
}

/** Returns how long this call may show no sign of life: as long as its model is given, and no longer than its agent allows. */
function silenceOf(world: World, { state }: OpenTask): number {
  const { silentMs, isLocal } = world.limitsOf(state.setup.model);
  if (isLocal) return silentMs;
  return Math.min(state.setup.timeoutMs, silentMs * 2 ** Math.min(state.modelTries, MOST_DOUBLINGS));
}

/** Why the host ended a call, as the rule that did it and as a failure of the model. */
interface Cut {
  rule: "endless_reply" | "silent_model";
  kind: "endless" | "timeout";
  evidence: string;
}

function cutBy(endedBy: ReturnType<TimeLimit["endedBy"]>, silentMs: number): Cut | null {
  const seconds = Math.round(silentMs / 1_000);
  switch (endedBy) {
    case "length":
      return {
        rule: "endless_reply",
        kind: "endless",
        evidence: "The model wrote far more than its output limit and did not stop.",
      };
    case "stalled":
      return {
        rule: "endless_reply",
        kind: "endless",
        evidence: `The model gave signs of life for ${LONGEST_WITHOUT_OUTPUT_MS / 60_000} minutes or longer and wrote nothing.`,
      };
    case "silence":
      return {
        rule: "silent_model",
        kind: "timeout",
        evidence: `Nothing arrived from the model for ${seconds} seconds, not even a sign of life.`,
      };
    default:
      return null;
  }
}

/** Records the intervention that ended the call. For the task it is a model failure like any other. */
function noteRule(task: OpenTask, { rule, kind, evidence }: Cut): ModelError {
  const isLast = kind === "endless" && task.state.endless.replies + 1 >= TRIES.maxEndless;
  task.draft.interventions.push({
    rule,
    action: isLast ? "stop" : "restart",
    evidence: `${evidence} ${isLast ? "The call was ended, and the task with it: it was the second in a row." : "The call was ended and is retried."}`,
  });
  return new ModelError(kind, evidence);
}

function replyEntries(world: World, task: OpenTask, request: ModelRequest, reply: ModelReply): Entry[] {
  const { state } = task;
  const turn = state.turn + 1;
  const offered = new Set(request.tools.map((tool) => tool.name));
  const owner = state.assignment.folder ?? null;
  const isFolderTainted = reply.calls.length > 0 && world.loader.isFolderTainted(task.claim.treeId, owner);
  const calls = reply.calls.map((call): { call: ToolCallRequest } & CheckedCall => {
    const outgrown = outgrownProblem(state, call.name);
    if (outgrown) return { call, mode: "invalid", refused: "outgrown", problem: outgrown };
    if (reply.stopReason === "length" && call.malformed)
      return { call, mode: "invalid", refused: "malformed", problem: cutProblem(request.maxOutputTokens) };
    const checked = world.callCheck.check(state, isFolderTainted, offered, call);
    if (checked.refusal) task.draft.audit.push(checked.refusal);
    return { call, ...checked, ...(goesOnAtPlace(world, task, call.name, checked) && { resumes: true }) };
  });
  const isAwaiting = state.unanswered.size > 0 || unfinishedSubtasks(state, factsOf(world, task)).length > 0;
  const waits = calls.length === 0 && isAwaiting;
  const valid = waits || calls.some((call) => call.mode !== "invalid");
  const microUsd = world.costOf(state.setup.model, reply.usage) ?? 0;
  const { parts, stopReason, usage } = reply;
  // A limit that the grant or the day had lowered says nothing about the reply.
  const asked = request.maxOutputTokens;
  const isEndless = stopReason === "length" && !valid && asked >= outputAsk(state, world.limitsOf(state.setup.model));
  const cut = isEndless && state.outputCap === null && { cutAt: asked };
  return [
    { kind: "agent_response", turn, content: { parts, stopReason, valid, ...cut }, usage, microUsd },
    ...calls.map(({ call, mode, problem, refused, level, ask, why, unasked, resumes }): Entry => {
      const isPlain = unasked === "level" && (level === "read" || level === "write");
      const asked = ask ? { ask, ...(why && { why }) } : unasked && !isPlain && { unasked };
      // Most calls only read, so the level "read" is left out to keep the log small.
      const shown = level && (ask || level !== "read") ? { level } : {};
      return {
        kind: "tool_call",
        turn,
        content: {
          input: call.input,
          mode,
          ...(problem && { problem }),
          ...(refused && { refusal: refused }),
          ...shown,
          ...asked,
          ...(resumes && { resumes }),
        },
        tool: call.name,
        callId: call.id,
      };
    }),
  ];
}

/** Whether the call goes on after a crash, because a runner outlives the server. */
function goesOnAtPlace(
  { catalogue, places }: World,
  { claim }: OpenTask,
  tool: string,
  { mode }: CheckedCall,
): boolean {
  return mode === "once" && catalogue.world.get(tool)?.onlyInWorkplace === true && places.isPlaced(claim.treeUid);
}

/** The agent believes that its JSON is complete; only the host knows that it was cut. */
function cutProblem(maxOutputTokens: number): string {
  return `Your reply was cut at its limit of ${maxOutputTokens} tokens before these arguments ended, so the call did not run. Do it in smaller parts: write a long file with several calls. Your next reply may be longer.`;
}

/**
 * Notes how a call failed, and waits before the next try or parks the task. Resolves when a stop ended the call. Throws
 * the signal's reason, LeaseLostError, and what is no failure of a model.
 */
export async function onFailure(
  world: World,
  task: OpenTask,
  error: unknown,
  maxOutputTokens: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return endIfStopped(world, task, signal);
  if (!(error instanceof ModelError)) throw error;
  const { state } = task;
  const message = world.redactor.redact(error.message);
  const event = (content: Extract<Entry, { kind: "event" }>["content"]) =>
    note(task, [{ kind: "event", turn: state.turn, content }]);
  if (error.kind === "too_long") {
    const asked = error.details.outputToo ? maxOutputTokens : undefined;
    event({ type: "too_long", message, ...(asked !== undefined && { asked }) });
    return;
  }
  // A provider refuses a damaged file each time, so the task continues without files.
  if (error.kind === "bad_request" && attachmentsOf(state.messages).length > 0) {
    event({ type: "files_left_out", message, text: FILES_LEFT_OUT });
    return;
  }
  if (isPerhapsTooLong(state, error)) {
    event({ type: "too_long", message, unsaid: true });
    return;
  }
  const waits = WAITING.has(error.kind);
  const tries = UNCOUNTED.has(error.kind) ? state.modelTries : state.modelTries + 1;
  const delayMs = waits ? Math.ceil(delayOf(world, error, tries)) : 0;
  const parks = delayMs > INLINE_BACKOFF_MS;
  if (error.kind === "quota") world.parks.close(state.setup.model, world.now() + delayMs, message, world.now());
  event({
    type: "model_failed",
    kind: error.kind,
    message,
    tries,
    untilMs: world.now() + delayMs,
    parks,
  });
  if (!waits || parks) return;
  await commit(world, task);
  await sleep(world.timers, delayMs, signal).catch(() => rereadLetters(world, task));
}

/** Growth since the last accepted request above which a refusal may mean the length: in characters, and as a share. */
const GROWN_CHARS = 8_000;
const GROWN_SHARE = 0.1;
const REFUSALS_OF_REQUESTS = [400, 413, 422];

/**
 * Returns whether a request was refused that may be too long, whatever its provider says: the conversation is far longer
 * than the last accepted one, or none of this length was accepted by this model. It is shortened once until a reply comes.
 */
function isPerhapsTooLong(state: OpenTask["state"], { kind, details }: ModelError): boolean {
  const { status = 0, unreadableThoughts, noSummaries, wrongOrder } = details;
  if (kind !== "bad_request" || !REFUSALS_OF_REQUESTS.includes(status) || state.shortenedUnsaid) return false;
  if (unreadableThoughts || noSummaries || wrongOrder) return false;
  const { lastInputTokens, charsSinceReply, messages } = state;
  if (lastInputTokens === 0) return droppableChars(messages) >= GROWN_CHARS;
  return charsSinceReply >= GROWN_CHARS || likelyTokens(charsSinceReply) >= GROWN_SHARE * lastInputTokens;
}

const FILES_LEFT_OUT =
  "The model's provider refused the images and PDF files of the results above, so they are no longer shown to you. Read again what you need, in another format or as text.";

/** Returns the provider's retry-after time, or an exponential backoff with jitter. */
function delayOf(world: World, error: ModelError, tries: number): number {
  if (error.details.retryAfterMs !== undefined) return error.details.retryAfterMs * (1 + 0.1 * world.random());
  if (UNCOUNTED.has(error.kind)) return UNKNOWN_QUOTA_MS;
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
  return ceiling * (0.5 + 0.5 * world.random());
}
