import type { WebhookDelivery, WebhookEvent } from "@/core/shapes/webhooks";

export const EVENT_WORDS: Record<WebhookEvent, string> = {
  needs_you: "Something needs a person",
  tree_ended: "A tree succeeded or was stopped",
  tree_failed: "A tree failed",
  schedule_paused: "Banyan paused a schedule",
  forge_stuck: "A forge brings no work",
  limit: "A limit is near or reached",
};

export const STATUS_WORDS: Record<WebhookDelivery["status"], string> = {
  waiting: "Waiting",
  delivered: "Delivered",
  failed: "Failed",
  dropped: "Not sent",
};

const TYPES: Record<WebhookDelivery["type"], string> = {
  needs_you: "Needs a person",
  tree_ended: "Tree ended",
  tree_failed: "Tree failed",
  schedule_paused: "Schedule paused",
  forge_stuck: "Forge brings no work",
  limit: "Limit",
  test: "Test message",
};

/** Returns the content of the message in one line. */
export function deliveryText({ type, title }: WebhookDelivery): string {
  return title === "" ? TYPES[type] : `${TYPES[type]}: ${title}`;
}
