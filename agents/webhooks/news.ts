/** Finds what webhooks have to tell, by searching the database, so that nothing is lost when a process dies. */
import type { Queries } from "@/agents/application";
import type { WebhookBody, WebhookEvent } from "@/core/shapes/webhooks";
import type { ReviewQueries } from "@/db/queries/reviews";
import type { NewDelivery } from "@/db/webhooks/webhooks";
import { newId } from "@/lib/new-id";
import { type ActiveWebhook, activeWebhooks, type WebhookSources } from "./webhooks";

/** Another process's commit may be seen after a search that began later. */
const LOOK_BACK_MS = 10 * 60_000;
/** After a long time without a server, older news is no news. */
const OLDEST_MS = 7 * 24 * 3_600_000;

export interface NewsSources extends WebhookSources {
  store: WebhookSources["store"] & { queries: { reviews: ReviewQueries } };
  queries: Pick<Queries, "getTree">;
  /** The address of the pages, without a trailing slash. */
  address: string;
}

interface Found {
  subject: string;
  review: string | null;
  body: WebhookBody;
}

/** Stores a message for everything new, one for each webhook that wants it. */
export async function storeNews(sources: NewsSources): Promise<void> {
  const { store, now } = sources;
  const webhooks = activeWebhooks(sources);
  if (webhooks.length === 0) return;
  const nowMs = now();
  const searchedAtMs = store.webhooks.searchedAtMs() ?? nowMs;
  const sinceMs = Math.max(searchedAtMs - LOOK_BACK_MS, nowMs - OLDEST_MS);
  const deliveries: NewDelivery[] = [];
  for (const webhook of webhooks) {
    const from = webhook.createdAtMs ?? nowMs - OLDEST_MS;
    for (const found of await newsFor(sources, webhook, { waiting: from, ended: Math.max(from, sinceMs) }))
      deliveries.push({
        uid: `msg_${newId()}`,
        webhook: webhook.uid,
        subject: found.subject,
        review: found.review,
        body: JSON.stringify(found.body),
      });
  }
  // The time is stored once a minute at least, and with each message.
  if (deliveries.length > 0 || nowMs - searchedAtMs > 60_000 || store.webhooks.searchedAtMs() === null)
    await store.webhooks.store(deliveries, nowMs);
}

async function newsFor(
  sources: NewsSources,
  { uid, events }: ActiveWebhook,
  since: { waiting: number; ended: number },
): Promise<Found[]> {
  const { webhooks } = sources.store;
  const found: Found[] = [];
  if (events.includes("needs_you")) {
    const items = webhooks.waitingSince(since.waiting).filter((item) => !webhooks.isKnown(uid, `review:${item}`));
    for (const item of items) found.push(...(await reviewNews(sources, item)));
  }
  if (events.includes("tree_ended") || events.includes("tree_failed")) {
    for (const tree of webhooks.endedSince(since.ended)) {
      const subject = `tree:${tree.uid}:${tree.endedAtMs}`;
      if (webhooks.isKnown(uid, subject)) continue;
      found.push(...(await treeNews(sources, tree.uid, subject, events)));
    }
  }
  return found;
}

async function reviewNews({ store, queries, address, now }: NewsSources, uid: string): Promise<Found[]> {
  const review = store.queries.reviews.get(uid, now());
  if (!review) return [];
  const tree = await readTree(queries, review.tree_id);
  const { id, kind, title, task_id, created_at } = review;
  const url = `${address}/review?item=${id}`;
  const body = { type: "needs_you", created_at, url, tree, review: { id, kind, title, task_id } } as const;
  return [{ subject: `review:${uid}`, review: uid, body }];
}

async function treeNews(
  { queries, address, now }: NewsSources,
  uid: string,
  subject: string,
  events: readonly WebhookEvent[],
): Promise<Found[]> {
  const tree = await readTree(queries, uid);
  if (!tree) return [];
  const type = tree.status === "failed" ? "tree_failed" : "tree_ended";
  if (!events.includes(type)) return [];
  const created_at = new Date(now()).toISOString();
  return [{ subject, review: null, body: { type, created_at, url: `${address}/trees/${uid}`, tree, review: null } }];
}

/** Returns null for a tree that was deleted meanwhile. */
async function readTree(queries: NewsSources["queries"], uid: string): Promise<WebhookBody["tree"]> {
  const found = await queries.getTree(uid, { tasks: "none" }).catch(() => null);
  return found && { id: found.id, title: found.title, status: found.status, reason: found.reason };
}
