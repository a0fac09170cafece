/** Names of gates and of their outcomes, as people read them. */
import type { GateOutcome } from "@/core/shapes/gates";
import type { ReviewedChange, ReviewedFlag } from "@/core/shapes/review";
import { exactCount, plural } from "./figures";

export const OUTCOME_WORDS: Record<GateOutcome, string> = {
  passed: "passed",
  failed: "failed",
  not_measured: "not measured",
  off: "off",
};

export function gateTitle({ gate }: { gate: string }): string {
  return gate.replaceAll("_", " ");
}

/** scope: lib/auth/sign-in.ts:12 A guarded file is modified. */
export function flagText({ gate, path, line, text }: ReviewedFlag): string {
  const place = path === null || line === null ? path : `${path}:${line}`;
  return [gate === null ? null : `${gateTitle({ gate })}:`, place, text].filter(Boolean).join(" ");
}

/** How much has been approved beside a change: small steps add up. */
export function othersText({ changes, lines }: ReviewedChange["others_approved"]): string {
  if (changes === 0) return "No other change by agents has been approved.";
  const changed = lines === 1 ? "1 changed line" : `${exactCount(lines)} changed lines`;
  return `${plural(changes, "other change")} by agents approved, ${changed} in total.`;
}
