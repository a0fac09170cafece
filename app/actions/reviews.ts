"use server";

/** Decisions of a person: questions, approvals, flags, and the rules that approve calls automatically. */

import { type ActionResult, act } from "@/app/act";
import type { RuleChangeRequest, RuleRequest } from "@/core/shapes/review";
import { optionalNumber, optionalText, text } from "./values";

/** How long a rule that was made beside an item stays in force. */
const RULE_HOURS = 24;

export async function answerReview(id: string, answer: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.answer(text(id), text(answer), actor));
}

export async function decideReview(
  id: string,
  decision: string,
  reason: string,
  alike: boolean,
): Promise<ActionResult> {
  const decided = decision === "approved" ? "approved" : "rejected";
  return act(({ actor, commands }) =>
    commands.decide(text(id), decided, text(reason), actor, { alike: alike === true }),
  );
}

/** Makes a rule that approves all calls of the item's tool, whatever their arguments, including those that wait now. */
export async function approveTool(itemId: string, why: string): Promise<ActionResult> {
  const rule = { item: text(itemId), exact: false, why: text(why), hours: RULE_HOURS };
  return act(({ actor, commands }) => commands.addRule(rule, actor));
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
