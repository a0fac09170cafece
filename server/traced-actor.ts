/** On whose behalf a caller acts, by the header `traceparent` of W3C Trace Context. */
import type { IncomingMessage } from "node:http";
import type { Actor } from "@/agents/application";
import { spanIn, traceparentOf } from "@/core/traces/traceparent";

/** Notes on whose behalf the caller acts: a tree that it submits is linked to that span. */
export function traced(actor: Actor, { headers }: IncomingMessage): Actor {
  const span = spanIn(headers.traceparent);
  return span ? { ...actor, traceparent: traceparentOf(span) } : actor;
}
