import type { ApiToken } from "@/core/rules/roles";

const DAY_MS = 86_400_000;

/** Why a token opens nothing any more; null: it does. */
export function overBecause(token: ApiToken, now: number): "revoked" | "expired" | null {
  if (token.revoked_at !== null) return "revoked";
  return token.expires_at !== null && Date.parse(token.expires_at) <= now ? "expired" : null;
}

/** What is in use before what is over, each the newest first as they came. */
export function inOrder(tokens: readonly ApiToken[], now: number): { live: ApiToken[]; over: ApiToken[] } {
  return {
    live: tokens.filter((token) => overBecause(token, now) === null),
    over: tokens.filter((token) => overBecause(token, now) !== null),
  };
}

/** Whole days that are left, rounded up; null: it does not end. */
export function daysLeft(token: ApiToken, now: number): number | null {
  return token.expires_at === null ? null : Math.max(0, Math.ceil((Date.parse(token.expires_at) - now) / DAY_MS));
}
