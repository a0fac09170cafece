import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
} from "@modelcontextprotocol/sdk/types.js";
import { createFlowMeter } from "./flow-meter";

export interface TransportWatch {
  now(): number;
  messagesPerSecond: number;
  cancelGraceMs: number;
  /** Called when a server sends more messages in a second than allowed. */
  onFlood(): void;
  /** Called when a request was cancelled. */
  onCancelled(id: RequestId): void;
  /** Called once per request when the server still works on it after its cancellation and the grace period. */
  onIgnoredCancellation(id: RequestId): void;
}

export interface WatchedTransport extends Transport {
  /** Whether a request was sent and neither answered nor cancelled. */
  isOpen(id: RequestId): boolean;
  lastHeardMs(): number;
  /** The version in the server's answer to `initialize`. */
  protocolVersion(): string;
}

const MOST_REMEMBERED = 1_000;

interface WatchContext {
  watch: TransportWatch;
  isFlood(messages: number): boolean;
  /** Requests that were sent and neither answered nor cancelled. */
  open: Set<RequestId>;
  pings: Set<RequestId>;
  cancelledAtMs: Map<RequestId, number>;
  hasFlooded: boolean;
  lastHeardMs: number;
  /** The version in the server's answer; empty before it. */
  version: string;
}

/** Watches a transport: the rate of messages, and messages about cancelled requests. */
export function watchTransport(inner: Transport, watch: TransportWatch): WatchedTransport {
  const context: WatchContext = {
    watch,
    isFlood: createFlowMeter(watch.now, watch.messagesPerSecond),
    open: new Set(),
    pings: new Set(),
    cancelledAtMs: new Map(),
    hasFlooded: false,
    lastHeardMs: watch.now(),
    version: "",
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
      noteOutgoing(context, message);
      return inner.send(message, options);
    },
    close: () => inner.close(),
    get sessionId() {
      return inner.sessionId;
    },
    setProtocolVersion: (version) => inner.setProtocolVersion?.(version),
    isOpen: (id) => context.open.has(id),
    lastHeardMs: () => context.lastHeardMs,
    protocolVersion: () => context.version,
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

function noteOutgoing({ watch, open, pings, cancelledAtMs }: WatchContext, message: JSONRPCMessage): void {
  if (isJSONRPCRequest(message)) {
    open.add(message.id);
    if (message.method === "ping") pings.add(message.id);
  } else if ("method" in message && message.method === "notifications/cancelled") {
    const id = requestIdIn(message.params);
    if (id === undefined) return;
    open.delete(id);
    // A cancelled ping is only a check of another request.
    if (pings.delete(id)) return;
    cancelledAtMs.set(id, watch.now());
    for (const [oldest] of cancelledAtMs) if (cancelledAtMs.size > MOST_REMEMBERED) cancelledAtMs.delete(oldest);
    watch.onCancelled(id);
  }
}

function noteIncoming(context: WatchContext, message: JSONRPCMessage): void {
  if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
    if (message.id === undefined) return;
    noteVersion(context, message);
    context.open.delete(message.id);
    context.pings.delete(message.id);
    noteLate(context, message.id);
  } else if ("method" in message && message.method === "notifications/progress") {
    const token = message.params?.progressToken;
    if (typeof token === "number") noteLate(context, token, true);
  }
}

/** Reads the protocol version from the first answer, which is the answer to `initialize`. */
function noteVersion(context: WatchContext, message: JSONRPCMessage): void {
  if (context.version !== "" || !isJSONRPCResultResponse(message)) return;
  const given = message.result.protocolVersion;
  context.version = typeof given === "string" ? given : "unknown";
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
