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
  /** More messages in a second than a server may send. */
  onFlood(): void;
  /** A request was cancelled. */
  onCancelled(id: RequestId): void;
  /** The server still works on a request whose cancellation is longer ago than the grace; told once for each request. */
  onIgnoredCancellation(id: RequestId): void;
}

export interface WatchedTransport extends Transport {
  /** Requests that were sent and neither answered nor cancelled. */
  isOpen(id: RequestId): boolean;
  lastHeardMs(): number;
  /** As the server answered it to `initialize`. */
  protocolVersion(): string;
}

const MOST_REMEMBERED = 1_000;

/** Looks at what passes through a transport: how much, and what comes for requests that were called off. */
export function watchTransport(inner: Transport, watch: TransportWatch): WatchedTransport {
  const open = new Set<RequestId>();
  const pings = new Set<RequestId>();
  const cancelledAtMs = new Map<RequestId, number>();
  const isFlood = createFlowMeter(watch.now, watch.messagesPerSecond);
  let hasFlooded = false;
  let lastHeardMs = watch.now();
  let version = "";

  const watched: WatchedTransport = {
    start() {
      inner.onmessage = (message, extra) => {
        if (isTooMuch()) return;
        noteIncoming(message);
        watched.onmessage?.(message, extra);
      };
      inner.onclose = () => watched.onclose?.();
      inner.onerror = (error) => watched.onerror?.(error);
      return inner.start();
    },
    send(message, options) {
      noteOutgoing(message);
      return inner.send(message, options);
    },
    close: () => inner.close(),
    get sessionId() {
      return inner.sessionId;
    },
    setProtocolVersion: (version) => inner.setProtocolVersion?.(version),
    isOpen: (id) => open.has(id),
    lastHeardMs: () => lastHeardMs,
    protocolVersion: () => version,
  };

  function isTooMuch(): boolean {
    lastHeardMs = watch.now();
    if (!hasFlooded && isFlood(1)) {
      hasFlooded = true;
      watch.onFlood();
    }
    return hasFlooded;
  }

  function noteOutgoing(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message)) {
      open.add(message.id);
      if (message.method === "ping") pings.add(message.id);
    } else if ("method" in message && message.method === "notifications/cancelled") {
      const id = requestIdIn(message.params);
      if (id === undefined) return;
      open.delete(id);
      // A ping that was given up is part of finding out about another request.
      if (pings.delete(id)) return;
      cancelledAtMs.set(id, watch.now());
      for (const [oldest] of cancelledAtMs) if (cancelledAtMs.size > MOST_REMEMBERED) cancelledAtMs.delete(oldest);
      watch.onCancelled(id);
    }
  }

  function noteIncoming(message: JSONRPCMessage): void {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      if (message.id === undefined) return;
      noteVersion(message);
      open.delete(message.id);
      pings.delete(message.id);
      noteLate(message.id);
    } else if ("method" in message && message.method === "notifications/progress") {
      const token = message.params?.progressToken;
      if (typeof token === "number") noteLate(token, true);
    }
  }

  /** The first answer is the one to `initialize`. */
  function noteVersion(message: JSONRPCMessage): void {
    if (version !== "" || !isJSONRPCResultResponse(message)) return;
    const given = message.result.protocolVersion;
    version = typeof given === "string" ? given : "unknown";
  }

  function noteLate(id: RequestId, isStillWorking = false): void {
    const atMs = cancelledAtMs.get(id);
    if (atMs === undefined) return;
    const isLate = lastHeardMs - atMs > watch.cancelGraceMs;
    if (!isLate && isStillWorking) return;
    cancelledAtMs.delete(id);
    if (isLate) watch.onIgnoredCancellation(id);
  }
  return watched;
}

function requestIdIn(params: unknown): RequestId | undefined {
  const id = typeof params === "object" && params !== null && "requestId" in params ? params.requestId : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}
