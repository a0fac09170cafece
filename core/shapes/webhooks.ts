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
  /** What happened, as in the events of a webhook; `test`: somebody tests it. */
  type: WebhookEvent | "test";
  /** When the message was made. */
  created_at: string;
  /** The page of the item or the tree. */
  url: string;
  /** The tree that it is about; null in messages about other things. */
  tree: {
    /** Id of the tree, as in `/trees/{id}`. */
    id: string;
    /** Title of the tree. */
    title: string;
    /** How the tree stands, as in `Tree.status`. */
    status: string;
    /** Why it failed or was stopped; null without such a reason. */
    reason: string | null;
  } | null;
  /** The review item that waits; null in messages about other things. */
  review: {
    /** Id of the item, as in `/reviews/{id}`. */
    id: string;
    /** What is asked, as in `Review.kind`. */
    kind: string;
    /** What is asked, shortened. */
    title: string;
    task_id: string;
  } | null;
  /** The schedule that Banyan has paused, and why; absent in messages about other things. */
  schedule?: {
    /** Id of the schedule. */
    id: string;
    /** Name of the schedule. */
    name: string;
    /** Why Banyan paused it, in one sentence. */
    sentence: string;
  };
  /** The link of a project with its forge that brings no work, and why; absent in messages about other things. */
  forge?: {
    /** Name of the project. */
    project: string;
    /** Host of the forge. */
    host: string;
    /** Whether Banyan has paused the link; else it goes on looking. */
    is_paused: boolean;
    /** What went wrong, in one sentence. */
    sentence: string;
  };
  /** The promotion that waits for an approval; absent in messages about other things. */
  promotion?: {
    /** Id of the promotion. */
    id: string;
    /** Name of the project. */
    project: string;
    /** Name of the target. */
    target: string;
    /** What waits, as a title. */
    title: string;
  };
  /** Absent in messages of earlier versions. `stopped`: everything was paused. */
  limit?: {
    /** Name of the limit. */
    name: LimitName;
    /** How close the limit is. */
    level: LimitLevel | "stopped";
    /** What was reached, in one sentence. */
    sentence: string;
  } | null;
}

/** An address that is told about events. */
export interface Webhook {
  /** `settings` for the webhook of the environment's settings, which cannot be removed here. */
  id: string;
  /** The address that gets the messages. */
  url: string;
  /** The events that it is told about. */
  events: WebhookEvent[];
  /** Name of the person who added it. */
  created_by: string;
  /** When it was added; null for the webhook of the environment's settings. */
  created_at: string | null;
  /** The newest first. */
  deliveries: WebhookDelivery[];
}

/** A message to a webhook or by e-mail, and its tries. */
export interface WebhookDelivery {
  /** The receiver gets it as `webhook-id`. It is the same for each try. */
  id: string;
  type: WebhookBody["type"];
  /** What the message says, as a title. */
  title: string;
  /** `waiting`: it will be tried. `failed`: no try is left. `dropped`: nobody is to get it any more, as `answer` says. */
  status: "waiting" | "delivered" | "failed" | "dropped";
  /** Number of tries so far. */
  tries: number;
  /** What became of the last try, in a few words. */
  answer: string | null;
  created_at: string;
  /** When it was tried last; null: not yet. */
  tried_at: string | null;
  /** When it is tried again; null unless it waits. */
  next_try_at: string | null;
}

/** How e-mail is sent, and to whom. */
export interface Mail {
  /** Such as `smtp://user@mail.example.org:587`, or `smtps://` for TLS from the start; null: no e-mail is sent. */
  url: string | null;
  /** The address of the sender; null: none is set. */
  from: string | null;
  /** The addresses that get e-mail. */
  to: string[];
  /** The events of which e-mail is sent. */
  events: WebhookEvent[];
  /** Whether a password for the mail server is stored. */
  has_password: boolean;
  /** `environment`: set by the settings that begin with BANYAN_MAIL_ and BANYAN_SMTP_, so that it cannot be changed here. */
  set_by: "environment" | "page" | null;
  /** The newest first. */
  deliveries: WebhookDelivery[];
}
