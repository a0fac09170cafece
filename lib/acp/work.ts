/**
 * Collects what an agent reports while it works on a prompt. All of it comes from outside, so each part has a limit.
 */
import { z } from "zod";

export interface ToolCall {
  title: string;
  /** What the agent says that it is: read, edit, execute and so on. */
  kind: string;
  status: string;
  /** What the agent gave the call, as JSON; empty when it does not say. */
  input: string;
  files: string[];
  diffs: { path: string; before: string; after: string }[];
  output: string;
}

interface PlanEntry {
  text: string;
  status: string;
}

export interface Work {
  /** In the order in which they began. */
  calls: ToolCall[];
  /** Calls beyond the limit, which are only counted. */
  moreCalls: number;
  /** The agent's last message. */
  message: string;
  plan: PlanEntry[];
  /** What the agent says about its context and its cost; Banyan's own figures are those of the gateway. */
  usage: { used: number; size: number; cost: { amount: number; currency: string } | null } | null;
}

/** One thing that people may watch. */
export type Seen =
  | { type: "text"; text: string }
  | { type: "call"; call: ToolCall; isEnd: boolean }
  | { type: "plan"; plan: PlanEntry[] };

export interface WorkLog {
  /** Takes one update as it came; returns what people may watch, or null. */
  take(update: unknown): Seen | null;
  work(): Work;
}

const MOST_CALLS = 300;
const MOST_PARTS = 20;
const MOST_FILES = 50;
const MESSAGE_CHARACTERS = 32_000;
const INPUT_CHARACTERS = 4_000;
const OUTPUT_CHARACTERS = 4_000;
const DIFF_CHARACTERS = 100_000;
const LINE_CHARACTERS = 500;
const PLAN_ENTRIES = 100;

const text = (most: number) => z.string().transform((given) => cut(given, most));
const line = text(LINE_CHARACTERS);

const contentShape = z.union([
  z.object({
    type: z.literal("content"),
    content: z.object({ type: z.literal("text"), text: text(OUTPUT_CHARACTERS) }),
  }),
  z.object({
    type: z.literal("diff"),
    path: line,
    oldText: z.string().nullish(),
    newText: z.string(),
  }),
]);

const callShape = z.object({
  toolCallId: z.string().min(1).max(500),
  title: line.nullish().catch(undefined),
  kind: line.nullish().catch(undefined),
  status: line.nullish().catch(undefined),
  content: z.array(z.unknown()).nullish().catch(undefined),
  locations: z.array(z.unknown()).nullish().catch(undefined),
  rawInput: z.unknown().optional(),
});

const chunkShape = z.object({
  content: z.object({ type: z.literal("text"), text: z.string() }),
  messageId: z.string().max(500).nullish().catch(undefined),
});

const planShape = z.object({ entries: z.array(z.object({ content: line, status: line.catch("pending") })) });

const usageShape = z.object({
  used: z.number(),
  size: z.number(),
  cost: z
    .object({ amount: z.number(), currency: z.string().max(10) })
    .nullish()
    .catch(undefined),
});

interface Context extends Work {
  byId: Map<string, ToolCall>;
  /** The message that grows; null when the next text begins another one. */
  messageId: string | null | undefined;
}

export function workLog(): WorkLog {
  const context: Context = {
    calls: [],
    moreCalls: 0,
    message: "",
    plan: [],
    usage: null,
    byId: new Map(),
    messageId: null,
  };
  return {
    take: (update) => take(context, update),
    work: () => {
      const { calls, moreCalls, message, plan, usage } = context;
      return { calls, moreCalls, message, plan, usage };
    },
  };
}

function take(context: Context, update: unknown): Seen | null {
  const kind = (update as { sessionUpdate?: unknown } | null)?.sessionUpdate;
  switch (kind) {
    case "agent_message_chunk":
      return takeText(context, update);
    case "tool_call":
    case "tool_call_update":
      return takeCall(context, update);
    case "plan":
      return takePlan(context, update);
    case "usage_update": {
      const { data } = usageShape.safeParse(update);
      if (data) context.usage = { used: data.used, size: data.size, cost: data.cost ?? null };
      return null;
    }
    default:
      return null;
  }
}

function takeText(context: Context, update: unknown): Seen | null {
  const { data } = chunkShape.safeParse(update);
  if (!data) return null;
  const isSame = context.messageId !== null && context.messageId === data.messageId;
  const before = isSame ? context.message : "";
  context.message = cut(before + data.content.text, MESSAGE_CHARACTERS);
  context.messageId = data.messageId ?? undefined;
  return { type: "text", text: cut(data.content.text, MESSAGE_CHARACTERS) };
}

function takeCall(context: Context, update: unknown): Seen | null {
  const { data } = callShape.safeParse(update);
  if (!data) return null;
  // Agents without ids of messages begin another message after a call.
  if (context.messageId === undefined) context.messageId = null;
  const call = context.byId.get(data.toolCallId) ?? begin(context, data.toolCallId);
  if (!call) return null;
  const wasOver = isOver(call);
  call.title = data.title ?? call.title;
  call.kind = data.kind ?? call.kind;
  // Each end is recorded in the task's log, so a call ends once, whatever the agent says of it later.
  if (!wasOver) call.status = data.status ?? call.status;
  if (data.rawInput !== undefined && data.rawInput !== null)
    call.input = cut(JSON.stringify(data.rawInput), INPUT_CHARACTERS);
  if (data.content) setContent(call, data.content);
  if (data.locations)
    addFiles(
      call,
      data.locations.map((location) => (location as { path?: unknown } | null)?.path),
    );
  return { type: "call", call, isEnd: isOver(call) && !wasOver };
}

function begin(context: Context, id: string): ToolCall | null {
  if (context.calls.length >= MOST_CALLS) {
    context.moreCalls += 1;
    return null;
  }
  const call: ToolCall = { title: "", kind: "other", status: "pending", input: "", files: [], diffs: [], output: "" };
  context.calls.push(call);
  context.byId.set(id, call);
  return call;
}

function isOver({ status }: ToolCall): boolean {
  return status === "completed" || status === "failed";
}

function setContent(call: ToolCall, parts: readonly unknown[]): void {
  const known = parts.slice(0, MOST_PARTS).flatMap((part) => contentShape.safeParse(part).data ?? []);
  call.output = cut(
    known.map((part) => (part.type === "content" ? part.content.text : "")).join(""),
    OUTPUT_CHARACTERS,
  );
  const diffs = known.flatMap((part) => (part.type === "diff" ? part : []));
  call.diffs = diffs.map(({ path, oldText, newText }) => ({
    path,
    before: cut(oldText ?? "", DIFF_CHARACTERS),
    after: cut(newText, DIFF_CHARACTERS),
  }));
  addFiles(
    call,
    diffs.map(({ path }) => path),
  );
}

function addFiles(call: ToolCall, paths: readonly unknown[]): void {
  const named = paths.filter((path) => typeof path === "string").map((path) => cut(path, LINE_CHARACTERS));
  call.files = [...new Set([...call.files, ...named])].slice(0, MOST_FILES);
}

function takePlan(context: Context, update: unknown): Seen | null {
  const { data } = planShape.safeParse(update);
  if (!data) return null;
  context.plan = data.entries.slice(0, PLAN_ENTRIES).map(({ content, status }) => ({ text: content, status }));
  return { type: "plan", plan: context.plan };
}

export function cut(given: string, most: number): string {
  return given.length <= most ? given : `${given.slice(0, most)}…`;
}
