/** Whether a rule is in force, and if not, why. Pure. */
import type { ApprovalRule } from "@/core/shapes/shapes";

export type RuleState = "on" | "off" | "run_out" | "used_up";

export function ruleState(rule: ApprovalRule, nowMs: number): RuleState {
  if (rule.revoked_at !== null) return "off";
  if (Date.parse(rule.expires_at) <= nowMs) return "run_out";
  return rule.most_uses !== null && rule.uses >= rule.most_uses ? "used_up" : "on";
}
