import type { JSONRPCMessage, RequestId, Transport } from "@modelcontextprotocol/client";
import { isJSONRPCErrorResponse, isJSONRPCRequest, isJSONRPCResultResponse } from "@modelcontextprotocol/client";
import { createFlowMeter } from "./flow-meter";

export interface TransportWatch {
  now(): number;
  messagesPerSecond: number;
  cancelGraceMs: number;
  /** Called when a server sends more messages in a second than allowed. */
  onFlood(): void;
  /** A local process reads its messages in order, so its silence on the first message says that it is older. */
  isProcess: boolean;
  /** Called when a request was cancelled. `isStreamClosed`: nothing of it is left open. */
  onCancelled(id: RequestId, isStreamClosed: boolean): void;
  /** Called once per request when the server still works on it after its cancellation and the grace period. */
  onIgnoredCancellation(id: RequestId): void;
}

export interface WatchedTransport extends Transport {
  /** Whether a request was sent and neither answered nor cancelled. */
  isOpen(id: RequestId): boolean;
  lastHeardMs(): number;
  /** Whether `initialize` was sent; until then, the connection only asked for the server's versions. */
  isInitializing(): boolean;
  /** The SDK recognises the transport of a local process by these two. */
  readonly stderr?: null;
  readonly pid?: null;
}

const MOST_REMEMBERED = 1_000;
/** Requests that only ask whether the server is there. Cancelling one says nothing about another call. */
const CHECKS = ["ping", "server/discover"];
/** Stays open for as long as the connection, and its end is no lost answer. */
const STANDING = "subscriptions/listen";

interface WatchContext {
  watch: TransportWatch;
  isFlood(messages: number): boolean;
  /** Requests that were sent and neither answered nor cancelled. */
  open: Set<RequestId>;
  checks: Set<RequestId>;
  cancelledAtMs: Map<RequestId, number>;
  hasFlooded: boolean;
  lastHeardMs: number;
  isInitializing: boolean;
}

/** Watches a transport: the rate of messages, and messages about cancelled requests. */
export function watchTransport(inner: Transport, watch: TransportWatch): WatchedTransport {
  const context: WatchContext = {
    watch,
    isFlood: createFlowMeter(watch.now, watch.messagesPerSecond),
    open: new Set(),
    checks: new Set(),
    cancelledAtMs: new Map(),
    hasFlooded: false,
    lastHeardMs: watch.now(),
    isInitializing: false,
  };
  const watched: WatchedTransport = {
    start() {
      inner.onmessage = (message, extra) => {
        if (isTooMuch(context)) return;
        noteIncoming(context, message);
        watched.onmessage?.(message, extra);
      };
      inner.onclose = () => watched.onclose?.();
      inner.onerror = (error) => watched.onerror?.(error);
      return inner.start();
    },
    send(message, options) {
      noteOutgoing(context, message, options?.requestSignal);
      return inner.send(message, options);
    },
    close: () => inner.close(),
    get sessionId() {
      return inner.sessionId;
    },
    ...(inner.hasPerRequestStream && { hasPerRequestStream: true }),
    ...(watch.isProcess && { stderr: null, pid: null }),
    setProtocolVersion: (version) => inner.setProtocolVersion?.(version),
    isOpen: (id) => context.open.has(id),
    lastHeardMs: () => context.lastHeardMs,
    isInitializing: () => context.isInitializing,
  };
  return watched;
}

function isTooMuch(context: WatchContext): boolean {
  context.lastHeardMs = context.watch.now();
  if (!context.hasFlooded && context.isFlood(1)) {
    context.hasFlooded = true;
    context.watch.onFlood();
  }
  return context.hasFlooded;
}

function noteOutgoing(context: WatchContext, message: JSONRPCMessage, streamSignal: AbortSignal | undefined): void {
  if (isJSONRPCRequest(message)) {
    const { id, method } = message;
    if (method === STANDING) return;
    context.isInitializing ||= method === "initialize";
    context.open.add(id);
    if (CHECKS.includes(method)) context.checks.add(id);
    // Over HTTP, servers of 2026 get no message: closing the stream of a call cancels it.
    streamSignal?.addEventListener("abort", () => noteCancelled(context, id, true), { once: true });
  } else if ("method" in message && message.method === "notifications/cancelled") {
    const id = requestIdIn(message.params);
    if (id !== undefined) noteCancelled(context, id, false);
  }
}

function noteCancelled({ watch, open, checks, cancelledAtMs }: WatchContext, id: RequestId, isClosed: boolean): void {
  // The end of a standing request, or of one that was answered, cancels nothing.
  if (!open.delete(id)) return;
  if (checks.delete(id)) return;
  if (!isClosed) cancelledAtMs.set(id, watch.now());
  for (const [oldest] of cancelledAtMs) if (cancelledAtMs.size > MOST_REMEMBERED) cancelledAtMs.delete(oldest);
  watch.onCancelled(id, isClosed);
}

function noteIncoming(context: WatchContext, message: JSONRPCMessage): void {
  if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
    if (message.id === undefined) return;
    context.open.delete(message.id);
    context.checks.delete(message.id);
    noteLate(context, message.id);
  } else if ("method" in message && message.method === "notifications/progress") {
    const token = message.params?.progressToken;
    if (typeof token === "number") noteLate(context, token, true);
  }
}

function noteLate({ watch, cancelledAtMs, lastHeardMs }: WatchContext, id: RequestId, isStillWorking = false): void {
  const atMs = cancelledAtMs.get(id);
  if (atMs === undefined) return;
  const isLate = lastHeardMs - atMs > watch.cancelGraceMs;
  if (!isLate && isStillWorking) return;
  cancelledAtMs.delete(id);
  if (isLate) watch.onIgnoredCancellation(id);
}

function requestIdIn(params: unknown): RequestId | undefined {
  const id = typeof params === "object" && params !== null && "requestId" in params ? params.requestId : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}
