/** The span on whose behalf this code asks other programs, for the header `traceparent` of its requests. */
import { AsyncLocalStorage } from "node:async_hooks";

const spans = new AsyncLocalStorage<string>();

/** Runs work whose requests to models, servers and agents carry the header. null: they carry none. */
export function onBehalfOf<Result>(traceparent: string | null, work: () => Result): Result {
  return traceparent === null ? work() : spans.run(traceparent, work);
}

/** Returns the header for a request; empty outside of `onBehalfOf`. */
export function traceHeaders(): { traceparent?: string } {
  const traceparent = spans.getStore();
  return traceparent === undefined ? {} : { traceparent };
}
