import { z } from "zod";
import { text, whole } from "@/agents/operations/parse";
import { WEBHOOK_EVENTS, type WebhookEvent } from "@/core/shapes/webhooks";

const isEvent = (given: string) => WEBHOOK_EVENTS.some((known) => known === given);

/** The events of a webhook or of e-mail: known ones, and at least one. */
export const eventNames = z
  .array(
    text.refine(
      isEvent,
      whole((given: string) => `“${given.slice(0, 60)}” is no event of webhooks: use ${WEBHOOK_EVENTS.join(", ")}.`),
    ),
  )
  .refine((events) => events.length > 0, whole("Choose at least one event."));

/** Returns the events in their usual order. */
export function inOrder(given: readonly string[]): WebhookEvent[] {
  return WEBHOOK_EVENTS.filter((event) => given.includes(event));
}
