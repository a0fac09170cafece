/** Reads a provider's rate limits from the headers of an answer: of Anthropic's form, and of OpenAI's. */
import type { Quota } from "@/core/log/model";

const ANTHROPIC: Record<string, Quota["of"]> = {
  requests: "requests",
  tokens: "tokens",
  "input-tokens": "input tokens",
  "output-tokens": "output tokens",
};
const OPENAI = ["requests", "tokens"] as const;

/** Returns the rate limits that are completely told; unreadable values are left out. */
export function quotasIn(headers: Pick<Headers, "get">, nowMs: number): Quota[] {
  const anthropic = Object.entries(ANTHROPIC).map(([name, of]) => {
    const value = (part: string) => headers.get(`anthropic-ratelimit-${name}-${part}`);
    return quotaOf(of, value("limit"), value("remaining"), dateMs(value("reset")));
  });
  const openai = OPENAI.map((of) => {
    const value = (part: string) => headers.get(`x-ratelimit-${part}-${of}`);
    const waitMs = durationMs(value("reset"));
    return quotaOf(of, value("limit"), value("remaining"), waitMs === null ? null : nowMs + waitMs);
  });
  return [...anthropic, ...openai].filter((quota) => quota !== null);
}

function quotaOf(of: Quota["of"], limit: string | null, remaining: string | null, resetAtMs: number | null) {
  const [most, left] = [countIn(limit), countIn(remaining)];
  return most === null || left === null || most === 0 ? null : { of, limit: most, remaining: left, resetAtMs };
}

function countIn(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
}

function dateMs(text: string | null): number | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
}

const UNITS_MS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Reads Go's form of a duration, such as `6m0s` or `120ms`. */
export function durationMs(text: string | null): number | null {
  const word = text?.trim() ?? "";
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(word)) return null;
  const parts = [...word.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS_MS[unit ?? ""] ?? 0), 0);
}
