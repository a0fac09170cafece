/**
 * Counts the spend of all trees per day (UTC) and checks its caps. Runs inside the log's transaction, so that two
 * reservations cannot together exceed a cap.
 */
import type { Sqlite } from "@/db/file/client";
import { readEachTime } from "@/db/file/glance";
import type { Writes } from "@/db/file/writes";
import type { DailyCaps } from "@/lib/env/daily-caps";
import type { DailyCapReached } from "./records";
import { type SpendCaps, spendCapReader } from "./spend-caps";

export const NO_DAILY_CAPS: DailyCaps = {
  all: { tokens: null, microUsd: null },
  person: { tokens: null, microUsd: null },
};

type Caps = DailyCaps["all"];

const DAY_MS = 86_400_000;
/** Delay before a retry when only calls in flight block a reservation: they end soon and cost less than they reserved. */
const SOON_MS = 15_000;

interface Reserved {
  tokens: number;
  microUsd: number;
}

interface DailySpend {
  run: ReturnType<typeof dailyStatements>;
  /** As they are now, because an admin changes them while tasks run. */
  caps(): DailyCaps;
}

export function createDailySpend(sqlite: Sqlite, settings: DailyCaps, glance: Writes["glance"] = readEachTime) {
  const stored = spendCapReader(sqlite, glance);
  const caps = () => withStored(settings, stored());
  const daily: DailySpend = { run: dailyStatements(sqlite), caps };
  return {
    add: (treeId: number, spend: { tokensIn: number; tokensOut: number; microUsd: number }, nowMs: number) =>
      add(daily, treeId, spend, nowMs),
    /**
     * Returns what a task of the tree may still reserve today; null without a cap. `freed` is what its next record frees:
     * its last reservation minus the call's cost.
     */
    left: (treeId: number, freed: Reserved, nowMs: number) => left(daily, treeId, freed, nowMs),
    /** Whether any amount of a day is capped now. */
    isCapped: () => isDayCapped(caps()),
    /** Returns the cap that blocks a reservation, or null. The record has already released the task's last reservation. */
    refusal: (treeId: number, wanted: Reserved, nowMs: number) => refusal(daily, treeId, wanted, nowMs),
  };
}

/** Returns the caps that hold: a setting comes before what an admin stored. */
export function withStored(settings: DailyCaps, { dayMicroUsd }: SpendCaps): DailyCaps {
  if (dayMicroUsd === null || settings.all.microUsd !== null) return settings;
  return { ...settings, all: { ...settings.all, microUsd: dayMicroUsd } };
}

/** Whether any amount of a day is capped. */
export function isDayCapped({ all, person }: DailyCaps): boolean {
  return isCapped(all) || isCapped(person);
}

function dailyStatements(sqlite: Sqlite) {
  /**
   * Reservations count as spent: of calls in flight, which are at most as many as leases, and of calls whose worker died,
   * which the next worker of the task charges.
   */
  const reservedFor = (status: string) => `
    SELECT reserved_tokens AS tokens, reserved_micro_usd AS micro_usd, 1 AS isReserved FROM tasks JOIN trees ON trees.id = tasks.tree_id
    WHERE tasks.status = '${status}' AND reserved_tokens > 0 AND (@person IS NULL OR trees.created_by = @person)`;
  return {
    add: sqlite.prepare(`
      INSERT INTO daily_spend (day, person, tokens, micro_usd)
      SELECT @day, created_by, @tokens, @microUsd FROM trees WHERE id = @tree
      ON CONFLICT (day, person) DO UPDATE SET tokens = tokens + excluded.tokens, micro_usd = micro_usd + excluded.micro_usd`),
    personOf: sqlite.prepare("SELECT created_by FROM trees WHERE id = ?").pluck(),
    gone: sqlite.prepare(`
      SELECT coalesce(sum(tokens), 0) AS tokens, coalesce(sum(micro_usd), 0) AS microUsd,
        coalesce(sum(isReserved), 0) AS reservations FROM (
        SELECT tokens, micro_usd, 0 AS isReserved FROM daily_spend
        WHERE day = @day AND (@person IS NULL OR person = @person)
        UNION ALL ${reservedFor("running")} UNION ALL ${reservedFor("ready")})`),
  };
}

function add(
  { run }: DailySpend,
  treeId: number,
  spend: { tokensIn: number; tokensOut: number; microUsd: number },
  nowMs: number,
): void {
  const tokens = spend.tokensIn + spend.tokensOut;
  if (tokens > 0 || spend.microUsd > 0)
    run.add.run({ day: dayOf(nowMs), tree: treeId, tokens, microUsd: spend.microUsd });
}

function left(daily: DailySpend, treeId: number, freed: Reserved, nowMs: number): Caps {
  const { run } = daily;
  const caps = daily.caps();
  const person = run.personOf.get(treeId) as string;
  const [all, own] = [
    isCapped(caps.all) ? used(daily, null, nowMs) : null,
    isCapped(caps.person) ? used(daily, person, nowMs) : null,
  ];
  const least = (of: keyof Caps) => {
    const rests = [
      all && caps.all[of] !== null ? caps.all[of] - all[of] + freed[of] : null,
      own && caps.person[of] !== null ? caps.person[of] - own[of] + freed[of] : null,
    ].filter((rest) => rest !== null);
    return rests.length > 0 ? Math.max(0, Math.min(...rests)) : null;
  };
  return { tokens: least("tokens"), microUsd: least("microUsd") };
}

function refusal(daily: DailySpend, treeId: number, wanted: Reserved, nowMs: number): DailyCapReached | null {
  const { run } = daily;
  const caps = daily.caps();
  if (wanted.tokens === 0 || !isDayCapped(caps)) return null;
  const person = run.personOf.get(treeId) as string;
  const found = [reached(daily, caps.all, null, wanted, nowMs), reached(daily, caps.person, person, wanted, nowMs)];
  // When both caps block it, the later one counts.
  return found.reduce((a, b) => (b && b.untilMs > (a?.untilMs ?? 0) ? b : a), null);
}

function reached(
  daily: DailySpend,
  cap: Caps,
  person: string | null,
  wanted: Reserved,
  nowMs: number,
): DailyCapReached | null {
  if (!isCapped(cap)) return null;
  const now = used(daily, person, nowMs);
  // A model that costs nothing continues when the day's money is spent.
  const isOver = (of: keyof Caps) => cap[of] !== null && wanted[of] > 0 && now[of] + wanted[of] > cap[of];
  const unit = isOver("tokens") ? "tokens" : isOver("microUsd") ? "microUsd" : null;
  if (unit === null) return null;
  const isHeld = now.reservations > 0;
  const untilMs = isHeld ? nowMs + SOON_MS : nextDayMs(nowMs);
  return { cap: { unit, amount: cap[unit] ?? 0, person, isHeld }, untilMs };
}

function used({ run }: DailySpend, person: string | null, nowMs: number): Reserved & { reservations: number } {
  return run.gone.get({ day: dayOf(nowMs), person }) as Reserved & { reservations: number };
}

function isCapped({ tokens, microUsd }: Caps): boolean {
  return tokens !== null || microUsd !== null;
}

/** Returns the day (UTC) in the form that rows use. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Returns when the day (UTC) of this time ends. */
export function nextDayMs(ms: number): number {
  return (Math.floor(ms / DAY_MS) + 1) * DAY_MS;
}
