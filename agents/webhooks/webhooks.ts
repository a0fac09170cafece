/** Who is told: the webhooks that admins added, the one of the environment's settings, and e-mail. */
import type { WebhookBody, WebhookEvent } from "@/core/shapes/webhooks";
import { treeSpan } from "@/core/traces/ids";
import { traceparentOf } from "@/core/traces/traceparent";
import { MAIL, type MailStore } from "@/db/webhooks/mail";
import type { Webhooks } from "@/db/webhooks/webhooks";
import type { Settings } from "@/lib/env";
import { type PostOutcome, postMessage } from "@/lib/webhooks/post";
import { signedHeaders } from "@/lib/webhooks/sign";
import { activeMail, mailTo } from "./mail";

export const SETTINGS_WEBHOOK = "settings";

export interface WebhookSources {
  store: { webhooks: Webhooks; mail: MailStore };
  settings: Pick<Settings, "webhook" | "mail" | "privateHosts" | "tracing" | "dailyCaps">;
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
}: {
  store: Pick<WebhookSources["store"], "webhooks">;
  settings: Pick<Settings, "webhook">;
}): ActiveWebhook[] {
  const own = webhook && {
    uid: SETTINGS_WEBHOOK,
    url: webhook.url,
    events: webhook.events,
    createdBy: "the environment",
    createdAtMs: null,
  };
  return [...(own ? [own] : []), ...store.webhooks.list()];
}

/** Everybody who gets messages: webhooks, and e-mail as one more. */
export function activeReceivers(sources: WebhookSources): ActiveWebhook[] {
  const mail = activeMail(sources);
  if (!mail) return activeWebhooks(sources);
  const { url, events, createdAtMs } = mail;
  return [...activeWebhooks(sources), { uid: MAIL, url, events, createdBy: MAIL, createdAtMs }];
}

/** Returns the name of the vault's secret that signs the webhook's messages. */
export function secretNameOf(uid: string): string {
  return `webhook/${uid}`;
}

/** Sends a message once; `more`: how many further messages an e-mail stands for. Never rejects. */
export async function sendTo(
  sources: WebhookSources,
  webhook: Pick<ActiveWebhook, "uid" | "url">,
  id: string,
  body: string,
  more = 0,
): Promise<PostOutcome> {
  const { settings, secret, now } = sources;
  if (webhook.uid === MAIL) {
    const mail = activeMail(sources);
    if (!mail) return { ok: false, answer: "e-mail is off" };
    return mailTo(sources, mail, id, JSON.parse(body) as WebhookBody, more);
  }
  const key = webhook.uid === SETTINGS_WEBHOOK ? settings.webhook?.secret : readSecret(secret, webhook.uid);
  if (!key)
    return {
      ok: false,
      answer: `its secret ${secretNameOf(webhook.uid)} is missing: rotate its secret`,
    };
  const headers = { ...signedHeaders(key, id, body, now()), ...traceHeadersOf(settings, body) };
  return postMessage(webhook.url, body, headers, { privateHosts: settings.privateHosts });
}

/** A message about a tree names the span of the tree, where traces are on. */
function traceHeadersOf({ tracing }: WebhookSources["settings"], body: string): { traceparent?: string } {
  const { tree } = tracing ? (JSON.parse(body) as WebhookBody) : { tree: null };
  return tree ? { traceparent: traceparentOf(treeSpan(tree.id, 1)) } : {};
}

function readSecret(secret: WebhookSources["secret"], uid: string): string | null {
  try {
    return secret(secretNameOf(uid));
  } catch {
    return null;
  }
}
