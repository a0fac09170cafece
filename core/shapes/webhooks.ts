/** Shapes of webhooks: addresses of other programs that are told when a person is needed and when a tree ends. */

export const WEBHOOK_EVENTS = ["needs_you", "tree_ended", "tree_failed"] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** What a receiver gets as JSON. It has no text of a log beyond the titles. */
export interface WebhookBody {
  type: WebhookEvent | "test";
  created_at: string;
  /** The page of the item or the tree. */
  url: string;
  tree: { id: string; title: string; status: string; reason: string | null } | null;
  review: { id: string; kind: string; title: string; task_id: string } | null;
}

export interface Webhook {
  /** `settings` for the webhook of the environment's settings, which cannot be removed here. */
  id: string;
  url: string;
  events: WebhookEvent[];
  created_by: string;
  created_at: string | null;
  /** The newest first. */
  deliveries: WebhookDelivery[];
}

export interface WebhookDelivery {
  /** The receiver gets it as `webhook-id`. It is the same for each try. */
  id: string;
  type: WebhookBody["type"];
  title: string;
  status: "waiting" | "delivered" | "failed" | "dropped";
  tries: number;
  /** What became of the last try, in a few words. */
  answer: string | null;
  created_at: string;
  tried_at: string | null;
  /** When it is tried again; null unless it waits. */
  next_try_at: string | null;
}
