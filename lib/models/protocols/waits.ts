/** Reads how long a provider asks to wait, from the headers and the words of its answer. */
import { durationMs } from "./quotas";

/** A longer wait than this means that the quota is used up; a shorter wait is a rate limit. */
const longestRetryAfterMs = 60_000;

export function isShort(waitMs: number | undefined): boolean {
  return waitMs !== undefined && waitMs <= longestRetryAfterMs;
}

/**
 * The longest wait that a provider can ask for. A wrong header must not put work off for days: a quota that is still used
 * up is asked about again four times a day, which costs nothing.
 */
const longestWaitMs = 6 * 3_600_000;

const bounded = (ms: number) => (Number.isFinite(ms) ? Math.min(longestWaitMs, Math.max(0, Math.ceil(ms))) : undefined);

/**
 * Reads the milliseconds to wait from `retry-after-ms` or `retry-after` (seconds or an HTTP date); undefined without a
 * readable value.
 */
export function retryAfterOf(headers: Record<string, string> | undefined, nowMs: number): number | undefined {
  const ms = headers?.["retry-after-ms"];
  if (ms !== undefined && Number.isFinite(Number.parseFloat(ms))) return bounded(Number.parseFloat(ms));
  const value = headers?.["retry-after"]?.trim();
  if (!value) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return bounded(Number(value) * 1000);
  const atMs = Date.parse(value);
  return bounded(atMs - nowMs);
}

/**
 * Returns the wait that a body names, for answers whose headers name none. Google: `"retryDelay": "26s"` and "Please retry
 * in 26.07s"; OpenAI: "Please try again in 6.2s" or "in 1m26.4s".
 */
export function namedWait(raw: string): number | undefined {
  const named =
    /\\?"retryDelay\\?":\s*\\?"([\d.]+[hms\d.]*)/.exec(raw) ??
    /\b(?:try again|retry) in ((?:\d+(?:\.\d+)?(?:h|ms|m|s))+)(?![a-z\d])/i.exec(raw);
  const waitMs = durationMs(named?.[1]?.toLowerCase() ?? null);
  return waitMs === null ? undefined : bounded(waitMs);
}

/** Returns the time until the date on which Anthropic lifts a used-up limit. */
export function regainedIn(text: string, nowMs: number): number | undefined {
  const match = /regain access on (\d{4}-\d{2}-\d{2})(?: at (\d{2}:\d{2}))?/.exec(text);
  if (!match) return undefined;
  const atMs = Date.parse(`${match[1]}T${match[2] ?? "00:00"}:00Z`);
  return bounded(atMs - nowMs);
}

export function waitAdvice(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return "Raise the limit or add credit with the provider, or choose another model.";
  const minutes = Math.ceil(retryAfterMs / 60_000);
  const wait = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
  if (retryAfterMs === longestWaitMs) return `It is tried again in about ${wait}.`;
  return `It is available again in about ${wait}.`;
}
