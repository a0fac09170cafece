/**
 * Stores the governor's settings, its last readings and its events. The events are its state, so after a kill the next
 * process continues from them. An event, its row of the audit and the pause of everything are one transaction.
 */
import type { LimitsChange } from "@/core/log/limits";
import {
  type GovernorEvent,
  type GovernorSettings,
  MOST_VIOLATIONS,
  type Readings,
  USUAL_LIMITS,
  withChange,
} from "@/core/rules/governor";
import type { LimitEvent } from "@/core/shapes/limits";
import { createAuditWriter } from "@/db/audit/audit";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";
import type { Halts } from "@/db/log/halt";
import { dayOf } from "@/db/records/daily-spend";

/** In the audit, and the one who paused everything at an emergency stop. */
const GOVERNOR = "governor";

interface NewLimitEvent {
  uid: string;
  event: GovernorEvent;
  /** One sentence about it, for the audit and as the reason of a pause. */
  sentence: string;
}

interface LastReadings {
  atMs: number;
  readings: Readings;
}

export interface LimitAlert {
  uid: string;
  event: GovernorEvent;
}

export interface GovernorStore {
  settings(): GovernorSettings;
  change(change: LimitsChange): Promise<GovernorSettings>;
  /** Returns the events whose fold is the state, oldest first. */
  recent(nowMs: number): GovernorEvent[];
  /** Returns the id of the newest event; 0 before the first. */
  lastId(): number;
  /**
   * Stores events; an event of the kind `stop` pauses everything. Resolves with false, and stores nothing, when another
   * worker has stored events since `lastId`: both may have taken themselves for the leader for a moment.
   */
  append(events: readonly NewLimitEvent[], lastId: number): Promise<boolean>;
  /** Returns the newest events first. */
  list(limit: number): LimitEvent[];
  /** Returns the alerts since then, oldest first. */
  alertsSince(sinceMs: number): LimitAlert[];
  lastReadings(): LastReadings | null;
  setLastReadings(last: LastReadings): Promise<void>;
  /** Returns how many rounds of goals have begun on the day (UTC) of that moment. */
  goalRoundsOn(ms: number): number;
  /** Deletes older events, and the oldest of very many, unless the state needs them. */
  forgetBefore(beforeMs: number): Promise<void>;
}

const SETTINGS = "limits";
const READINGS = "limit_readings";
/** As long as the longest window. */
const RECENT_MS = 24 * 3_600_000;
const KEPT_MS = 60_000;
/** Events other than alerts: a limit that comes and goes with each reading gives 8,640 a day. */
const MOST_EVENTS = 10_000;

interface EventRow extends Omit<GovernorEvent, "of" | "isAlert"> {
  uid: string;
  about: string | null;
  isAlert: number;
}

const COLUMNS = `uid, at_ms AS atMs, name, kind, level, was, used, max, about, is_alert AS isAlert`;

export function createGovernorStore(sqlite: Sqlite, log: Writes, halts: Pick<Halts, "beginWithin">): GovernorStore {
  const run = governorStatements(sqlite);
  const facts = createFacts(sqlite);
  const audit = createAuditWriter(sqlite);
  const settings = settingsReader(facts.read);
  return {
    settings,
    change: (change) =>
      log.write(() => {
        const kept = JSON.parse(facts.read(SETTINGS) ?? "{}") as LimitsChange;
        facts.write(SETTINGS, JSON.stringify(merged(kept, change)));
        return settings();
      }),
    recent: recentReader(run),
    lastId: () => run.lastId.get() as number,
    append: (events, lastId) =>
      log.write((context) => {
        if (run.lastId.get() !== lastId) return false;
        for (const { uid, event, sentence } of events) {
          const { of, isAlert, ...rest } = event;
          run.insert.run({ ...rest, uid, about: of, isAlert: isAlert ? 1 : 0 });
          if (event.kind === "stop") halts.beginWithin(context, GOVERNOR, sentence.replace(/\.$/, ""));
          const action = actionOf(event);
          if (action)
            audit.insert({ actor: GOVERNOR, action, subject: event.name, tree: "", detail: sentence }, context.nowMs);
        }
        return true;
      }),
    list: (limit) => (run.list.all(limit) as EventRow[]).map(shownEvent),
    alertsSince: (sinceMs) =>
      (run.alerts.all(sinceMs) as EventRow[]).map((row) => ({ uid: row.uid, event: eventOf(row) })),
    lastReadings: () => JSON.parse(facts.read(READINGS) ?? "null") as LastReadings | null,
    setLastReadings: (last) => log.write(() => facts.write(READINGS, JSON.stringify(last))),
    goalRoundsOn: (ms) =>
      run.rounds.get({ from: Date.parse(dayOf(ms)), until: Date.parse(dayOf(ms)) + RECENT_MS }) as number,
    forgetBefore: (beforeMs) => log.write(() => void run.forget.run({ before: beforeMs, most: MOST_EVENTS })),
  };
}

function governorStatements(sqlite: Sqlite) {
  // These hold the levels, since when each holds, and what people were last told about it, however long ago.
  const newestOfEach = "SELECT max(id) FROM limit_events GROUP BY name, kind, level, is_alert";
  return {
    insert: sqlite.prepare(`
      INSERT INTO limit_events (uid, at_ms, name, kind, level, was, used, max, about, is_alert)
      VALUES (@uid, @atMs, @name, @kind, @level, @was, @used, @max, @about, @isAlert)`),
    recent: sqlite.prepare(`
      SELECT ${COLUMNS} FROM limit_events WHERE id IN (${newestOfEach}) OR id IN (
        SELECT id FROM (
          SELECT id, row_number() OVER (PARTITION BY name ORDER BY id DESC) AS place FROM limit_events
          WHERE at_ms >= ? AND level = 'limit' AND kind <> 'stop')
        WHERE place <= ?)
      ORDER BY id`),
    lastId: sqlite.prepare("SELECT coalesce(max(id), 0) FROM limit_events").pluck(),
    list: sqlite.prepare(`SELECT ${COLUMNS} FROM limit_events ORDER BY id DESC LIMIT ?`),
    alerts: sqlite.prepare(`SELECT ${COLUMNS} FROM limit_events WHERE at_ms >= ? AND is_alert = 1 ORDER BY id`),
    // A tree that was read from an archive spent its rounds elsewhere, or was counted when it ran. A fork has copies of
    // rounds that ended before it began.
    rounds: sqlite
      .prepare(`
      SELECT count(*) FROM tasks WHERE model = 'iteration' AND started_at_ms >= @from AND started_at_ms < @until
        AND NOT EXISTS (SELECT 1 FROM trees WHERE trees.id = tree_id
          AND (archive_hash IS NOT NULL OR tasks.ended_at_ms < trees.created_at_ms))`)
      .pluck(),
    forget: sqlite.prepare(`
      DELETE FROM limit_events WHERE id NOT IN (${newestOfEach}) AND (at_ms < @before OR (is_alert = 0 AND id <= (
        SELECT id FROM limit_events WHERE is_alert = 0 ORDER BY id DESC LIMIT 1 OFFSET @most)))`),
  };
}

/** Asked with each status, so the rows are read again only after a new event, and when old ones may have left. */
function recentReader(run: ReturnType<typeof governorStatements>): GovernorStore["recent"] {
  let kept: { lastId: unknown; atMs: number; events: GovernorEvent[] } | null = null;
  return (nowMs) => {
    const lastId = run.lastId.get();
    if (kept === null || kept.lastId !== lastId || Math.abs(nowMs - kept.atMs) > KEPT_MS) {
      const rows = run.recent.all(nowMs - RECENT_MS, MOST_VIOLATIONS) as EventRow[];
      kept = { lastId, atMs: nowMs, events: rows.map(eventOf) };
    }
    return kept.events;
  };
}

/** Read at each check, so the text is parsed only when it has changed. */
function settingsReader(read: (name: string) => string | undefined): () => GovernorSettings {
  let kept: { json: string | undefined; settings: GovernorSettings } = { json: undefined, settings: USUAL_LIMITS };
  return () => {
    const json = read(SETTINGS);
    if (json !== kept.json)
      kept = { json, settings: json === undefined ? USUAL_LIMITS : withChange(USUAL_LIMITS, JSON.parse(json)) };
    return kept.settings;
  };
}

/** Only what an admin changed is stored, so that a later version's defaults reach the rest. */
function merged(kept: LimitsChange, change: LimitsChange): LimitsChange {
  const limits = { ...kept.limits };
  for (const [name, given] of Object.entries(change.limits ?? {}))
    limits[name as keyof typeof limits] = { ...limits[name as keyof typeof limits], ...given };
  return { ...kept, ...change, limits };
}

/** Only what stops or starts work is a row of the audit, which keeps its rows forever. */
function actionOf({ kind, level, was }: GovernorEvent): string | null {
  if (kind === "stop") return "pauseEverything";
  if (kind === "again") return null;
  if (level === "limit") return "limitReached";
  return was === "limit" ? "limitOver" : null;
}

function eventOf({ uid: _, about, isAlert, ...row }: EventRow): GovernorEvent {
  return { ...row, of: about, isAlert: isAlert === 1 };
}

function shownEvent({ uid, atMs, about, isAlert: _, ...row }: EventRow): LimitEvent {
  return { id: uid, at: iso(atMs), ...row, of: about };
}
