/** The queries for retention: the settings, what takes space, what would be removed, and the last run. */
import { type Queries, wrongField } from "@/agents/application";
import { isBusy } from "@/agents/retention/clean";
import { type FateSources, fatesOf, limitsOf } from "@/agents/retention/fates";
import type { Space } from "@/agents/retention/space";
import { nextRunMs } from "@/agents/retention/watch";
import { type RetentionLimits, removesAnything } from "@/core/rules/retention";
import type { Retention, RetentionPreview, RetentionRun } from "@/core/shapes/retention";
import { iso } from "@/db/file/iso";
import type { LiveBackups } from "@/db/file/live-backup";
import type { RetentionRecord } from "@/db/records/retention-record";
import type { Store } from "@/db/store";
import { MOST_RETENTION_DAYS, MOST_RETENTION_MB, type RetentionSettings } from "@/lib/env/retention";

export interface RetentionQuerySources extends FateSources {
  store: Pick<Store, "client" | "queries" | "retention" | "retentionTrees">;
  backups: Pick<LiveBackups, "freeBytes">;
  space: Space;
  retentionSettings: RetentionSettings;
}

const MB = 1_000_000;
const MOST_LISTED = 10_000;

export function createRetentionQueries(
  sources: RetentionQuerySources,
): Pick<Queries, "getRetention" | "previewRetention"> {
  return {
    getRetention: () => getRetention(sources),
    previewRetention: (given = {}) => preview(sources, givenLimits(sources, given)),
  };
}

/** Returns the limits in effect, with those that the caller gives instead of them. Throws UserError. */
export function givenLimits(
  { store, retentionSettings }: Pick<RetentionQuerySources, "store" | "retentionSettings">,
  { days, max_mb }: { days?: number | undefined; max_mb?: number | undefined },
): RetentionLimits {
  const set = limitsOf(store.retention.read().limits, retentionSettings);
  refuseNumber("days", days, 1, MOST_RETENTION_DAYS);
  refuseNumber("max_mb", max_mb, 1, MOST_RETENTION_MB);
  if (days === undefined && max_mb === undefined) return set;
  return { ...set, days: days ?? null, bytes: max_mb === undefined ? null : max_mb * MB };
}

const NUMBERS = { days: "age in days", max_mb: "size in MB" };

/** Throws UserError unless the number is absent or in the range. */
export function refuseNumber(name: keyof typeof NUMBERS, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw wrongField(name, `The ${NUMBERS[name]} is a whole number from ${least} to ${most}.`);
}

async function preview(sources: RetentionQuerySources, limits: RetentionLimits): Promise<RetentionPreview> {
  const found: RetentionPreview = { settings: shownLimits(limits), items: [], kept: [], size_bytes: 0, more: false };
  for await (const { tree, fate, sizeBytes } of fatesOf(sources, limits)) {
    if (found.items.length + found.kept.length >= MOST_LISTED) {
      found.more = true;
      break;
    }
    const { uid: id, title, endedAtMs } = tree;
    const shown = { id, title, ended_at: iso(endedAtMs), size_bytes: sizeBytes };
    if ("stays" in fate) found.kept.push({ ...shown, why: fate.stays });
    else {
      found.items.push({ ...shown, why: fate.goes });
      found.size_bytes += sizeBytes;
    }
  }
  return found;
}

async function getRetention(sources: RetentionQuerySources): Promise<Retention> {
  const { store, retentionSettings, now } = sources;
  const record = store.retention.read();
  const limits = limitsOf(record.limits, retentionSettings);
  const fixed: [unknown, string][] = [
    [retentionSettings.days, "BANYAN_RETENTION_DAYS"],
    [retentionSettings.megabytes, "BANYAN_RETENTION_MB"],
    [retentionSettings.keepsGoals, "BANYAN_RETENTION_GOALS"],
    [retentionSettings.archiveFolder ?? null, "BANYAN_RETENTION_ARCHIVE"],
  ];
  const { claim, last } = record;
  return {
    settings: {
      ...shownLimits(limits),
      fixed_by: fixed.filter(([value]) => value !== null).map(([, name]) => name),
    },
    next_at: removesAnything(limits) ? iso(nextRunMs(record, now())) : null,
    running: claim && isBusy(record, now()) ? shownRun({ ...claim, endedAtMs: null, problem: null }) : null,
    last: last && shownRun(last),
    space: await sources.space.read(),
    free_bytes: await sources.backups.freeBytes(),
  };
}

export function shownLimits({ days, bytes, keepsGoals, archives }: RetentionLimits): RetentionPreview["settings"] {
  return {
    days,
    max_mb: bytes === null ? null : bytes / MB,
    keep_goals: keepsGoals,
    archive: archives?.folder ?? null,
  };
}

function shownRun(
  run: Omit<NonNullable<RetentionRecord["last"]>, "endedAtMs"> & { endedAtMs: number | null },
): RetentionRun {
  const { cause, begunAtMs, endedAtMs, removed, bytes, problem } = run;
  return { cause, begun_at: iso(begunAtMs), ended_at: iso(endedAtMs), removed, size_bytes: bytes, problem };
}
