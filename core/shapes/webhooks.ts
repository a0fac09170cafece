/**
 * Shapes of webhooks and e-mail: who is told when a person is needed, when a tree ends, when a schedule or the work from a forge stops, and when a
 * limit is near.
 */
import type { LimitLevel, LimitName } from "@/core/log/limits";

export const WEBHOOK_EVENTS = [
  "needs_you",
  "tree_ended",
  "tree_failed",
  "schedule_paused",
  "forge_stuck",
  "limit",
] as const;
/** What a webhook is told about. */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** What a receiver gets as JSON. It has no text of a log beyond the titles. */
export interface WebhookBody {
  type: WebhookEvent | "test";
  created_at: string;
  /** The page of the item or the tree. */
  url: string;
  tree: { id: string; title: string; status: string; reason: string | null } | null;
  review: { id: string; kind: string; title: string; task_id: string } | null;
  /** The schedule that Banyan has paused, and why; absent in messages about other things. */
  schedule?: { id: string; name: string; sentence: string };
  /** The link of a project with its forge that brings no work, and why; absent in messages about other things. */
  forge?: { project: string; host: string; is_paused: boolean; sentence: string };
  /** The promotion that waits for an approval; absent in messages about other things. */
  promotion?: { id: string; project: string; target: string; title: string };
  /** Absent in messages of earlier versions. `stopped`: everything was paused. */
  limit?: { name: LimitName; level: LimitLevel | "stopped"; sentence: string } | null;
}

/** An address that is told about events. */
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

/** A message to a webhook or by e-mail, and its tries. */
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

/** How e-mail is sent, and to whom. */
export interface Mail {
  /** Such as `smtp://user@mail.example.org:587`, or `smtps://` for TLS from the start; null: no e-mail is sent. */
  url: string | null;
  from: string | null;
  to: string[];
  events: WebhookEvent[];
  has_password: boolean;
  /** `environment`: set by the settings that begin with BANYAN_MAIL_ and BANYAN_SMTP_, so that it cannot be changed here. */
  set_by: "environment" | "page" | null;
  /** The newest first. */
  deliveries: WebhookDelivery[];
}
