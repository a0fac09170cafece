import { UserError } from "@/agents/application";
import { WEBHOOK_EVENTS, type WebhookEvent } from "@/core/shapes/webhooks";

/** Returns the events of a webhook or of e-mail in their usual order. Throws UserError for unknown ones, and for none. */
export function checkedEvents(given: readonly string[]): WebhookEvent[] {
  const wrong = given.find((event) => !WEBHOOK_EVENTS.some((known) => known === event));
  if (wrong !== undefined)
    throw new UserError(
      "invalid",
      `“${wrong.slice(0, 60)}” is no event of webhooks: use ${WEBHOOK_EVENTS.join(", ")}.`,
    );
  const events = WEBHOOK_EVENTS.filter((event) => given.includes(event));
  if (events.length === 0) throw new UserError("invalid", "Choose at least one event.");
  return events;
}
