/** Schedules and their times as pages and programs see them. */
import { UserError } from "@/agents/application";
import type { PreviewedTimes, Schedule, ScheduledTime, ScheduleRun } from "@/core/shapes/schedules";
import { withoutDisguise } from "@/core/words/visible";
import { iso } from "@/db/file/iso";
import type { RunRow, Schedules, StoredSchedule } from "@/db/schedules/schedules";
import { type Cadence, CronError, localTime, readCron } from "@/lib/time/cron";
import { MOST_MISSED, readable } from "./due";

const SHOWN_TIMES = 3;
/** Clocks change at about the same time of each year. */
const NOTED_MS = 396 * 86_400_000;

/** Returns the times of an expression. Throws UserError that names the wrong field. */
export function cadenceOf(cron: string, zone: string): Cadence {
  try {
    return readCron(cron, zone);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    throw new UserError("invalid", error.message, { code: "wrong_time", field: error.field });
  }
}

/** Returns what an expression means, before anything is saved. Throws UserError. */
export function previewOf(cron: string, zone: string, nowMs: number): PreviewedTimes {
  const cadence = cadenceOf(cron, zone);
  return { ...timesOf(cadence, zone, nowMs), zone, notes: notesOf(cadence, zone, nowMs) };
}

export function shownSchedule(schedules: Schedules, stored: StoredSchedule, nowMs: number): Schedule {
  const { id, uid, name, cron, zone, overlap, submission, maker, createdAtMs, pausedAtMs } = stored;
  const [last] = schedules.runs(id, 1);
  const cadence = readable(cron, zone);
  // One that cannot be read any more must not hide the others.
  const times = cadence instanceof CronError ? { words: cron, next: [] } : timesOf(cadence, zone, nowMs);
  return {
    id: uid,
    name,
    cron,
    zone,
    overlap,
    submission,
    words: times.words,
    next: pausedAtMs === null ? times.next : [],
    made_by: maker.name,
    created_at: iso(createdAtMs),
    paused: pausedAtMs === null ? null : { by: stored.pausedBy, at: iso(pausedAtMs), sentence: stored.pausedWhy },
    last: last ? shownRun(last, zone) : null,
  };
}

function timesOf(cadence: Cadence, zone: string, nowMs: number): { words: string; next: ScheduledTime[] } {
  const next = cadence.after(nowMs, SHOWN_TIMES).map((ms) => ({
    at: iso(ms),
    local: localTime(ms, zone),
    clock_change: cadence.oddityOf(ms),
  }));
  return { words: cadence.words, next };
}

/** Returns what to know about the times of a stored schedule. */
export function storedNotes({ cron, zone }: StoredSchedule, nowMs: number): string[] {
  const cadence = readable(cron, zone);
  return cadence instanceof CronError ? [cadence.message] : notesOf(cadence, zone, nowMs);
}

/** Returns a sentence for each change of the clocks that touches the times. */
function notesOf(cadence: Cadence, zone: string, nowMs: number): string[] {
  const said = cadence.oddTimes(nowMs, nowMs + NOTED_MS).map((ms) => {
    const [day = "", time = ""] = localTime(ms, zone).split(", ");
    if (cadence.oddityOf(ms) === "moved")
      return `${day}: the clocks go forward and the time does not exist, so it begins at ${time}, once.`;
    if (cadence.oddityOf(ms) === "first_of_two")
      return `${day}: the clocks go back and ${time} exists twice. It begins at the first, once.`;
    return `${day}: the clocks go back and the hour of ${time} exists twice. It begins in both, as in every hour.`;
  });
  return [...new Set(said)];
}

export function shownRun(row: RunRow, zone: string): ScheduleRun {
  const { dueAtMs, cause, by, outcome, createdAtMs, missed, missedSinceMs, treeUid, title, status } = row;
  const { evolution: id, evolving: state, evolvingWhy, evolvingFault: fault, project } = row;
  const tree =
    treeUid === null || title === null || status === null
      ? null
      : { id: treeUid, title: withoutDisguise(title), status };
  return {
    due_at: iso(dueAtMs),
    due_local: localTime(dueAtMs, zone),
    cause,
    by,
    outcome,
    at: iso(createdAtMs),
    missed,
    missed_since: iso(missedSinceMs),
    evolution:
      id === null || state === null || project === null ? null : { id, project, state, fault, sentence: evolvingWhy },
    tree,
    sentence: sentenceOf(row, zone),
  };
}

function sentenceOf(
  { outcome, isBlocked, why, missed, missedSinceMs, treeUid, evolution, evolvingWhy }: RunRow,
  zone: string,
): string | null {
  const isCaughtUp = outcome === "begun" || outcome === "pending";
  const said = [
    missedSinceMs === null ? "" : missedWords(missed, localTime(missedSinceMs, zone)),
    missedSinceMs !== null && isCaughtUp ? "Caught up once." : "",
    isBlocked === 1 ? "Skipped: the tree before it was still running." : (why ?? ""),
    outcome === "begun" && treeUid === null && evolution === null ? "Its tree was deleted." : "",
    evolvingWhy ?? "",
  ].filter(Boolean);
  return said.length > 0 ? said.join(" ") : null;
}

function missedWords(missed: number, since: string): string {
  const why = "no server was working, or everything was paused.";
  if (missed === 1) return `Missed at ${since}: ${why}`;
  const count = missed >= MOST_MISSED ? `At least ${MOST_MISSED}` : String(missed);
  return `${count} times missed since ${since}: ${why}`;
}
