"use server";

/** What a person decides: questions, approvals, flags, and the rules that approve by themselves. */
import { type ActionResult, act } from "@/app/act";
import { optionalNumber, optionalText, text } from "./values";

/** How long a rule holds that was made beside an item. */
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

/** From now on calls of the item's tool are approved, whatever their arguments; what waits of them at once. */
export async function approveTool(itemId: string, why: string): Promise<ActionResult> {
  const rule = { item: text(itemId), exact: false, why: text(why), hours: RULE_HOURS };
  return act(({ actor, commands }) => commands.addRule(rule, actor));
}

/** As somebody chose it beside the item: exactly such calls or all of its tool, of one agent or of all. */
export async function makeRule(
  itemId: string,
  chosen: { exact: boolean; agent: string; hours: number; why: string },
): Promise<ActionResult> {
  const { exact, agent, hours, why } = (chosen ?? {}) as Partial<typeof chosen>;
  const named = optionalText(agent);
  const rule = {
    ...{ item: text(itemId), exact: exact !== false, why: text(why), hours: optionalNumber(hours) ?? RULE_HOURS },
    ...(named !== undefined && { agent: named }),
  };
  return act(({ actor, commands }) => commands.addRule(rule, actor));
}

/** What an approved proposal replaced is live again. */
export async function restoreBefore(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.restoreBefore(text(id), actor));
}

export async function revokeRule(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.revokeRule(text(id), actor));
}
