/**
 * Makes the spans of a task from its log: attempts, turns, model calls, tool calls, commands, and waits for people. Pure: the
 * same entries give the same spans with the same ids.
 *
 * The log has the time of each commit and not of each beginning. A turn commits before each effect, so an effect began with
 * the entry before it, or with the claim of the task, or when the process took over from one that was killed.
 */
import { idOf } from "@/core/ids";
import type { Entry, TaskEvent } from "@/core/log/entries";
import { isProgram } from "@/core/programs/names";
import {
  commandOf,
  modelAttributes,
  ofTask,
  replyAttributes,
  type TracedCall,
  taskAttributes,
  toolAttributes,
  treeAttributes,
  usageAttributes,
} from "./attributes";
import { add, type Folding, type OpenCall, type OpenTurn, ownSpan, type ProjectOptions } from "./folding";
import { eventSpan, modelSpan, type SpanRef, taskSpan, toolSpan, treeSpan, turnSpan } from "./ids";
import type { Cut, Span, SpanAttributes, TracedEntry, TracedTask } from "./span";

export function spansOf(options: ProjectOptions): Span[] {
  const { task, entries, cuts } = options;
  const [first] = entries;
  const earlier = first ? cuts.filter(({ afterSeq }) => afterSeq < first.seq) : [];
  const folding: Folding = {
    options,
    place: { treeUid: task.treeUid, taskUid: task.uid, cuts: 0 },
    attempt: 1,
    turn: null,
    calls: new Map(),
    sinceMs: task.startedAtMs ?? task.createdAtMs,
    charges: 0,
    wanted: false,
    spans: [],
  };
  folding.place.cuts = earlier.length;
  const later = cuts.slice(earlier.length);
  for (const traced of entries) {
    while (later[0] && later[0].afterSeq < traced.seq) onCut(folding, later.shift() as Cut, traced.at);
    folding.wanted = options.isNew(traced.seq);
    folding.attempt = 1 + task.ends.filter(({ resultSeq }) => resultSeq < traced.seq).length;
    onEntry(folding, traced);
  }
  const length = (entries.at(-1)?.at ?? -1) + 1;
  for (const cut of later) onCut(folding, cut, length);
  return folding.spans;
}

/** Begins the next turn if it has not begun, and ends the one before. */
function beginTurn(folding: Folding): OpenTurn {
  const { turn, place, attempt, options } = folding;
  if (turn && !turn.hasReply && !turn.isOver) return turn;
  endTurn(folding, folding.sinceMs);
  const number = (turn?.number ?? lastTurnBefore(options)) + 1;
  const fromMs = Math.max(folding.sinceMs, options.task.startedAtMs ?? 0);
  const begun = { number, fromMs, ref: turnSpan(place, attempt, number), hasReply: false, isOver: false, before: null };
  folding.turn = begun;
  return begun;
}

function lastTurnBefore({ entries }: ProjectOptions): number {
  return entries[0]?.entry.turn ?? 0;
}

function endTurn(folding: Folding, toMs: number, error: string | null = null): void {
  const { turn, options } = folding;
  if (!turn || turn.isOver) return;
  const { ref, fromMs, number, before } = turn;
  const attributes: SpanAttributes = { ...ofTask(options.task), "banyan.turn": number };
  const links = before ? [before] : [];
  add(folding, ref, { parent: ownSpan(folding), name: "turn", fromMs, toMs, attributes, error, links });
}

function onEntry(folding: Folding, traced: TracedEntry): void {
  const { entry, atMs } = traced;
  switch (entry.kind) {
    case "agent_response":
      onReply(folding, traced, entry);
      break;
    case "tool_call":
      folding.calls.set(entry.callId, {
        ...callOf(entry),
        turn: entry.turn,
        fromMs: atMs,
        before: null,
        review: null,
      });
      break;
    case "tool_response":
      onResponse(folding, traced, entry);
      break;
    case "event":
      onEvent(folding, traced, entry.content);
      return;
    default:
  }
  folding.charges = 0;
  folding.sinceMs = Math.max(atMs, entry.turn === 0 ? (folding.options.task.startedAtMs ?? 0) : 0);
}

function callOf({ callId, tool, content }: Entry & { kind: "tool_call" }): TracedCall {
  const { mode, input, refusal } = content;
  return { id: callId, tool: refusal === "unknown_tool" ? "unknown" : tool, mode, input };
}

function onReply(folding: Folding, { at, atMs }: TracedEntry, entry: Entry & { kind: "agent_response" }): void {
  const turn = beginTurn(folding);
  addModelCall(folding, turn, at, atMs, replyAttributes(entry, folding.options.content));
  turn.number = entry.turn;
  turn.hasReply = true;
}

/** `at`: how many entries the log had before the call. Programs answer within the process, so they are no model calls. */
function addModelCall(
  folding: Folding,
  turn: OpenTurn,
  at: number,
  toMs: number,
  more: SpanAttributes,
  error: string | null = null,
): void {
  const { options, place, sinceMs } = folding;
  const { task } = options;
  if (isProgram(task.model)) return;
  const attributes = { ...modelAttributes(task), ...more };
  const name = `chat ${String(attributes["gen_ai.request.model"])}`;
  const fromMs = Math.max(sinceMs, turn.fromMs);
  add(folding, modelSpan(place, at), { parent: turn.ref, name, kind: "client", fromMs, toMs, attributes, error });
}

const ANSWERS_TREE = new Set(["control", "invalid"]);

/** Calls on the world run one after the other; calls on the tree begin together. */
function beganAt(folding: Folding, call: OpenCall): number {
  return ANSWERS_TREE.has(call.mode) ? call.fromMs : Math.max(call.fromMs, folding.sinceMs);
}

function onResponse(folding: Folding, { atMs, seq }: TracedEntry, entry: Entry & { kind: "tool_response" }): void {
  const call = folding.calls.get(entry.callId);
  if (!call) return;
  folding.calls.delete(entry.callId);
  if (call.review !== null && !entry.content.early) addWait(folding, call.review, seq, atMs);
  const { isError, fault, text } = entry.content;
  // The span of its part before the kill says so already.
  if (fault === "interrupted" && call.before) return;
  const error = fault ?? (isError ? (call.mode === "invalid" ? "refused" : "failed") : null);
  addToolCall(folding, call, atMs, error, text);
}

function addToolCall(folding: Folding, call: OpenCall, toMs: number, error: string | null, text: string | null): void {
  const { options, place, turn } = folding;
  const { task, content } = options;
  const fromMs = beganAt(folding, call);
  const ref = toolSpan(place, idOf(task.uid, { turn: call.turn, id: call.id }, "call"));
  const attributes = toolAttributes(task, call, content);
  if (content && text !== null) attributes["gen_ai.tool.call.result"] = content(text);
  const links = call.before ? [call.before] : [];
  const parent = turn?.ref ?? ownSpan(folding);
  add(folding, ref, { parent, name: `execute_tool ${call.tool}`, fromMs, toMs, attributes, error, links });
  const command = text === null ? null : commandOf(task, call, text, content);
  if (!command) return;
  const commandRef = { traceId: ref.traceId, spanId: toolSpan(place, `command ${ref.spanId}`).spanId };
  const code = command.attributes["process.exit.code"];
  add(folding, commandRef, {
    parent: ref,
    name: "command",
    fromMs: command.ms === null ? fromMs : Math.max(fromMs, toMs - command.ms),
    toMs,
    attributes: command.attributes,
    error: code === 0 ? null : "failed",
  });
}

/** Adds the wait for a person. A question to another task is not one, and has no time among the reviews. */
function addWait(folding: Folding, review: string, seq: number, toMs: number): void {
  const { options, place, turn } = folding;
  const fromMs = options.task.reviews.get(review);
  if (fromMs === undefined) return;
  const attributes = { ...ofTask(options.task), "banyan.review.id": review };
  const parent = turn?.ref ?? ownSpan(folding);
  add(folding, eventSpan(place, `wait ${review}`, seq), {
    parent,
    name: "wait for a person",
    fromMs,
    toMs,
    attributes,
  });
}

function onEvent(folding: Folding, traced: TracedEntry, event: TaskEvent): void {
  const { atMs, seq, at } = traced;
  const { charges } = folding;
  if (event.type === "unconfirmed") {
    // It is committed together with what follows.
    folding.charges += 1;
    return;
  }
  folding.charges = 0;
  const failedCall = (error: string) => addModelCall(folding, beginTurn(folding), at - charges, atMs, {}, error);
  folding.sinceMs = sinceAfter(folding, event, atMs, () => {
    switch (event.type) {
      case "model_failed":
        failedCall(event.kind);
        break;
      case "too_long":
      case "files_left_out":
        failedCall(event.type);
        break;
      case "compacted":
        addModelCall(folding, beginTurn(folding), at - charges, atMs, {
          ...usageAttributes(event.usage),
          "banyan.cost_usd": event.microUsd / 1_000_000,
          "banyan.purpose": "compaction",
        });
        break;
      case "asked":
      case "approval_asked":
      case "call_asked":
        noteReview(folding, event.call, event.review);
        break;
      case "approval_decided":
      case "call_answered":
      case "answered":
        settleReview(folding, event.review, seq, atMs);
        break;
      case "claims_checked":
        addChecks(folding, seq, atMs, event.marks);
        break;
      case "ended":
        addEnd(folding, atMs, event);
        break;
      default:
    }
  });
}

/** Runs the work, then returns when the next effect may have begun. */
function sinceAfter({ sinceMs }: Folding, event: TaskEvent, atMs: number, work: () => void): number {
  work();
  // Between two parts of a call nothing else begins.
  if (event.type === "executor_started" || event.type === "executor_call" || event.type === "call_asked")
    return sinceMs;
  if (event.type === "call_started" || event.type === "tool_charged") return sinceMs;
  return event.type === "model_failed" || event.type === "daily_cap" ? Math.max(atMs, event.untilMs) : atMs;
}

function noteReview({ calls }: Folding, callId: string, review: string): void {
  const call = calls.get(callId);
  if (call) call.review = review;
}

function settleReview(folding: Folding, review: string, seq: number, atMs: number): void {
  addWait(folding, review, seq, atMs);
  for (const call of folding.calls.values()) if (call.review === review) call.review = null;
}

function addChecks(folding: Folding, seq: number, toMs: number, marks: readonly { mark: string }[]): void {
  const { options, place, turn, sinceMs: fromMs } = folding;
  const failed = marks.filter(({ mark }) => mark === "failed").length;
  const attributes = { ...ofTask(options.task), "banyan.claims": marks.length, "banyan.claims.failed": failed };
  const parent = turn?.ref ?? ownSpan(folding);
  const error = failed > 0 ? "claims_failed" : null;
  add(folding, eventSpan(place, "checks", seq), { parent, name: "check claims", fromMs, toMs, attributes, error });
}

/** Adds the spans of the turn, of the attempt, and for a root of the tree. */
function addEnd(folding: Folding, toMs: number, { status, reason }: TaskEvent & { type: "ended" }): void {
  const { options, attempt, place } = folding;
  const { task, content } = options;
  endTurn(folding, toMs);
  folding.turn = folding.turn && { ...folding.turn, isOver: true };
  const fromMs = (attempt === 1 ? task.startedAtMs : task.retriedAtMs[attempt - 2]) ?? task.createdAtMs;
  const error = status === "failed" ? (reason ?? "failed") : null;
  const attributes = {
    ...taskAttributes(task, attempt, content),
    "banyan.status": status,
    ...(reason && { "banyan.reason": reason }),
    ...(place.cuts > 0 && { "banyan.interruptions": place.cuts }),
  };
  const tree = treeSpan(place.treeUid, attempt);
  const parent = task.parent ? taskSpan(place.treeUid, task.parent.uid, parentAttempt(task.parent, fromMs)) : tree;
  const links = attempt > 1 ? [taskSpan(place.treeUid, task.uid, attempt - 1)] : [];
  const name = `invoke_agent ${task.agent}`;
  add(folding, ownSpan(folding), { parent, name, fromMs, toMs, attributes, error, links });
  if (task.parent) return;
  add(folding, tree, {
    parent: null,
    name: "tree",
    fromMs: attempt === 1 ? task.createdAtMs : fromMs,
    toMs,
    attributes: treeAttributes(task, status, content),
    error,
    links: linksOfTree(folding),
  });
}

/** An attempt is linked to the one before; the first one to the caller's span, and to the tree that a fork copied. */
function linksOfTree({ options, attempt, place }: Folding): SpanRef[] {
  const { caller, forkedFrom } = options.task.tree;
  if (attempt > 1) return [treeSpan(place.treeUid, attempt - 1)];
  return [...(caller ? [caller] : []), ...(forkedFrom ? [treeSpan(forkedFrom, 1)] : [])];
}

/** Returns which attempt of the parent a task belongs to that began then. */
function parentAttempt({ attempt, endsMs }: NonNullable<TracedTask["parent"]>, fromMs: number): number {
  return Math.min(attempt, 1 + endsMs.filter((endMs) => endMs < fromMs).length);
}

/** Ends the spans of what a killed process did, and begins them again where the next one took over. */
function onCut(folding: Folding, cut: Cut, at: number): void {
  const { options, place } = folding;
  folding.wanted = options.isNewCut(cut);
  const diedAtMs = Math.max(folding.sinceMs, cut.diedAtMs);
  const running = [...folding.calls.values()].find(({ mode }) => !ANSWERS_TREE.has(mode));
  const isModelCall = folding.calls.size === 0;
  const turn = isModelCall ? beginTurn(folding) : folding.turn;
  if (turn && isModelCall) addModelCall(folding, turn, at, diedAtMs, {}, INTERRUPTED);
  if (running) {
    addToolCall(folding, running, diedAtMs, INTERRUPTED, null);
    running.before = toolSpan(place, idOf(options.task.uid, { turn: running.turn, id: running.id }, "call"));
    running.fromMs = cut.foundAtMs;
  }
  endTurn(folding, diedAtMs, INTERRUPTED);
  place.cuts += 1;
  folding.sinceMs = cut.foundAtMs;
  if (!turn) return;
  const ref = turnSpan(place, folding.attempt, turn.number);
  folding.turn = { ...turn, ref, fromMs: cut.foundAtMs, before: turn.ref };
}

const INTERRUPTED = "interrupted";
