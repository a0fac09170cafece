import {
  type Client,
  ProtocolError,
  ProtocolErrorCode,
  type RequestOptions,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
} from "@modelcontextprotocol/client";
import { z } from "zod";
import { calledOff, isUnsent, McpFailure, quoted, reasonOf } from "@/lib/mcp/config/errors";
import type { McpProgress } from "@/lib/mcp/config/types";
import type { Timers } from "@/lib/time/timers";
import { LONGEST_TIMER_MS, type Patience, startPatience } from "./patience";
import { type OpenCalls, openCall, type Questions, untilComplete } from "./questions";

export interface AskOptions {
  /** The call is cancelled after this time without an answer or progress. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onProgress?(progress: McpProgress): void;
  /** Sent with the request over HTTP; other transports have no headers. */
  headers?: Record<string, string>;
  /** Absent: the server can ask nothing during the request. */
  questions?: Questions;
}

export interface AskContext {
  server: string;
  client: Client;
  calls: OpenCalls;
  timers: Timers;
  now(): number;
  callTotalMs: number;
  /** Why the connection is down; undefined while it is up. */
  whyDown(): McpFailure | undefined;
}

/** How the SDK begins its sentences about refused requests. */
const POSTING = /^Error POSTing to endpoint: /;

/**
 * Sends one request. Settles as soon as it is cancelled or times out, and tells the server. Rejects with a McpFailure.
 */
export async function ask<S extends z.ZodType>(
  context: AskContext,
  request: { method: string; params?: Record<string, unknown> },
  schema: S,
  options: AskOptions,
): Promise<z.output<S>> {
  const { client, server, timers, calls } = context;
  const gone = context.whyDown();
  if (gone) throw gone;
  if (options.signal?.aborted) throw calledOff(server);
  const controller = new AbortController();
  const { signal } = controller;
  let ended: McpFailure | undefined;
  const end = (why: McpFailure) => {
    ended ??= why;
    controller.abort(why.kind);
  };
  const onAbort = () => end(calledOff(server, true));
  const patience = patienceOf(context, options.timeoutMs, end);
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const { pause } = patience;
  const call = options.questions && openCall(server, options.questions, signal, pause);
  const how = { ...sendOptions(options, client, patience), signal };
  const send = (more?: Record<string, unknown>) =>
    // The SDK would only say that a result is invalid, so it is read here.
    client.request(more ? { ...request, params: { ...request.params, ...more } } : request, z.unknown(), how);
  const work = () => untilComplete(call, { client, server, timers, signal }, send);
  try {
    return schema.parse(await (call ? calls.during(call, work) : work()));
  } catch (error) {
    throw ended ?? failureOf(context, error, request.method === "tools/call");
  } finally {
    patience.stop();
    options.signal?.removeEventListener("abort", onAbort);
    // Nobody waits for an open question any more.
    controller.abort();
  }
}

function patienceOf(context: AskContext, silenceMs: number, end: (why: McpFailure) => void): Patience {
  const { server, timers, now, callTotalMs: totalMs } = context;
  const late = (sentence: string) => end(new McpFailure("timeout", sentence, true));
  return startPatience({
    timers,
    now,
    silenceMs,
    totalMs,
    onSilence: () =>
      late(`The server ${server} gave no answer and no progress for ${seconds(silenceMs)}, so its call was cancelled.`),
    onTooLong: () => late(`The call to ${server} took longer than ${seconds(totalMs)}, so it was cancelled.`),
  });
}

function sendOptions({ onProgress, headers }: AskOptions, client: Client, patience: Patience): RequestOptions {
  const onprogress = (progress: McpProgress) => {
    patience.alive();
    const { total, message } = progress;
    onProgress?.({
      progress: progress.progress,
      ...(total !== undefined && { total }),
      ...(message && { message: quoted(message) }),
    });
  };
  return {
    // The SDK's own timeout is not used.
    timeout: LONGEST_TIMER_MS,
    allowInputRequired: true,
    ...(onProgress && { onprogress }),
    // Older servers do not know them.
    ...(headers && client.getProtocolEra() === "modern" && { headers }),
  };
}

/** `isCall`: the request was a call of a tool. A server that answers in any way may have run it. */
function failureOf(context: AskContext, error: unknown, isCall: boolean): McpFailure {
  const { server } = context;
  if (error instanceof McpFailure) return error;
  const gone = context.whyDown();
  if (gone) return new McpFailure(gone.kind, gone.message, true);
  if (error instanceof ProtocolError)
    return new McpFailure(
      "refused",
      `The server ${server} refused the request: ${reasonOf(error).replace(/^MCP error -?\d+: /, "")}.`,
      isCall && !NOT_RUN.has(error.code),
    );
  if (error instanceof z.core.$ZodError) {
    const issue = error.issues[0];
    return new McpFailure(
      "misbehaved",
      `The server ${server} sent an invalid result (${quoted(`${issue?.path.join(".")}: ${issue?.message}`)}).`,
      isCall,
    );
  }
  if (error instanceof SdkHttpError) return httpFailure(context, error);
  if (error instanceof SdkError && INVALID.includes(error.code))
    return new McpFailure("misbehaved", `The server ${server} sent an invalid result (${reasonOf(error)}).`, isCall);
  return new McpFailure("unavailable", `The server ${server} cannot be reached: ${reasonOf(error)}.`, !isUnsent(error));
}

/** What the SDK reports about a result that it cannot read. */
const INVALID: readonly SdkErrorCode[] = [SdkErrorCode.InvalidResult, SdkErrorCode.UnsupportedResultType];

/** By these codes a server refuses a request before it runs anything. */
const NOT_RUN: ReadonlySet<number> = new Set([
  ProtocolErrorCode.ParseError,
  ProtocolErrorCode.InvalidRequest,
  ProtocolErrorCode.MethodNotFound,
  ProtocolErrorCode.InvalidParams,
  ProtocolErrorCode.MissingRequiredClientCapability,
  ProtocolErrorCode.UnsupportedProtocolVersion,
]);

/** The server no longer knows the session: nothing ran, and a new session can be opened. */
export class SessionLost extends McpFailure {}

function httpFailure({ server, client }: AskContext, error: SdkHttpError): McpFailure {
  if (error.status === 404)
    return new SessionLost("unavailable", `The server ${server} no longer knows this session (HTTP 404).`);
  const sentence = `The server ${server} did not accept the request (${httpReason(error)}).`;
  // Many servers answer 400 instead of 404 when they were restarted. A request that is itself wrong gets it again.
  if (error.status === 400 && client.transport?.sessionId !== undefined)
    return new SessionLost("unavailable", sentence);
  return new McpFailure("unavailable", sentence, error.status >= 500);
}

/** Servers answer 403 also to a host name that they do not know. */
const ADVICE: Record<number, string> = {
  401: "; check the secrets in its headers",
  403: "; check its address and the secrets in its headers",
};
const MOST_PAGE_CHARACTERS = 2_000;

/** Web servers answer an unknown path with a page: its tags tell nothing. */
function textOfPage(text: string): string {
  const start = text.slice(0, MOST_PAGE_CHARACTERS);
  return start.trimStart().startsWith("<") ? start.replace(/<[^>]*>/g, " ") : text;
}

/** Returns `HTTP 401: …`, with what to do about it. */
export function httpReason(error: SdkHttpError): string {
  const { status, text } = error.data;
  // The body says more than the SDK's sentence, except where there is none: after a redirect.
  const reason =
    typeof text === "string" && text !== "" ? quoted(textOfPage(text)) : reasonOf(error).replace(POSTING, "");
  return `HTTP ${status}: ${reason}${ADVICE[status] ?? ""}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
