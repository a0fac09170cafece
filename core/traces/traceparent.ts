/** The header `traceparent` of W3C Trace Context, in which programs tell each other the span that they work for. */
import type { SpanRef } from "./ids";

const FORM = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** Returns the span that a header names; null for a header that is absent or not valid. */
export function spanIn(header: string | readonly string[] | undefined): SpanRef | null {
  if (typeof header !== "string") return null;
  const [, traceId = "", spanId = "", more] = FORM.exec(header) ?? [];
  // Version 00 has four fields; only a later version may add some.
  const isLonger = more !== undefined && header.startsWith("00-");
  const isNone = /^0*$/.test(traceId) || /^0*$/.test(spanId);
  return isLonger || isNone ? null : { traceId, spanId };
}

/** Returns the header for what is asked of others on behalf of a span. All spans are sampled. */
export function traceparentOf({ traceId, spanId }: SpanRef): string {
  return `00-${traceId}-${spanId}-01`;
}
