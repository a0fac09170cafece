/** Stores webhooks and the messages to them. A message is stored before its first try, so that a crash loses none. */
import type { WebhookBody, WebhookDelivery, WebhookEvent } from "@/core/shapes/webhooks";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";
import { isNoCanary, isOfNoCanary } from "@/db/people/canary";

interface StoredWebhook {
  uid: string;
  url: string;
  events: WebhookEvent[];
  createdBy: string;
  createdAtMs: number;
}

type WebhookFields = Pick<StoredWebhook, "url" | "events">;

export interface NewDelivery {
  uid: string;
  webhook: string;
  subject: string;
  review: string | null;
  body: string;
}

export interface DueDelivery extends NewDelivery {
  /** Tries so far, with the one that begins now. */
  tries: number;
  /** Whether its item or promotion was settled before it could be sent. */
  isSettled: boolean;
}

/** A tree that ended. */
interface EndedTree {
  uid: string;
  endedAtMs: number;
}

export interface Webhooks {
  list(): StoredWebhook[];
  /** Adds it, unless `check`, asked in the same transaction about those that are there, throws. */
  add(webhook: Omit<StoredWebhook, "createdAtMs">, check?: (known: StoredWebhook[]) => void): Promise<void>;
  /** Reads it, with the others, and writes it in one transaction. Resolves with false when there is none. */
  change(uid: string, work: (before: StoredWebhook, others: StoredWebhook[]) => WebhookFields): Promise<boolean>;
  /** Removes the webhook and its messages. Resolves with false when there is none. */
  remove(uid: string): Promise<boolean>;
  /** Returns the newest messages to the webhook. */
  deliveries(webhook: string, limit: number): WebhookDelivery[];
  /** Returns the uids of open items that wait for a person and were opened since then. */
  waitingSince(sinceMs: number): string[];
  /** Returns the people's trees that ended since then. */
  endedSince(sinceMs: number): EndedTree[];
  /** Returns when the database was last searched for news, or null before the first time. */
  searchedAtMs(): number | null;
  /** Whether there is a message about the subject. A dropped one does not count: what is news again was never told. */
  isKnown(webhook: string, subject: string): boolean;
  /**
   * Stores new messages; a message about the same subject is stored once, unless it was dropped. Also stores when the
   * search was.
   */
  store(deliveries: readonly NewDelivery[], searchedAtMs: number | null): Promise<void>;
  /** Stores a message that was sent once and is not sent again. */
  storeSent(delivery: NewDelivery, outcome: { isDelivered: boolean; answer: string }): Promise<void>;
  /** Returns the receivers that messages are due to, without a write: first the one whose message is due longest. */
  receiversDue(nowMs: number): string[];
  /** Takes messages that are due to the receiver. Each is due again at `againAtMs`, in case this process dies during the try. */
  takeDue(webhook: string, take: { nowMs: number; againAtMs: number; limit: number }): Promise<DueDelivery[]>;
  /** Stores the outcome of a try. `nextAtMs`: when the message is tried again, or null when it is settled. */
  tried(
    uid: string,
    outcome: { status: WebhookDelivery["status"]; answer: string; nextAtMs: number | null },
  ): Promise<void>;
  /**
   * Returns how many messages the receiver took since then, and when the first of them was sent. What a clock sent that was
   * ahead does not count.
   */
  sentSince(webhook: string, time: { sinceMs: number; nowMs: number }): { count: number; firstAtMs: number };
  /**
   * Drops the waiting messages whose item or promotion is settled, or whose event is none of `wanted`. The texts are their
   * answers.
   */
  dropStale(
    webhook: string,
    stale: { wanted: readonly WebhookEvent[]; settled: string; unwanted: string },
  ): Promise<void>;
  /** Returns how many messages to the receiver are not settled, and the number of the newest of them. */
  waitingFor(webhook: string): { count: number; lastId: number };
  /** The tries that were taken for these messages do not count. They are due again when they would be after a kill. */
  untake(uids: readonly string[]): Promise<void>;
  /** Lets all messages to the receiver wait until then. The tries that were taken for `uids` do not count. */
  holdBack(webhook: string, uids: readonly string[], until: { untilMs: number; why: string }): Promise<void>;
  /** Settles the messages to the receiver that still wait, up to `lastId`: another message stood for them. */
  settleWaiting(webhook: string, settled: { lastId: number; answer: string }): Promise<void>;
  /** Deletes settled messages that are older, unless what they tell goes on: it would be told again. */
  forgetBefore(beforeMs: number): Promise<void>;
}

const SEARCHED = "webhooks_searched";

type Statements = ReturnType<typeof webhookStatements>;

export function createWebhooks(sqlite: Sqlite, log: Writes): Webhooks {
  const run = webhookStatements(sqlite);
  const list = () => (run.all.all() as (StoredWebhook & { events: string })[]).map(withEvents);
  return {
    list,
    add: ({ events, ...webhook }, check) =>
      log.write(({ nowMs }) => {
        check?.(list());
        run.insert.run({ ...webhook, events: JSON.stringify(events), now: nowMs });
      }),
    change: (uid, work) =>
      log.write(() => {
        const all = list();
        const before = all.find((webhook) => webhook.uid === uid);
        if (before === undefined) return false;
        const others = all.filter((webhook) => webhook !== before);
        const { url, events } = work(before, others);
        run.change.run({ uid, url, events: JSON.stringify(events) });
        return true;
      }),
    remove: (uid) =>
      log.write(() => {
        run.removeDeliveries.run(uid);
        return run.remove.run(uid).changes > 0;
      }),
    deliveries: (webhook, limit) => (run.deliveries.all(webhook, limit) as DeliveryRow[]).map(deliveryShape),
    waitingSince: (sinceMs) => run.waiting.all(sinceMs) as string[],
    endedSince: (sinceMs) => run.ended.all(sinceMs) as EndedTree[],
    searchedAtMs: () => {
      const value = run.facts.read(SEARCHED);
      return value === undefined ? null : Number(value);
    },
    isKnown: (webhook, subject) => run.isKnown.get(webhook, subject) !== undefined,
    store: (deliveries, searchedAtMs) => store(run, log, deliveries, searchedAtMs),
    storeSent: (delivery, { isDelivered, answer }) =>
      log.write(({ nowMs }) => {
        const status = isDelivered ? "delivered" : "failed";
        run.insertSent.run({ ...delivery, status, answer, now: nowMs });
      }),
    receiversDue: (nowMs) => run.receiversDue.all({ now: nowMs }) as string[],
    takeDue: (webhook, { nowMs, againAtMs, limit }) =>
      log.write(() =>
        (run.takeDue.all({ webhook, now: nowMs, again: againAtMs, limit }) as DueDelivery[]).map((delivery) => ({
          ...delivery,
          isSettled: run.isSettled.get(delivery) === 1,
        })),
      ),
    tried: (uid, { status, answer, nextAtMs }) =>
      log.write(({ nowMs }) => void run.tried.run({ uid, status, answer, next: nextAtMs ?? nowMs })),
    sentSince: (webhook, { sinceMs, nowMs }) =>
      run.sentSince.get({ webhook, since: sinceMs, now: nowMs }) as { count: number; firstAtMs: number },
    dropStale: (webhook, { wanted, ...answers }) =>
      log.write(() => void run.dropStale.run({ webhook, wanted: JSON.stringify(wanted), ...answers })),
    waitingFor: (webhook) => run.waitingFor.get(webhook) as { count: number; lastId: number },
    untake: (uids) =>
      log.write(() => {
        for (const uid of uids) run.untake.run(uid);
      }),
    holdBack: (webhook, uids, { untilMs, why }) =>
      log.write(() => {
        for (const uid of uids) run.untake.run(uid);
        run.holdBack.run({ webhook, until: untilMs, why });
      }),
    settleWaiting: (webhook, settled) => log.write(() => void run.settleWaiting.run({ webhook, ...settled })),
    forgetBefore: (beforeMs) => log.write(() => void run.forget.run(beforeMs)),
  };
}

/** No try waits for a day: a later time comes from a clock that was ahead, and must not hold the message back. */
const DUE = "(next_at_ms <= @now OR next_at_ms > @now + 86400000)";

/** SQL queries of the subjects of what goes on, as `agents/webhooks/news.ts` names them: promotions, and links with forges. */
const WAITING_PROMOTIONS = "SELECT 'promotion:' || uid FROM promotions WHERE state = 'asked'";
const STUCK_LINKS = `
  SELECT 'forge:' || id || ':failing:' || failing_since_ms FROM forge_links WHERE failing_since_ms IS NOT NULL
  UNION ALL SELECT 'forge:' || id || ':paused:' || paused_at_ms FROM forge_links WHERE paused_at_ms IS NOT NULL`;

/** An SQL condition: what a message with this review and subject tells is settled. */
const isSettled = (review: string, subject: string) => `
  CASE WHEN ${review} IS NOT NULL
    THEN NOT EXISTS (SELECT 1 FROM reviews WHERE reviews.uid = ${review} AND reviews.status = 'open')
    WHEN ${subject} GLOB 'promotion:*' THEN ${subject} NOT IN (${WAITING_PROMOTIONS}) ELSE 0 END`;

function webhookStatements(sqlite: Sqlite) {
  return {
    facts: createFacts(sqlite),
    all: sqlite.prepare(
      "SELECT uid, url, events, created_by AS createdBy, created_at_ms AS createdAtMs FROM webhooks ORDER BY id",
    ),
    insert: sqlite.prepare(
      "INSERT INTO webhooks (uid, url, events, created_by, created_at_ms) VALUES (@uid, @url, @events, @createdBy, @now)",
    ),
    change: sqlite.prepare("UPDATE webhooks SET url = @url, events = @events WHERE uid = @uid"),
    remove: sqlite.prepare("DELETE FROM webhooks WHERE uid = ?"),
    removeDeliveries: sqlite.prepare("DELETE FROM webhook_deliveries WHERE webhook = ?"),
    deliveries: sqlite.prepare(`
      SELECT uid, body, status, tries, answer, created_at_ms AS createdAtMs, tried_at_ms AS triedAtMs, next_at_ms AS nextAtMs
      FROM webhook_deliveries WHERE webhook = ? ORDER BY id DESC LIMIT ?`),
    waiting: sqlite
      .prepare(
        `SELECT uid FROM reviews WHERE status = 'open' AND addressee_id IS NULL AND created_at_ms >= ?
           AND ${isOfNoCanary("tree_id")} ORDER BY id`,
      )
      .pluck(),
    ended: sqlite.prepare(`
      SELECT uid, ended_at_ms AS endedAtMs FROM trees WHERE ended_at_ms >= ? AND is_system = 0
        AND archive_hash IS NULL AND ${isNoCanary("trees")} ORDER BY ended_at_ms, id`),
    isKnown: sqlite.prepare(
      "SELECT 1 FROM webhook_deliveries WHERE webhook = ? AND subject = ? AND status <> 'dropped'",
    ),
    // It makes way for the new one, which stands at the top of the list.
    deleteDropped: sqlite.prepare(
      "DELETE FROM webhook_deliveries WHERE webhook = @webhook AND subject = @subject AND status = 'dropped'",
    ),
    insertDelivery: sqlite.prepare(`
      INSERT INTO webhook_deliveries (uid, webhook, subject, review, body, status, created_at_ms, next_at_ms)
      VALUES (@uid, @webhook, @subject, @review, @body, 'waiting', @now, @now) ON CONFLICT (webhook, subject) DO NOTHING`),
    insertSent: sqlite.prepare(`
      INSERT INTO webhook_deliveries (uid, webhook, subject, review, body, status, tries, answer, created_at_ms, tried_at_ms, next_at_ms)
      VALUES (@uid, @webhook, @subject, @review, @body, @status, 1, @answer, @now, @now, @now)`),
    // Each `+` lets SQLite use the index of what waits, not the one of all messages to the receiver.
    receiversDue: sqlite
      .prepare(`
      SELECT webhook FROM webhook_deliveries WHERE status = 'waiting' AND ${DUE}
      GROUP BY +webhook ORDER BY min(next_at_ms), min(id)`)
      .pluck(),
    takeDue: sqlite.prepare(`
      UPDATE webhook_deliveries SET tries = tries + 1, tried_at_ms = @now, next_at_ms = @again
      WHERE id IN (SELECT id FROM webhook_deliveries WHERE status = 'waiting' AND +webhook = @webhook AND ${DUE}
        ORDER BY next_at_ms, id LIMIT @limit)
      RETURNING uid, webhook, subject, review, body, tries`),
    isSettled: sqlite.prepare(`SELECT ${isSettled("@review", "@subject")}`).pluck(),
    dropStale: sqlite.prepare(`
      UPDATE webhook_deliveries AS told SET status = 'dropped',
        answer = CASE WHEN ${isSettled("told.review", "told.subject")} THEN @settled ELSE @unwanted END
      WHERE webhook = @webhook AND status = 'waiting' AND (${isSettled("told.review", "told.subject")}
        OR json_extract(body, '$.type') NOT IN (SELECT value FROM json_each(@wanted)))`),
    tried: sqlite.prepare(
      "UPDATE webhook_deliveries SET status = @status, answer = @answer, next_at_ms = @next WHERE uid = @uid AND status = 'waiting'",
    ),
    sentSince: sqlite.prepare(`
      SELECT count(*) AS count, coalesce(min(tried_at_ms), @since) AS firstAtMs FROM webhook_deliveries
      WHERE webhook = @webhook AND status = 'delivered' AND tried_at_ms > @since AND tried_at_ms <= @now`),
    waitingFor: sqlite.prepare(`
      SELECT count(*) AS count, coalesce(max(id), 0) AS lastId FROM webhook_deliveries
      WHERE webhook = ? AND status = 'waiting'`),
    untake: sqlite.prepare("UPDATE webhook_deliveries SET tries = tries - 1 WHERE uid = ? AND status = 'waiting'"),
    holdBack: sqlite.prepare(`
      UPDATE webhook_deliveries SET next_at_ms = max(next_at_ms, @until), answer = @why
      WHERE webhook = @webhook AND status = 'waiting'`),
    // Without a time, because it was not sent itself and does not count as sent.
    settleWaiting: sqlite.prepare(`
      UPDATE webhook_deliveries SET status = 'delivered', answer = @answer, tried_at_ms = NULL
      WHERE webhook = @webhook AND status = 'waiting' AND id <= @lastId`),
    forget: sqlite.prepare(`
      DELETE FROM webhook_deliveries WHERE status <> 'waiting' AND created_at_ms < ?
        AND NOT EXISTS (SELECT 1 FROM reviews WHERE reviews.uid = review AND reviews.status = 'open')
        AND subject NOT IN (${WAITING_PROMOTIONS}) AND subject NOT IN (${STUCK_LINKS})`),
  };
}

function store(
  run: Statements,
  log: Writes,
  deliveries: readonly NewDelivery[],
  searchedAtMs: number | null,
): Promise<void> {
  return log.write(({ nowMs }) => {
    for (const delivery of deliveries) {
      run.deleteDropped.run(delivery);
      run.insertDelivery.run({ ...delivery, now: nowMs });
    }
    if (searchedAtMs !== null) run.facts.write(SEARCHED, String(searchedAtMs));
  });
}

function withEvents(row: StoredWebhook & { events: string }): StoredWebhook {
  return { ...row, events: JSON.parse(row.events) as WebhookEvent[] };
}

interface DeliveryRow {
  uid: string;
  body: string;
  status: WebhookDelivery["status"];
  tries: number;
  answer: string | null;
  createdAtMs: number;
  triedAtMs: number | null;
  nextAtMs: number;
}

function deliveryShape(row: DeliveryRow): WebhookDelivery {
  const body = JSON.parse(row.body) as WebhookBody;
  return {
    id: row.uid,
    type: body.type,
    title:
      body.review?.title ??
      body.tree?.title ??
      body.promotion?.title ??
      body.schedule?.name ??
      body.forge?.project ??
      body.limit?.sentence ??
      "",
    status: row.status,
    tries: row.tries,
    answer: row.answer,
    created_at: iso(row.createdAtMs),
    tried_at: iso(row.triedAtMs),
    next_try_at: row.status === "waiting" ? iso(row.nextAtMs) : null,
  };
}
