import type { RequestId, Transport } from "@modelcontextprotocol/client";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { resolveValue } from "@/lib/mcp/config/secret-values";
import type { HttpServer, StdioServer } from "@/lib/mcp/config/types";
import type { AddressGuard } from "@/lib/mcp/transport/address-guard";
import { createFlowMeter } from "@/lib/mcp/transport/flow-meter";
import { createGuardedFetch } from "@/lib/mcp/transport/http-fetch";
import { type LaunchOptions, launchOf } from "@/lib/mcp/transport/launch";
import { stdioTransport } from "@/lib/mcp/transport/stdio-transport";
import type { SandboxPort } from "@/lib/sandbox/port";
import type { OpenedTransport, TransportHooks } from "./connection-options";
import type { McpLimits } from "./limits";
import type { ServerAuth } from "./oauth";

const GOODBYE_MS = 2_000;
const NOT_FOUND = 127;

export async function openStdio(
  server: StdioServer,
  hooks: TransportHooks,
  options: LaunchOptions & { sandbox: Pick<SandboxPort, "start">; limits: McpLimits; now(): number },
): Promise<OpenedTransport> {
  const process = await options.sandbox.start(await launchOf(server, options));
  const transport = stdioTransport(process, { ...options.limits, now: options.now, onBroken: hooks.onBroken });
  return {
    transport,
    lastWords: transport.lastWords,
    whyClosed() {
      const exit = transport.exit();
      if (!exit) return undefined;
      const output = transport.lastWords();
      const words = output ? `; its output: ${output}` : " without any output";
      // Bash also uses 127 for a command that does not exist.
      if (exit.exitStatus === NOT_FOUND && /not found|No such file/.test(output))
        return `ended, because its command ${server.command} is not in the sandbox (which has only /usr and the paths in its arguments); install it below /usr${words}`;
      return exit.exitStatus === null
        ? `was ended by a signal${words}`
        : `ended with exit status ${exit.exitStatus}${words}`;
    },
  };
}

export interface HttpOptions {
  limits: McpLimits;
  now(): number;
  guard: AddressGuard;
  secretOf(name: string): Promise<string | undefined>;
  /** Absent: sign-ins are not supported. */
  authOf?(server: HttpServer, url: URL): Promise<ServerAuth>;
}

export async function openHttp(
  server: HttpServer,
  hooks: TransportHooks,
  options: HttpOptions,
): Promise<OpenedTransport> {
  const url = await addressOf(server, options.secretOf);
  const headers = await headersOf(server, options.secretOf);
  const fetch = createGuardedFetch({
    guard: options.guard,
    frameBytes: options.limits.frameBytes,
    isFlood: createFlowMeter(options.now, options.limits.bytesPerSecond),
    onHuge: hooks.onBroken,
    onEnd: (init, isResumable) => {
      if (!isResumable) hooks.onAnswerEnded(requestsIn(init));
    },
  });
  // A token that a person entered is used unchanged.
  const auth = headers.has("authorization") ? undefined : await options.authOf?.(server, url);
  const transport = new StreamableHTTPClientTransport(url, {
    fetch: auth ? auth.fetchWith(fetch) : fetch,
    requestInit: { headers },
    reconnectionScheduler: scheduleReconnection,
  });
  return { transport: sayingGoodbye(transport), lastWords: () => "", whyClosed: () => undefined };
}

const LEAST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 30_000;

/**
 * A server says how long to wait before its stream is opened again. Zero, or more than a timer can hold, would open
 * streams without end.
 */
function scheduleReconnection(reconnect: () => void, givenMs: number): () => void {
  const timer = setTimeout(reconnect, Math.min(Math.max(givenMs, LEAST_PAUSE_MS), MOST_PAUSE_MS));
  return () => clearTimeout(timer);
}

async function headersOf(server: HttpServer, secretOf: HttpOptions["secretOf"]): Promise<Headers> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(server.headers)) {
    const text = await resolveValue(value, secretOf);
    try {
      headers.set(name, text);
    } catch {
      // The runtime's own error would quote the value, which may be a secret.
      throw new Error(`the value of the header ${name} has characters that headers do not allow; enter it again`);
    }
  }
  return headers;
}

/** Returns the server's address with its secret filled in; rejects with the end of a sentence. */
export async function addressOf(server: HttpServer, secretOf: HttpOptions["secretOf"]): Promise<URL> {
  const text = await resolveValue(server.url, secretOf);
  if (!URL.canParse(text)) throw new Error("its address is not a URL");
  return new URL(text);
}

/** Ends the session at the server on close, and waits only briefly for it. */
function sayingGoodbye(transport: StreamableHTTPClientTransport): Transport {
  const close = transport.close.bind(transport);
  transport.close = async () => {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS);
    });
    await Promise.race([transport.terminateSession().catch(() => undefined), patience]);
    clearTimeout(timer);
    await close();
  };
  return transport as Transport;
}

/** Returns the ids of the requests in a POST. */
function requestsIn(init: RequestInit | undefined): RequestId[] {
  if (init?.method !== "POST" || typeof init.body !== "string") return [];
  try {
    const messages: unknown[] = [JSON.parse(init.body)].flat();
    return messages.flatMap((message) => {
      const { id, method } = message as { id?: RequestId; method?: string };
      return id !== undefined && method !== undefined ? [id] : [];
    });
  } catch {
    return [];
  }
}
