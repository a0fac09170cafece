import { type Client, ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";
import { z } from "zod";
import { calledOff, McpFailure, quoted, reasonOf } from "@/lib/mcp/config/errors";
import type { McpProgress } from "@/lib/mcp/config/types";
import type { Timers } from "@/lib/time/timers";

export interface AskOptions {
  /** The call is cancelled after this time without an answer or progress. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onProgress?(progress: McpProgress): void;
  /** Sent with the request over HTTP; other transports have no headers. */
  headers?: Record<string, string>;
}

export interface AskContext {
  server: string;
  client: Client;
  timers: Timers;
  callTotalMs: number;
  /** Why the connection is down; undefined while it is up. */
  whyDown(): McpFailure | undefined;
}

/** How the SDK begins its sentences about refused requests. */
const POSTING = /^Error POSTing to endpoint: /;
/** The SDK's own timeout is not used. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * Sends one request. Settles as soon as it is cancelled or times out, and tells the server. Rejects with a McpFailure.
 */
export async function ask<S extends z.ZodType>(
  context: AskContext,
  request: { method: string; params?: Record<string, unknown> },
  schema: S,
  options: AskOptions,
): Promise<z.output<S>> {
  const { client, server, timers } = context;
  const gone = context.whyDown();
  if (gone) throw gone;
  if (options.signal?.aborted) throw calledOff(server);
  const controller = new AbortController();
  let ended: McpFailure | undefined;
  const end = (why: McpFailure) => {
    ended ??= why;
    controller.abort(why.kind);
  };
  const onAbort = () => end(calledOff(server, true));
  const onSilence = () =>
    end(
      new McpFailure(
        "timeout",
        `The server ${server} gave no answer and no progress for ${seconds(options.timeoutMs)}, so its call was cancelled.`,
        true,
      ),
    );
  let stopTimer = timers.after(options.timeoutMs, onSilence);
  const stopTotal = timers.after(Math.min(context.callTotalMs, NEVER_MS), () =>
    end(
      new McpFailure(
        "timeout",
        `The call to ${server} took longer than ${seconds(context.callTotalMs)}, so it was cancelled.`,
        true,
      ),
    ),
  );
  const onprogress = (progress: McpProgress) => {
    stopTimer();
    stopTimer = timers.after(options.timeoutMs, onSilence);
    const { total, message } = progress;
    options.onProgress?.({
      progress: progress.progress,
      ...(total !== undefined && { total }),
      ...(message && { message: quoted(message) }),
    });
  };
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    // The SDK would only say that a result is invalid, so it is read here.
    const result = await client.request(request, z.unknown(), {
      signal: controller.signal,
      timeout: NEVER_MS,
      ...(options.onProgress && { onprogress }),
      // Older servers do not know them.
      ...(options.headers && client.getProtocolEra() === "modern" && { headers: options.headers }),
    });
    return schema.parse(result);
  } catch (error) {
    throw ended ?? failureOf(context, error);
  } finally {
    stopTimer();
    stopTotal();
    options.signal?.removeEventListener("abort", onAbort);
  }
}

function failureOf(context: AskContext, error: unknown): McpFailure {
  const { server } = context;
  if (error instanceof McpFailure) return error;
  const gone = context.whyDown();
  if (gone) return new McpFailure(gone.kind, gone.message, true);
  if (error instanceof ProtocolError)
    return new McpFailure(
      "refused",
      `The server ${server} refused the request: ${reasonOf(error).replace(/^MCP error -?\d+: /, "")}.`,
    );
  if (error instanceof z.core.$ZodError) {
    const issue = error.issues[0];
    return new McpFailure(
      "misbehaved",
      `The server ${server} sent an invalid result (${quoted(`${issue?.path.join(".")}: ${issue?.message}`)}).`,
    );
  }
  if (error instanceof SdkHttpError) return httpFailure(server, error);
  if (error instanceof SdkError && isQuestion(error))
    return new McpFailure("refused", `The server ${server} asked a question during the call, and got no answer.`, true);
  if (error instanceof SdkError && INVALID.includes(error.code))
    return new McpFailure("misbehaved", `The server ${server} sent an invalid result (${reasonOf(error)}).`);
  const isUnsent = /ECONNREFUSED|ENOTFOUND|is not fetched|cannot be found/.test(reasonOf(error));
  return new McpFailure("unavailable", `The server ${server} cannot be reached: ${reasonOf(error)}.`, !isUnsent);
}

/** What the SDK reports about a result that it cannot read. */
const INVALID: readonly SdkErrorCode[] = [SdkErrorCode.InvalidResult, SdkErrorCode.UnsupportedResultType];

/** Whether a server of 2026 answered a call with a question, which we did not say that we can answer. */
function isQuestion({ data }: SdkError): boolean {
  return typeof data === "object" && data !== null && "resultType" in data && data.resultType === "input_required";
}

/** The server no longer knows the session: nothing ran, and a new session can be opened. */
export class SessionLost extends McpFailure {}

function httpFailure(server: string, error: SdkHttpError): McpFailure {
  if (error.status === 404)
    return new SessionLost("unavailable", `The server ${server} no longer knows this session (HTTP 404).`);
  const mayHaveRun = error.status >= 500;
  return new McpFailure(
    "unavailable",
    `The server ${server} did not accept the request (${httpReason(error)}).`,
    mayHaveRun,
  );
}

/** Returns `HTTP 401: …`, with what to do about it. */
export function httpReason(error: SdkHttpError): string {
  const { status, text } = error.data;
  // The body says more than the SDK's sentence, except where there is none: after a redirect.
  const reason = typeof text === "string" && text !== "" ? quoted(text) : reasonOf(error).replace(POSTING, "");
  const advice = status === 401 || status === 403 ? "; check the secrets in its headers" : "";
  return `HTTP ${status}: ${reason}${advice}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
