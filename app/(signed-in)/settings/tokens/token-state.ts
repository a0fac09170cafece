import type { ApiToken } from "@/core/rules/roles";

const DAY_MS = 86_400_000;

/** Returns why the token no longer works; null while it works. */
export function overBecause(token: ApiToken, now: number): "revoked" | "expired" | null {
  if (token.revoked_at !== null) return "revoked";
  return token.expires_at !== null && Date.parse(token.expires_at) <= now ? "expired" : null;
}

/** Separates live tokens from ended tokens; each list keeps the given order. */
export function inOrder(tokens: readonly ApiToken[], now: number): { live: ApiToken[]; over: ApiToken[] } {
  return {
    live: tokens.filter((token) => overBecause(token, now) === null),
    over: tokens.filter((token) => overBecause(token, now) !== null),
  };
}

/** Returns the days until expiry, rounded up; null if the token never expires. */
export function daysLeft(token: ApiToken, now: number): number | null {
  return token.expires_at === null ? null : Math.max(0, Math.ceil((Date.parse(token.expires_at) - now) / DAY_MS));
}
