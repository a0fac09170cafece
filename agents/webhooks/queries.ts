/** The queries for webhooks and e-mail. */
import type { Queries } from "@/agents/application";
import { iso } from "@/db/file/iso";
import { shownMail } from "./mail";
import { activeWebhooks, type WebhookSources } from "./webhooks";

const SHOWN_DELIVERIES = 10;

export function createWebhookQueries(
  sources: Pick<WebhookSources, "store" | "settings" | "secret">,
): Pick<Queries, "listWebhooks" | "getMail"> {
  return {
    getMail: async () => shownMail(sources),
    listWebhooks: async () =>
      activeWebhooks(sources).map(({ uid, url, events, createdBy, createdAtMs }) => ({
        id: uid,
        url,
        events: [...events],
        created_by: createdBy,
        created_at: iso(createdAtMs),
        deliveries: sources.store.webhooks.deliveries(uid, SHOWN_DELIVERIES),
      })),
  };
}
