import { capped } from "@/lib/net/capped-body";

/**
 * Tells a model call's owner of everything that arrives from the provider. The provider packages swallow keep-alive
 * pings and comment lines, so it is counted below them: each piece of an answer's bytes, and its headers.
 */

/** The signal is the one thing of a call that the packages hand through to `fetch` as it is. */
const watched = new WeakMap<AbortSignal, () => void>();

/** From now on `onActivity` is called for what arrives at requests that `watchedFetch` makes with this signal. */
export function watchActivity(signal: AbortSignal, onActivity: () => void): void {
  watched.set(signal, onActivity);
}

/** A reply of the longest kind, with what its protocol puts around each token. */
const REPLY_CAPS = { mostBytes: 64_000_000, mostLineBytes: 16_000_000 };
const ERROR_CAPS = { mostBytes: 256_000, cuts: true };

/** `fetch`, as the provider packages are given it, with an end to every answer. Status, headers, errors and the pace of reading are those of `fetch`. */
export const watchedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const onActivity = (init?.signal && watched.get(init.signal)) || (() => undefined);
  onActivity();
  return capped(response, response.ok ? REPLY_CAPS : ERROR_CAPS, onActivity);
};
