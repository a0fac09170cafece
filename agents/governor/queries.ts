/** The query for the limits: how close each is now, and what happened at them. */
import type { Queries } from "@/agents/application";
import { LIMIT_NAMES, type LimitName } from "@/core/log/limits";
import {
  claimingOf,
  foldGovernor,
  type GovernorSettings,
  type GovernorState,
  type Reading,
  shareOf,
  violationsOf,
} from "@/core/rules/governor";
import type { LimitState } from "@/core/shapes/limits";
import { iso } from "@/db/file/iso";
import { withStored } from "@/db/records/daily-spend";
import type { Store } from "@/db/store";
import { type DailyCaps, settingOfLimit } from "@/lib/env/daily-caps";

export interface LimitSources {
  store: Pick<Store, "governor" | "spendCaps">;
  dailyCaps: DailyCaps;
  now(): number;
}

const SHOWN_EVENTS = 50;
const MICRO = 1_000_000;

export function createLimitQueries(sources: LimitSources): Pick<Queries, "getLimits"> {
  const { governor } = sources.store;
  return {
    async getLimits() {
      const settings = governor.settings();
      const { state, limits } = limitsNow(sources);
      const { claiming, by } = claimingOf(state, settings);
      return {
        claiming,
        held_by: by,
        read_at: iso(governor.lastReadings()?.atMs ?? null),
        limits,
        violations: settings.violations,
        within_minutes: settings.withinMs / 60_000,
        alert_from: settings.alertFrom,
        events: governor.list(SHOWN_EVENTS),
      };
    },
  };
}

/** Returns the stored state of every limit. */
export function limitsNow(sources: LimitSources): { state: GovernorState; limits: LimitState[] } {
  const { store, now } = sources;
  const settings = store.governor.settings();
  const state = foldGovernor(store.governor.recent(now()));
  const readings = store.governor.lastReadings()?.readings ?? {};
  return { state, limits: LIMIT_NAMES.map((name) => stateOf(sources, settings, state, name, readings[name])) };
}

function stateOf(
  sources: LimitSources,
  settings: GovernorSettings,
  state: GovernorState,
  name: LimitName,
  reading: Reading | undefined,
): LimitState {
  const max = maxOf(sources, settings, name);
  const now = state[name];
  return {
    name,
    max,
    max_set_by: settingOfLimit(sources.dailyCaps, name),
    action: settings.limits[name].action,
    used: reading?.used ?? null,
    percent: reading && max !== null ? Math.round(100 * shareOf({ used: reading.used, max })) : null,
    level: now?.level ?? "ok",
    since: iso(now?.sinceMs ?? null),
    of: reading?.of ?? null,
    violations: violationsOf(state, name, settings, sources.now()),
  };
}

/** The limits of the day are the caps, which are kept in one place. */
function maxOf({ store, dailyCaps }: LimitSources, { limits }: GovernorSettings, name: LimitName): number | null {
  if (name !== "tokens" && name !== "cost") return limits[name].max;
  const { tokens, microUsd } = withStored(dailyCaps, store.spendCaps.read()).all;
  if (name === "tokens") return tokens;
  return microUsd === null ? null : microUsd / MICRO;
}
