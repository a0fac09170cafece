"use server";

/** Decisions on proposals, and the rules that approve calls automatically. */

import { type ActionResult, act } from "@/app/act";
import type { RuleChangeRequest, RuleRequest } from "@/core/shapes/review";
import { optionalNumber, optionalText, text } from "./values";

/** How long a rule stays in force when nothing else is chosen. */
const RULE_HOURS = 24;

export async function decideReview(id: string, decision: string, reason: string): Promise<ActionResult> {
  const decided = decision === "approved" ? "approved" : "rejected";
  return act(({ actor, commands }) => commands.decide(text(id), decided, text(reason), actor));
}

/** Makes the rule that a person chose beside an item or under Rules. */
export async function makeRule(chosen: RuleRequest): Promise<ActionResult> {
  const given = (chosen ?? {}) as Record<string, unknown>;
  const field = (name: keyof RuleRequest) => optionalText(given[name]);
  const rule: RuleRequest = {
    ...{ tool: field("tool"), item: field("item"), agent: field("agent"), tree: field("tree") },
    ...(typeof given.exact === "boolean" && { exact: given.exact }),
    ...{ hours: optionalNumber(given.hours) ?? RULE_HOURS, most_uses: optionalNumber(given.most_uses) },
    why: text(given.why),
  };
  return act(({ actor, commands }) => commands.addRule(rule, actor));
}

/** Changes a rule. `most_uses: null` allows any number of further uses. */
export async function changeRule(id: string, chosen: RuleChangeRequest): Promise<ActionResult> {
  const given = (chosen ?? {}) as Record<string, unknown>;
  const change: RuleChangeRequest = {
    ...{ hours: optionalNumber(given.hours), why: optionalText(given.why) },
    most_uses: given.most_uses === null ? null : optionalNumber(given.most_uses),
    ...(given.on === true && { on: true as const }),
  };
  return act(({ actor, commands }) => commands.changeRule(text(id), change, actor));
}

export async function removeRule(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeRule(text(id), actor));
}

/** Makes the version live again that an approved proposal replaced. */
export async function restoreBefore(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.restoreBefore(text(id), actor));
}

export async function revokeRule(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.revokeRule(text(id), actor));
}
