/** The webhooks in effect: those that admins added, and the one of the environment's settings. */
import type { WebhookEvent } from "@/core/shapes/webhooks";
import type { Webhooks } from "@/db/webhooks/webhooks";
import type { Settings } from "@/lib/env";
import { type PostOutcome, postMessage } from "@/lib/webhooks/post";
import { signedHeaders } from "@/lib/webhooks/sign";

export const SETTINGS_WEBHOOK = "settings";

export interface WebhookSources {
  store: { webhooks: Webhooks };
  settings: Pick<Settings, "webhook" | "privateHosts">;
  secret(name: string): string | null;
  now(): number;
}

export interface ActiveWebhook {
  uid: string;
  url: string;
  events: readonly WebhookEvent[];
  createdBy: string;
  /** null for the settings' webhook. */
  createdAtMs: number | null;
}

export function activeWebhooks({
  store,
  settings: { webhook },
}: Pick<WebhookSources, "store" | "settings">): ActiveWebhook[] {
  const own = webhook && {
    uid: SETTINGS_WEBHOOK,
    url: webhook.url,
    events: webhook.events,
    createdBy: "the environment",
    createdAtMs: null,
  };
  return [...(own ? [own] : []), ...store.webhooks.list()];
}

/** Returns the name of the vault's secret that signs the webhook's messages. */
export function secretNameOf(uid: string): string {
  return `webhook/${uid}`;
}

/** Sends a message once. Never rejects. */
export async function sendTo(
  { settings, secret, now }: WebhookSources,
  webhook: Pick<ActiveWebhook, "uid" | "url">,
  id: string,
  body: string,
): Promise<PostOutcome> {
  const key = webhook.uid === SETTINGS_WEBHOOK ? settings.webhook?.secret : readSecret(secret, webhook.uid);
  if (!key)
    return {
      ok: false,
      answer: `its secret ${secretNameOf(webhook.uid)} is missing: rotate its secret`,
    };
  return postMessage(webhook.url, body, signedHeaders(key, id, body, now()), { privateHosts: settings.privateHosts });
}

function readSecret(secret: WebhookSources["secret"], uid: string): string | null {
  try {
    return secret(secretNameOf(uid));
  } catch {
    return null;
  }
}
