/**
 * Sends one prompt to Claude Code by its own stream-json, for machines where nothing speaks the Agent Client Protocol for
 * it. It gives the same as `lib/acp/converse.ts`.
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  afterCancel,
  type Conversation,
  endedFault,
  type Fault,
  isTooMany,
  type PermissionAsk,
  SAID_CHARACTERS,
  TOO_MANY_ASKED,
  type Told,
} from "@/lib/acp/converse";
import { type AgentLines, type AgentProcess, agentLines } from "@/lib/acp/lines";
import { cut, type WorkLog, workLog } from "@/lib/acp/work";
import { kindOf, titleOf, updatesReader } from "./updates";

/** The session that a program was started with. */
export interface Opening {
  session: string;
  /** An earlier session; otherwise a new one of this name. */
  isResumed: boolean;
}

const MOST_TURNS = 1_000;

/** Returns the program's arguments. `budgetUsd` is its own limit, which overshoots; null: none. */
export function streamArguments({ session, isResumed }: Opening, budgetUsd: number | null): string[] {
  return [
    "-p",
    "--input-format",
    "stream-json",
    "--output-format",
    "stream-json",
    "--verbose",
    "--permission-prompt-tool",
    "stdio",
    // Settings, hooks and servers of the workspace's repository are not read, because they are not the person's.
    "--mcp-config",
    '{"mcpServers":{}}',
    "--strict-mcp-config",
    "--setting-sources=",
    "--disallowedTools",
    "WebFetch,WebSearch",
    "--max-turns",
    String(MOST_TURNS),
    ...(budgetUsd === null ? [] : ["--max-budget-usd", budgetUsd.toFixed(6)]),
    ...(isResumed ? ["--resume", session] : ["--session-id", session]),
  ];
}

const resultShape = z.object({
  subtype: z.string().catch(""),
  // After a provider's 500 it says `subtype: "success"`, so only this field shows the failure.
  is_error: z.boolean().catch(true),
  result: z.string().optional().catch(undefined),
  errors: z.array(z.string()).optional().catch(undefined),
  stop_reason: z.string().nullish().catch(undefined),
  api_error_status: z.number().nullish().catch(undefined),
});

type Result = z.output<typeof resultShape>;

const requestShape = z.object({
  request_id: z.string().min(1).max(500),
  request: z.looseObject({ subtype: z.string() }),
});

interface Context {
  given: Conversation;
  opening: Opening;
  lines: AgentLines;
  log: WorkLog;
  updatesIn: ReturnType<typeof updatesReader>;
  told: Omit<Told, "work">;
  /** It read the prompt, so it knows its session. */
  isRead: boolean;
  /** Requests of the agent that have no answer yet. */
  asked: Set<string>;
  /** What is being decided, also for requests that the agent has withdrawn. */
  waiting: number;
  onReady(): void;
  /** The end of its turn; null when its output ended. */
  onEnd(result: Result | null): void;
}

/** Never rejects. The caller ends the process afterwards. */
export async function converseByStream(process: AgentProcess, given: Conversation, opening: Opening): Promise<Told> {
  const log = workLog();
  const ready = settled<void>();
  const end = settled<Result | null>();
  const context: Context = {
    given,
    opening,
    log,
    updatesIn: updatesReader(),
    isRead: false,
    asked: new Set(),
    waiting: 0,
    told: { agent: null, session: null, isLoaded: false, isPrompted: false, stopReason: null, fault: null },
    onReady: ready.settle,
    onEnd: end.settle,
    lines: agentLines(process, { take: (message) => take(context, message), onClose: () => end.settle(null) }),
  };
  const result = await follow(context, ready.promise, end.promise);
  if (result) noteResult(context, result);
  else if (!given.signal.aborted) context.told.fault ??= await brokenFault(context, process);
  if (given.signal.aborted) context.told.stopReason ??= "cancelled";
  return { ...context.told, work: log.work() };
}

function settled<T>() {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

/** Returns the result of its turn; null when there was none. */
async function follow(context: Context, ready: Promise<void>, end: Promise<Result | null>): Promise<Result | null> {
  const { given, opening, lines, told } = context;
  void lines.send({ type: "control_request", request_id: randomUUID(), request: { subtype: "initialize" } });
  const start = startTime(context);
  const early = await Promise.race([ready.then(() => "ready" as const), end, start.over]).finally(start.clear);
  if (early !== "ready") return early;
  told.session = opening.session;
  told.isLoaded = opening.isResumed;
  await given.onSession(opening.session, told.agent);
  told.isPrompted = true;
  const interrupt = () =>
    void lines.send({ type: "control_request", request_id: randomUUID(), request: { subtype: "interrupt" } });
  given.signal.addEventListener("abort", interrupt, { once: true });
  void lines.send({ type: "user", message: { role: "user", content: given.prompt } });
  try {
    return await Promise.race([end, afterCancel(given)]);
  } finally {
    given.signal.removeEventListener("abort", interrupt);
  }
}

/** `over` resolves when the program had its time to start, or the call is over. */
function startTime({ given, told }: Context): { over: Promise<null>; clear(): void } {
  const { promise: over, settle } = settled<null>();
  const onAbort = () => settle(null);
  const timer = setTimeout(() => {
    told.fault = { code: "slow_start" };
    settle(null);
  }, given.startTimeoutMs);
  given.signal.addEventListener("abort", onAbort, { once: true });
  if (given.signal.aborted) onAbort();
  return {
    over,
    clear() {
      clearTimeout(timer);
      given.signal.removeEventListener("abort", onAbort);
    },
  };
}

async function brokenFault({ lines }: Context, process: AgentProcess): Promise<Fault> {
  const why = lines.broken();
  return why === null ? endedFault(process, lines.lastWords) : { code: "nonsense", why };
}

function noteResult({ told, given, opening, isRead }: Context, result: Result): void {
  const { subtype, is_error, errors = [], stop_reason, api_error_status } = result;
  if (given.signal.aborted) return;
  if (!is_error) {
    told.stopReason = stop_reason === "max_tokens" || stop_reason === "refusal" ? stop_reason : "end_turn";
  } else if (opening.isResumed && !isRead) {
    told.session = null;
    told.isLoaded = false;
    // It ends before it reads the prompt.
    told.isPrompted = false;
    told.fault = { code: "lost_session" };
  } else if (subtype === "error_max_turns") {
    told.stopReason = "max_turn_requests";
  } else if (subtype === "error_max_budget_usd") {
    told.fault = { code: "budget" };
  } else {
    const said = cut(result.result ?? errors.join(" "), SAID_CHARACTERS);
    told.fault = { code: "error", said, ...(typeof api_error_status === "number" && { status: api_error_status }) };
  }
}

function take(context: Context, message: Record<string, unknown>): boolean {
  const { given, told, log } = context;
  switch (message.type) {
    case "control_response":
      context.onReady();
      return true;
    case "control_request":
      void answer(context, message);
      return true;
    case "control_cancel_request":
      context.asked.delete(String(message.request_id));
      return true;
    case "result":
      context.onEnd(resultShape.parse(message));
      return true;
    case "system":
      given.onActivity();
      if (message.subtype === "init") begin(context, message);
      return true;
    default: {
      given.onActivity();
      for (const update of told.isPrompted ? context.updatesIn(message) : []) {
        const seen = log.take(update);
        if (seen) given.onSeen(seen);
      }
      return typeof message.type === "string";
    }
  }
}

function begin(context: Context, { claude_code_version: version }: Record<string, unknown>): void {
  const { told } = context;
  context.isRead = true;
  if (typeof version === "string") told.agent = { name: "claude-code", version: cut(version, 100) };
}

async function answer(context: Context, message: Record<string, unknown>): Promise<void> {
  const { given, lines, asked } = context;
  given.onActivity();
  const { data } = requestShape.safeParse(message);
  if (!data) return;
  const { request_id, request } = data;
  asked.add(request_id);
  context.waiting += 1;
  if (isTooMany(context.waiting)) lines.leave(TOO_MANY_ASKED);
  if (lines.broken() !== null) return;
  const response = await answerTo(given, request);
  context.waiting -= 1;
  // It withdrew the request, or its turn is being cancelled.
  if (!asked.delete(request_id) || given.signal.aborted) return;
  const outcome = response
    ? { subtype: "success", request_id, response }
    : { subtype: "error", request_id, error: `Banyan does not answer ${cut(request.subtype, 100)}.` };
  await lines.send({ type: "control_response", response: outcome });
}

const askShape = z.object({ tool_name: z.string().max(200), input: z.record(z.string(), z.unknown()) });
const NOBODY = "Nobody can answer a question here. Decide yourself, and say at the end what you assumed.";
const REFUSED = "This is not allowed in Banyan's sandbox. Go on without it.";

/** Returns null for a request that has no answer. */
async function answerTo(given: Conversation, request: { subtype: string }): Promise<Record<string, unknown> | null> {
  if (request.subtype === "elicitation") return { action: "decline" };
  const { data } = request.subtype === "can_use_tool" ? askShape.safeParse(request) : { data: undefined };
  if (!data) return null;
  const { tool_name: tool, input } = data;
  if (tool === "AskUserQuestion") return { behavior: "deny", message: NOBODY };
  const ask: PermissionAsk = { title: cut(titleOf(tool, input), SAID_CHARACTERS), kind: kindOf(tool), input };
  // The agent waits for an answer, also when nobody can give one any more.
  const decision = await Promise.resolve(given.onPermission(ask)).catch(() => "reject" as const);
  return decision === "allow" ? { behavior: "allow", updatedInput: input } : { behavior: "deny", message: REFUSED };
}
