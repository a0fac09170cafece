import { sleep, type Timers } from "@/lib/time/timers";
import { WebError } from "./errors";

export interface RateLimitOptions {
  /** Requests per minute of the whole process, and the largest burst after a pause. */
  perMinute: number;
  perHostPerMinute: number;
  /** A request that would have to wait longer is refused. */
  longestWaitMs: number;
  now(): number;
  timers: Timers;
}

export interface RateLimit {
  /**
   * Resolves when a request to this host is allowed. Rejects with a `WebError` that says when to retry, or with the
   * signal's reason.
   */
  take(host: string, signal: AbortSignal): Promise<void>;
}

/** A token bucket, stored as the time at which it is full again. */
interface Bucket {
  fullAtMs: number;
}

const MINUTE_MS = 60_000;
const KEPT_HOSTS = 1000;

export function createRateLimit({
  perMinute,
  perHostPerMinute,
  longestWaitMs,
  now,
  timers,
}: RateLimitOptions): RateLimit {
  const all: Bucket = { fullAtMs: 0 };
  const hosts = new Map<string, Bucket>();

  return {
    async take(host, signal) {
      signal.throwIfAborted();
      const nowMs = now();
      const own = bucketOf(host, nowMs);
      for (const bucket of [all, own]) forgetFuture(bucket, nowMs);
      const waitMs = Math.max(waitFor(all, perMinute, nowMs), waitFor(own, perHostPerMinute, nowMs));
      if (waitMs > longestWaitMs) {
        const seconds = Math.ceil(waitMs / 1000);
        throw new WebError(
          `Too many requests in the last minute (at most ${perMinute}, and ${perHostPerMinute} to one host); try again in ${seconds} s.`,
        );
      }
      spend(all, perMinute, nowMs);
      spend(own, perHostPerMinute, nowMs);
      if (waitMs > 0) await sleep(timers, waitMs, signal);
    },
  };

  /** No request is allowed so far ahead: the clock was set back. */
  function forgetFuture(bucket: Bucket, nowMs: number): void {
    if (bucket.fullAtMs > nowMs + MINUTE_MS + longestWaitMs) bucket.fullAtMs = nowMs;
  }

  function bucketOf(host: string, nowMs: number): Bucket {
    const known = hosts.get(host);
    if (known) return known;
    if (hosts.size >= KEPT_HOSTS) for (const [name, { fullAtMs }] of hosts) if (fullAtMs <= nowMs) hosts.delete(name);
    const made = { fullAtMs: 0 };
    hosts.set(host, made);
    return made;
  }
}

/** One token returns every `MINUTE_MS / size`, so an empty bucket is full after a minute. */
function waitFor({ fullAtMs }: Bucket, size: number, nowMs: number): number {
  return Math.max(0, Math.max(fullAtMs, nowMs) + MINUTE_MS / size - MINUTE_MS - nowMs);
}

function spend(bucket: Bucket, size: number, nowMs: number): void {
  bucket.fullAtMs = Math.max(bucket.fullAtMs, nowMs) + MINUTE_MS / size;
}
