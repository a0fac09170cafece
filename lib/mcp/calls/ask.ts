import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { calledOff, McpFailure, quoted, reasonOf } from "@/lib/mcp/config/errors";
import type { McpProgress } from "@/lib/mcp/config/types";
import type { Timers } from "@/lib/time/timers";

export interface AskOptions {
  /** The call is cancelled after this time without an answer or progress. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onProgress?(progress: McpProgress): void;
}

export interface AskContext {
  server: string;
  client: Client;
  timers: Timers;
  callTotalMs: number;
  /** Why the connection is down; undefined while it is up. */
  whyDown(): McpFailure | undefined;
}

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
    return await client.request(request, schema as z.ZodType<z.output<S>>, {
      signal: controller.signal,
      timeout: NEVER_MS,
      ...(options.onProgress && { onprogress }),
    });
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
  if (error instanceof McpError)
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
  if (error instanceof StreamableHTTPError) return httpFailure(server, error);
  const isUnsent = /ECONNREFUSED|ENOTFOUND|is not fetched|cannot be found/.test(reasonOf(error));
  return new McpFailure("unavailable", `The server ${server} cannot be reached: ${reasonOf(error)}.`, !isUnsent);
}

/** The server no longer knows the session: nothing ran, and a new session can be opened. */
export class SessionLost extends McpFailure {}

function httpFailure(server: string, error: StreamableHTTPError): McpFailure {
  if (error.code === 404)
    return new SessionLost("unavailable", `The server ${server} no longer knows this session (HTTP 404).`);
  const mayHaveRun = (error.code ?? 500) >= 500 || (error.code ?? -1) < 0;
  return new McpFailure(
    "unavailable",
    `The server ${server} did not accept the request (${httpReason(error)}).`,
    mayHaveRun,
  );
}

/** Returns `HTTP 401: …`, with what to do about it. */
export function httpReason(error: StreamableHTTPError): string {
  const status = error.code && error.code > 0 ? `HTTP ${error.code}: ` : "";
  const reason = reasonOf(error).replace(/^Streamable HTTP error: (Error POSTing to endpoint: )?/, "");
  const advice = error.code === 401 || error.code === 403 ? "; check the secrets in its headers" : "";
  return `${status}${reason}${advice}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
