/** Names of gates and of their outcomes, as people read them. */
import type { GateOutcome } from "@/core/shapes/gates";
import type { ReviewedFlag } from "@/core/shapes/review";

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
