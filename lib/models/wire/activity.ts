import { capped } from "@/lib/net/capped-body";
import { traceHeaders } from "@/lib/traces/outgoing";
import type { Tell, ToldTokens } from "./reader";

/**
 * Reports everything that arrives from a provider to the owner of the call. The provider packages swallow keep-alive
 * pings and comment lines, so this counts below them: the headers and each chunk of bytes of an answer.
 */

/** The packages pass only the signal to `fetch` unchanged, so the listener is found through it. */
const watched = new WeakMap<AbortSignal, Watch>();

interface Watch {
  onActivity?(): void;
  onHeaders?(headers: Headers): void;
  onOutput?(chars: number): void;
  onTokens?(tokens: ToldTokens): void;
}

/** Calls `watch` for everything that arrives at requests that `watchedFetch` makes with this signal. */
export function watchActivity(signal: AbortSignal, watch: Watch): void {
  watched.set(signal, watch);
}

/** Returns whom a reader of the answer tells what it reads. */
export function watchOf(signal: AbortSignal | null | undefined): Tell {
  const watch = (signal && watched.get(signal)) || {};
  return { onOutput: (chars) => watch.onOutput?.(chars), onTokens: (tokens) => watch.onTokens?.(tokens) };
}

function withTrace(init: RequestInit | undefined): RequestInit | undefined {
  const { traceparent } = traceHeaders();
  if (traceparent === undefined) return init;
  const headers = new Headers(init?.headers);
  headers.set("traceparent", traceparent);
  return { ...init, headers };
}

/** Enough for the longest reply, with the protocol's envelope around each token. */
const REPLY_CAPS = { mostBytes: 64_000_000, mostLineBytes: 16_000_000 };
const ERROR_CAPS = { mostBytes: 256_000, cuts: true };

/**
 * A `fetch` for the provider packages that limits the size of each answer. Status, headers, errors and the pace of
 * reading stay those of `fetch`.
 */
export const watchedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, withTrace(init));
  const watch = (init?.signal && watched.get(init.signal)) || {};
  const onActivity = () => watch.onActivity?.();
  onActivity();
  watch.onHeaders?.(response.headers);
  return capped(response, response.ok ? REPLY_CAPS : ERROR_CAPS, onActivity);
};
