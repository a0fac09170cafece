/** Finds the news for webhooks by searching the database, so that nothing is lost when a process dies. */
import type { Queries } from "@/agents/application";
import type { WaitingPromotion } from "@/core/shapes/environments/promotions";
import type { WebhookBody, WebhookEvent } from "@/core/shapes/webhooks";
import { promotionTitle } from "@/core/words/environments/promotions";
import { limitSentence } from "@/core/words/spending/limits";
import type { Forges } from "@/db/forges/forges";
import type { StoredLink } from "@/db/forges/stored";
import type { GovernorStore, LimitAlert } from "@/db/governor/governor";
import type { Promotions } from "@/db/promotions/promotions";
import type { ReviewQueries } from "@/db/queries/reviews";
import type { Schedules, StoredSchedule } from "@/db/schedules/schedules";
import type { NewDelivery } from "@/db/webhooks/webhooks";
import { settingOfLimit } from "@/lib/env/daily-caps";
import { newId } from "@/lib/new-id";
import { type ActiveWebhook, activeReceivers, type WebhookSources } from "./webhooks";

/** Another process's commit may be seen after a search that began later. */
const LOOKBACK_MS = 10 * 60_000;
/** Links with forges that are told at a time. */
const MOST_STUCK = 100;
/** Promotions that wait, told at a time. */
const MOST_PROMOTIONS = 100;
/** After a long time without a server, older news is no news. */
const OLDEST_MS = 7 * 24 * 3_600_000;

export interface NewsSources extends WebhookSources {
  store: WebhookSources["store"] & {
    queries: { reviews: ReviewQueries };
    schedules: Pick<Schedules, "pausedSince">;
    forges: Pick<Forges, "stuck">;
    promotions: Pick<Promotions, "waiting">;
    governor: Pick<GovernorStore, "alertsSince" | "settings">;
  };
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
  const webhooks = activeReceivers(sources);
  if (webhooks.length === 0) return;
  const nowMs = now();
  const searchedAtMs = store.webhooks.searchedAtMs() ?? nowMs;
  // A clock that was ahead must not hide what happens until its time has come.
  const sinceMs = Math.max(Math.min(searchedAtMs, nowMs) - LOOKBACK_MS, nowMs - OLDEST_MS);
  const deliveries: NewDelivery[] = [];
  for (const webhook of webhooks) {
    const from = beginOf(webhook, { nowMs, sinceMs });
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
  if (deliveries.length > 0 || Math.abs(nowMs - searchedAtMs) > 60_000 || store.webhooks.searchedAtMs() === null)
    await store.webhooks.store(deliveries, nowMs);
}

/** A receiver is told nothing of before it was added. When the clock was ahead then, it is told what was not searched yet. */
function beginOf({ createdAtMs }: ActiveWebhook, { nowMs, sinceMs }: { nowMs: number; sinceMs: number }): number {
  if (createdAtMs === null) return nowMs - OLDEST_MS;
  return createdAtMs > nowMs ? sinceMs : createdAtMs;
}

async function newsFor(
  sources: NewsSources,
  { uid, events }: ActiveWebhook,
  since: { waiting: number; ended: number },
): Promise<Found[]> {
  const { webhooks, schedules } = sources.store;
  const found: Found[] = [];
  if (events.includes("needs_you")) {
    const items = webhooks.waitingSince(since.waiting).filter((item) => !webhooks.isKnown(uid, `review:${item}`));
    for (const item of items) found.push(...(await reviewNews(sources, item)));
    const news = sources.store.promotions.waiting(MOST_PROMOTIONS).map((waiting) => promotionNews(sources, waiting));
    found.push(...news.filter(({ subject }) => !webhooks.isKnown(uid, subject)));
  }
  if (events.includes("tree_ended") || events.includes("tree_failed")) {
    for (const tree of webhooks.endedSince(since.ended)) {
      const subject = `tree:${tree.uid}:${tree.endedAtMs}`;
      if (webhooks.isKnown(uid, subject)) continue;
      found.push(...(await treeNews(sources, tree.uid, subject, events)));
    }
  }
  if (events.includes("schedule_paused")) {
    const news = schedules.pausedSince(since.ended).map((schedule) => scheduleNews(sources, schedule));
    found.push(...news.filter(({ subject }) => !webhooks.isKnown(uid, subject)));
  }
  if (events.includes("forge_stuck")) {
    const news = sources.store.forges.stuck(MOST_STUCK).flatMap((link) => forgeNews(sources, link, since.ended));
    found.push(...news.filter(({ subject }) => !webhooks.isKnown(uid, subject)));
  }
  if (events.includes("limit")) {
    const alerts = sources.store.governor.alertsSince(since.ended);
    const fresh = alerts.filter((alert) => !webhooks.isKnown(uid, subjectOf(alert)));
    found.push(...fresh.map((alert) => limitNews(sources, alert)));
  }
  return found;
}

function promotionNews({ address, now }: NewsSources, waiting: WaitingPromotion): Found {
  const { promotion: id, project, target } = waiting;
  const promotion = { id, project, target, title: promotionTitle(waiting) };
  const created_at = new Date(now()).toISOString();
  const url = `${address}/projects/${encodeURIComponent(project)}/environments#targets`;
  return {
    subject: `promotion:${id}`,
    review: null,
    body: { type: "needs_you", created_at, url, tree: null, review: null, promotion },
  };
}

function scheduleNews({ address, now }: NewsSources, { uid, name, pausedAtMs, pausedWhy }: StoredSchedule): Found {
  const schedule = { id: uid, name, sentence: pausedWhy ?? "" };
  const created_at = new Date(now()).toISOString();
  const url = `${address}/schedules/${uid}`;
  const body = { type: "schedule_paused", created_at, url, tree: null, review: null, schedule } as const;
  return { subject: `schedule:${uid}:${pausedAtMs}`, review: null, body };
}

/** Returns nothing for what began, or was seen last, before that moment. A link is told once until it brings work again. */
function forgeNews({ address, now }: NewsSources, link: StoredLink, sinceMs: number): Found[] {
  const { id, project, host, pausedAtMs, failingSinceMs, lookedAtMs, trouble } = link;
  if ((pausedAtMs ?? lookedAtMs ?? 0) < sinceMs) return [];
  const subject = `forge:${id}:${pausedAtMs === null ? `failing:${failingSinceMs}` : `paused:${pausedAtMs}`}`;
  const forge = { project, host, is_paused: pausedAtMs !== null, sentence: trouble ?? "" };
  const created_at = new Date(now()).toISOString();
  const url = `${address}/projects/${project}`;
  return [{ subject, review: null, body: { type: "forge_stuck", created_at, url, tree: null, review: null, forge } }];
}

function subjectOf({ uid }: LimitAlert): string {
  return `limit:${uid}`;
}

function limitNews({ store, settings, address }: NewsSources, alert: LimitAlert): Found {
  const { event } = alert;
  const created_at = new Date(event.atMs).toISOString();
  const level = event.kind === "stop" ? ("stopped" as const) : event.level;
  const setBy = settingOfLimit(settings.dailyCaps, event.name);
  const limit = { name: event.name, level, sentence: limitSentence(event, store.governor.settings(), setBy) };
  const body = {
    type: "limit",
    created_at,
    url: `${address}/operations/limits`,
    tree: null,
    review: null,
    limit,
  } as const;
  return { subject: subjectOf(alert), review: null, body };
}

async function reviewNews({ store, queries, address, now }: NewsSources, uid: string): Promise<Found[]> {
  const review = store.queries.reviews.get(uid, now());
  if (!review) return [];
  const tree = await readTree(queries, review.tree_id);
  const { id, kind, act: title, task_id, created_at } = review;
  const url = `${address}/review?item=${id}`;
  const body = { type: "needs_you", created_at, url, tree, review: { id, kind, title, task_id }, limit: null } as const;
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
  return [
    {
      subject,
      review: null,
      body: { type, created_at, url: `${address}/trees/${uid}`, tree, review: null, limit: null },
    },
  ];
}

/** Returns null for a tree that was deleted meanwhile. */
async function readTree(queries: NewsSources["queries"], uid: string): Promise<WebhookBody["tree"]> {
  const found = await queries.getTree(uid, { tasks: "none" }).catch(() => null);
  return found && { id: found.id, title: found.title, status: found.status, reason: found.reason };
}
