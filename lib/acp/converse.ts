/** Sends one prompt to a coding agent that speaks version 1 of the Agent Client Protocol, and follows its work. */
import { setTimeout as delay } from "node:timers/promises";
import { type ClientContext, client, PROTOCOL_VERSION, RequestError } from "@agentclientprotocol/sdk";
import { z } from "zod";
import { untilRead } from "@/lib/sandbox/until-read";
import type { AgentProcess } from "./lines";
import { type AgentStream, agentStream } from "./stream";
import { cut, type Seen, type Work, workLog } from "./work";

export interface Conversation {
  /** The folder of the work, as the agent sees it. */
  cwd: string;
  /** What to do, when a new session begins. */
  prompt: string;
  /** An earlier session to continue. */
  session?: {
    id: string;
    /** What to do, when it could not be loaded and a new one began. */
    promptWithout: string;
  };
  /** What some agents read beside the protocol, as `_meta` of a new or loaded session. */
  meta?: Record<string, unknown>;
  /** Aborted: the agent is told to cancel, then the conversation ends. */
  signal: AbortSignal;
  /** Until a session is open. */
  startTimeoutMs: number;
  /** How long a cancelled agent may take to end its turn. */
  cancelTimeoutMs: number;
  onActivity(): void;
  onSeen(seen: Seen): void;
  /** The session is open. Nothing is asked of the agent before it can be found again after a crash. */
  onSession(id: string, agent: Told["agent"]): Promise<void>;
  /** Decides whether a call of the agent may run. */
  onPermission(ask: PermissionAsk): Promise<"allow" | "reject"> | "allow" | "reject";
}

/** What the agent wants to do. */
export interface PermissionAsk {
  title: string;
  /** As in `ToolCall`. */
  kind: string;
  /** The call's input as the agent gives it, or else the text and the differences that it shows. */
  input: unknown;
}

/** Why a conversation did not end with the agent's own stop reason. */
export type Fault =
  | { code: "not_signed_in" }
  /** `status`: of the provider's answer, when the agent tells it. */
  | { code: "error"; said: string; status?: number }
  | { code: "version"; version: number }
  | { code: "slow_start" }
  /** It does not know the session that it was started with. Nothing of the prompt was done. */
  | { code: "lost_session" }
  /** It says that its budget is spent. */
  | { code: "budget" }
  | { code: "ended"; exitStatus: number | null; said: string; problem: string | null }
  | { code: "nonsense"; why: string };

export interface Told {
  /** The agent's own name and version; null when it gives none. */
  agent: { name: string; version: string } | null;
  session: string | null;
  /** Whether the session is the earlier one. */
  isLoaded: boolean;
  /** Whether the prompt was sent. Then the agent may have done something, so nothing is tried again. */
  isPrompted: boolean;
  /** Why the agent stopped: end_turn, max_tokens, max_turn_requests, refusal or cancelled. */
  stopReason: string | null;
  fault: Fault | null;
  work: Work;
}

const NOT_SIGNED_IN = -32_000;
/** How long a process may take to end after it closed its output. */
const OWN_END_MS = 1_000;
export const SAID_CHARACTERS = 2_000;
/** Agents wait for an answer; one that does not would fill this process with questions, and a person's list. */
const MOST_ASKED = 50;
export const TOO_MANY_ASKED = `it asked for more than ${MOST_ASKED} permissions at once`;

export function isTooMany(asked: number): boolean {
  return asked > MOST_ASKED;
}

interface Context {
  process: AgentProcess;
  given: Conversation;
  stream: AgentStream;
  /** Until the prompt is sent, a session that is loaded repeats its history, which is not this call's work. */
  told: Omit<Told, "work">;
  /** Settles when the agent's turn is over. */
  turn: Promise<unknown>;
  /** Requests for permission that have no answer yet. */
  asked: number;
}

/** Never rejects. The caller ends the process afterwards. */
export async function converse(process: AgentProcess, given: Conversation): Promise<Told> {
  const log = workLog();
  const context: Context = {
    process,
    given,
    stream: agentStream(process),
    turn: Promise.resolve(),
    asked: 0,
    told: { agent: null, session: null, isLoaded: false, isPrompted: false, stopReason: null, fault: null },
  };
  const app = client({ name: "banyan" })
    .onRequest("session/request_permission", ({ params }) => answerPermission(context, params))
    .onRequest("fs/write_text_file", () => {
      throw new RequestError(-32_601, "Banyan writes no files for an agent. Write the file in the workspace yourself.");
    })
    .onNotification("session/update", anything, ({ params }) => {
      given.onActivity();
      const update = (params as { update?: unknown } | null)?.update;
      const seen = context.told.isPrompted ? log.take(update) : null;
      if (seen) given.onSeen(seen);
    })
    .onNotification("*", () => undefined);
  try {
    await app.connectWith(context.stream.stream, (agent) => follow(context, agent));
  } catch (error) {
    context.told.fault ??= await faultOf(context, error);
  }
  return { ...context.told, work: log.work() };
}

const anything = (params: unknown) => params;

async function follow(context: Context, agent: ClientContext): Promise<void> {
  const { given, told } = context;
  const prompt = await inTime(context, open(context, agent));
  if (prompt === null || told.session === null) return;
  const { session } = told;
  await given.onSession(session, told.agent);
  told.isPrompted = true;
  const onAbort = () => void agent.notify("session/cancel", { sessionId: session });
  given.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const turn = agent.request("session/prompt", { sessionId: session, prompt: [{ type: "text", text: prompt }] });
    if (given.signal.aborted) onAbort();
    const answer = await Promise.race([turn, afterCancel(given)]);
    told.stopReason = answer === null ? "cancelled" : cut(String(answer.stopReason), 100);
  } finally {
    given.signal.removeEventListener("abort", onAbort);
  }
}

/** Opens a session, and returns the prompt that fits it; null when there is a fault. */
async function open(context: Context, agent: ClientContext): Promise<string | null> {
  const { given, told } = context;
  const hello = await agent.request("initialize", {
    protocolVersion: PROTOCOL_VERSION,
    clientInfo: { name: "banyan", version: "1" },
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  });
  if (hello.protocolVersion !== PROTOCOL_VERSION) {
    told.fault = { code: "version", version: hello.protocolVersion };
    return null;
  }
  const { agentInfo } = hello;
  if (agentInfo) told.agent = { name: cut(agentInfo.name, 100), version: cut(agentInfo.version, 100) };
  const place = { cwd: given.cwd, mcpServers: [], ...(given.meta && { _meta: given.meta }) };
  if (given.session && hello.agentCapabilities?.loadSession === true) {
    told.isLoaded = await agent
      .request("session/load", { sessionId: given.session.id, ...place })
      .then(() => true)
      .catch((error: unknown) => {
        if (error instanceof RequestError) return false;
        throw error;
      });
    if (told.isLoaded) told.session = given.session.id;
  }
  if (told.session === null) told.session = openedShape.parse(await agent.request("session/new", place)).sessionId;
  return told.isLoaded ? given.prompt : (given.session?.promptWithout ?? given.prompt);
}

const openedShape = z.object({ sessionId: z.string().min(1).max(500) });

/** Returns null when there is a fault, or when the call is over. */
async function inTime(context: Context, opening: Promise<string | null>): Promise<string | null> {
  const { given, told } = context;
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const over = new Promise<null>((resolve) => {
    onAbort = () => resolve(null);
    timer = setTimeout(() => {
      told.fault = { code: "slow_start" };
      resolve(null);
    }, given.startTimeoutMs);
    given.signal.addEventListener("abort", onAbort, { once: true });
    if (given.signal.aborted) onAbort();
  });
  try {
    return await Promise.race([opening, over]);
  } finally {
    clearTimeout(timer);
    given.signal.removeEventListener("abort", onAbort);
    opening.catch(() => undefined);
  }
}

/** Resolves when an agent that was told to cancel has had its time. */
export function afterCancel({
  signal,
  cancelTimeoutMs,
}: Pick<Conversation, "signal" | "cancelTimeoutMs">): Promise<null> {
  return new Promise((resolve) => {
    const wait = () => setTimeout(() => resolve(null), cancelTimeoutMs).unref();
    if (signal.aborted) wait();
    else signal.addEventListener("abort", wait, { once: true });
  });
}

type PermissionRequest = {
  toolCall: { title?: string | null; kind?: string | null; rawInput?: unknown; content?: unknown };
  options: readonly { optionId: string; kind: string }[];
};

async function answerPermission(context: Context, request: PermissionRequest) {
  context.asked += 1;
  if (isTooMany(context.asked)) context.stream.leave(TOO_MANY_ASKED);
  try {
    return await decided(context, request);
  } finally {
    context.asked -= 1;
  }
}

async function decided({ given, stream }: Context, { toolCall, options }: PermissionRequest) {
  given.onActivity();
  const cancelled = { outcome: { outcome: "cancelled" } } as const;
  if (given.signal.aborted || stream.broken() !== null) return cancelled;
  const { title, kind, rawInput, content = null } = toolCall;
  const input = rawInput ?? { title, content };
  const ask = { title: cut(title ?? "", SAID_CHARACTERS), kind: cut(kind ?? "other", 100), input };
  const decision = await Promise.resolve(given.onPermission(ask)).catch(() => "cancel" as const);
  if (given.signal.aborted || decision === "cancel") return cancelled;
  // A permanent answer would also apply to requests that nobody has seen.
  const wanted = decision === "allow" ? ["allow_once"] : ["reject_once", "reject_always"];
  const option = wanted.flatMap((kind) => options.find((offered) => offered.kind === kind) ?? [])[0];
  return option ? { outcome: { outcome: "selected", optionId: option.optionId } as const } : cancelled;
}

async function faultOf({ process, stream, given, told }: Context, error: unknown): Promise<Fault | null> {
  const why = stream.broken();
  if (why !== null) return { code: "nonsense", why };
  if (given.signal.aborted) {
    told.stopReason ??= "cancelled";
    return null;
  }
  if (error instanceof RequestError) {
    if (error.code === NOT_SIGNED_IN) return { code: "not_signed_in" };
    const detail = (error.data as { details?: unknown } | null | undefined)?.details;
    const said = typeof detail === "string" ? `${error.message}: ${detail}` : error.message;
    return { code: "error", said: cut(said, SAID_CHARACTERS) };
  }
  if (error instanceof z.ZodError) return { code: "nonsense", why: "its answer does not follow the protocol" };
  return endedFault(process, stream.lastWords);
}

/**
 * Ends the process, and returns how it ended. A process that closed its output usually ends by itself soon, with a
 * status that says more than a kill would.
 */
export async function endedFault(process: AgentProcess, lastWords: () => string): Promise<Fault> {
  await Promise.race([process.ended, delay(OWN_END_MS, undefined, { ref: false })]);
  await process.kill();
  const { exitStatus, problem } = await process.ended;
  await untilRead([process.stderr]);
  return { code: "ended", exitStatus, said: lastWords(), problem: problem ?? null };
}
