/** What a person accepts when the card of an outside agent has changed. */
import { UserError } from "@/agents/application";
import type { ServerOfTask } from "@/agents/servers/context";
import type { Described } from "@/agents/servers/described";
import { configIn } from "@/agents/tools/outside/added-config";
import type { ServerBody } from "@/core/rules/configuration";
import type { ServerToolChange, ToolText } from "@/core/shapes/tools";
import { factsOf, hazardsOfAgent } from "@/lib/a2a/facts";
import type { OutsideAgent, PinnedCard } from "@/lib/a2a/types";

/** Returns the difference between the pinned card and the card now. */
export function cardChanges(before: ServerBody, now: Described): ServerToolChange[] {
  const cards = cardsOf(before, now);
  if (!cards || cards.old.hash === cards.now.hash) return [];
  const texts = { before: textOf(cards.old), after: textOf(cards.now) };
  return [{ name: "its card", change: "changed", ...texts, hazards: hazardsOfAgent(now.config as OutsideAgent) }];
}

/**
 * Throws UserError when messages would go to another address. Whoever may test a server may not decide that its secret
 * goes elsewhere.
 */
export function checkEndpoint({ name, server }: ServerOfTask, now: Described): void {
  const cards = cardsOf(server, now);
  if (!cards) return;
  const [before, after] = [factsOf(cards.old).endpoint, factsOf(cards.now).endpoint];
  if (before === after) return;
  throw new UserError(
    "conflict",
    `By its new card, messages to ${name} would go to ${after.slice(0, 300)}: an admin saves it again, on its page or with “banyan outside-agents add”.`,
  );
}

function cardsOf(before: ServerBody, { config }: Described): { old: PinnedCard; now: PinnedCard } | null {
  const old = configIn(before);
  if (old.kind !== "a2a" || config?.kind !== "a2a") return null;
  return { old: old.card, now: config.card };
}

function textOf({ body, signedBy }: PinnedCard): ToolText {
  return { description: signedBy ? `signed with the key ${signedBy}` : "not signed", schema: body };
}
