/** Stores schedules and their times. A time is claimed, with the id of its tree, before the tree is created. */
import { isDeepStrictEqual } from "node:util";
import type { Actor } from "@/core/rules/roles";
import type { Overlap, ScheduledSubmission } from "@/core/shapes/schedules";
import { withoutDisguise } from "@/core/words/visible";
import { createAuditWriter } from "@/db/audit/audit";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import {
  type RunRow,
  type ScheduleRow,
  type StoredRun,
  type StoredSchedule,
  scheduleOf,
  scheduleStatements,
} from "./schedule-rows";

export type { RunRow, StoredRun, StoredSchedule } from "./schedule-rows";

export interface ScheduleFields {
  name: string;
  cron: string;
  zone: string;
  overlap: Overlap;
  submission: ScheduledSubmission;
  maker: Actor;
  nextAtMs: number | null;
}

/** A due time that becomes a run. */
interface Claim {
  schedule: string;
  /** The next time as it was read: another process that was quicker has changed it. */
  expectedMs: number;
  dueMs: number;
  nextAtMs: number | null;
  missed: number;
  missedSinceMs: number | null;
  /** Public id that its tree gets. */
  tree: string;
}

export interface Schedules {
  /** Returns all schedules that are not removed, by name. */
  all(): StoredSchedule[];
  count(): number;
  /** Returns a schedule that is not removed, or null. */
  get(uid: string): StoredSchedule | null;
  /** Returns the public ids with this prefix. */
  like(prefix: string): string[];
  /** Adds nothing when there is one with this id, removed or not. */
  add(uid: string, fields: ScheduleFields): Promise<void>;
  /** Reads it and writes it in one transaction. Resolves with it as it is then, or with null when it was removed. */
  change(uid: string, work: (before: StoredSchedule) => ScheduleFields): Promise<StoredSchedule | null>;
  /** A person pauses it. Resolves with false when it is paused or removed already. */
  pause(uid: string, by: string): Promise<boolean>;
  /** Banyan pauses it until a person resumes it, with a row of the audit. */
  pauseByBanyan(uid: string, why: string): Promise<void>;
  /** Makes a pause of Banyan a person's, so that it waits for nobody. Resolves with false when Banyan has not paused it. */
  leavePaused(uid: string, by: string): Promise<boolean>;
  /** Resolves with false when it is not paused. */
  resume(uid: string, maker: Actor, nextAtMs: number | null): Promise<boolean>;
  remove(uid: string): Promise<boolean>;
  /** Returns active schedules whose next time is not after this moment. */
  due(nowMs: number): StoredSchedule[];
  /** Returns active schedules whose next time is after this moment. */
  ahead(afterMs: number): StoredSchedule[];
  setNext(uid: string, expectedMs: number, nextAtMs: number | null): Promise<void>;
  /** Claims a due time. Resolves with null when it was claimed already, or the schedule has changed since it was read. */
  claim(claim: Claim): Promise<StoredRun | null>;
  /**
   * Stores that a person starts it now, once for each tree. Resolves with the run, or null when the schedule was removed
   * meanwhile.
   */
  begin(uid: string, by: string, tree: string): Promise<StoredRun | null>;
  /** Returns the runs of the clock whose tree is missing yet, of active schedules, oldest first. */
  pending(): { run: StoredRun; schedule: StoredSchedule }[];
  /** Returns a run with its schedule as both are now; null when the run is settled, or the schedule paused or removed. */
  stillPending(runId: number): { run: StoredRun; schedule: StoredSchedule } | null;
  /**
   * Settles runs whose tree nothing creates any more: the schedule was paused or removed, or a person's process died.
   * Writes nothing without a pending run.
   */
  settleLost(personsBeforeMs: number, why: { paused: string; lost: string }): Promise<void>;
  hasTree(tree: string): boolean;
  /** The run's tree is there. */
  begun(run: StoredRun): Promise<void>;
  /** The run has begun one of an evolution instead of a tree. */
  evolves(run: StoredRun, evolution: string): Promise<void>;
  /** The run begins nothing, which is no fault. */
  skipped(run: StoredRun, why: string): Promise<void>;
  /**
   * The run has failed. `pauseAfter` gets the number of failed starts in a row and returns why Banyan pauses the schedule
   * now, or null. A schedule that a person has changed since it was read is not judged by an earlier version of it.
   */
  failed(
    run: StoredRun,
    schedule: StoredSchedule,
    why: string,
    pauseAfter: (failures: number) => string | null,
  ): Promise<void>;
  /** A person's run has no tree. */
  lost(run: StoredRun, why: string): Promise<void>;
  /** Returns the runs of a schedule, newest first. */
  runs(scheduleId: number, limit: number): RunRow[];
  /** Returns schedules that Banyan has paused since then. */
  pausedSince(sinceMs: number): StoredSchedule[];
  /** Returns schedules that Banyan has paused and no person has dealt with, the newest pause first. Asked with each status. */
  pausedByBanyan(limit: number): PausedByBanyan[];
  countPausedByBanyan(): number;
}

/** A schedule that waits for a person. */
interface PausedByBanyan {
  uid: string;
  name: string;
  pausedAtMs: number;
  pausedWhy: string;
}

/** Runs without a tree that stay of each schedule. Those with a tree stay, as the tree names them. */
const KEPT_WITHOUT_TREE = 100;

export function createSchedules(sqlite: Sqlite, log: Writes): Schedules {
  const run = scheduleStatements(sqlite);
  const parts = { run, audit: createAuditWriter(sqlite) };
  const several = (rows: unknown[]) => (rows as ScheduleRow[]).map(scheduleOf);
  const get = (uid: string) => several([run.get.get(uid)].filter(Boolean))[0] ?? null;
  return {
    all: () => several(run.all.all()),
    count: () => run.count.get() as number,
    get,
    like: (prefix) => run.like.all({ prefix }) as string[],
    add: (uid, fields) => log.write(({ nowMs }) => void run.insert.run({ ...rowOf(fields), uid, now: nowMs })),
    change: (uid, work) =>
      log.write(() => {
        const before = get(uid);
        if (before === null) return null;
        run.change.run({ ...rowOf(work(before)), uid });
        return get(uid);
      }),
    pause: (uid, by) => log.write(({ nowMs }) => run.pause.run({ uid, by, why: null, now: nowMs }).changes > 0),
    pauseByBanyan: (uid, why) => log.write(({ nowMs }) => pauseNow(parts, uid, why, nowMs)),
    leavePaused: (uid, by) => log.write(() => run.leavePaused.run({ uid, by }).changes > 0),
    resume: (uid, maker, nextAtMs) =>
      log.write(() => run.resume.run({ uid, maker: JSON.stringify(maker), nextAtMs }).changes > 0),
    remove: (uid) => log.write(({ nowMs }) => run.remove.run({ uid, now: nowMs }).changes > 0),
    due: (nowMs) => several(run.due.all(nowMs)),
    ahead: (afterMs) => several(run.ahead.all(afterMs)),
    setNext: (uid, expectedMs, nextAtMs) => log.write(() => void run.setNext.run({ uid, expectedMs, nextAtMs })),
    claim: (claim) => log.write(({ nowMs }) => claimNow(run, claim, nowMs)),
    begin: (uid, by, tree) =>
      log.write(({ nowMs }) => {
        const { id } = get(uid) ?? {};
        if (id === undefined) return null;
        const known = run.ofTree.get({ schedule: id, tree }) as StoredRun | undefined;
        if (known) return known;
        // Two people may start it in the same millisecond.
        const dueMs = Math.max(nowMs, 1 + ((run.lastStart.get(id) as number | null) ?? 0));
        return run.insertRun.get({ ...STARTED, schedule: id, dueMs, by, tree, now: nowMs }) as StoredRun;
      }),
    pending: () =>
      (run.pending.all() as StoredRun[]).flatMap((stored) => {
        const schedule = several([run.byId.get(stored.scheduleId)].filter(Boolean))[0];
        return schedule ? [{ run: stored, schedule }] : [];
      }),
    stillPending: (runId) => {
      const found = run.stillPending.get(runId) as StoredRun | undefined;
      const schedule = found && several([run.byId.get(found.scheduleId)].filter(Boolean))[0];
      return schedule ? { run: found, schedule } : null;
    },
    settleLost: async (personsBeforeMs, { paused, lost }) => {
      if (run.hasLost.get({ before: personsBeforeMs }) === undefined) return;
      await log.write(() => {
        run.settlePaused.run(paused);
        run.settlePersons.run({ lost, before: personsBeforeMs });
      });
    },
    hasTree: (tree) => run.hasTree.get(tree) !== undefined,
    begun: ({ id, scheduleId }) =>
      log.write(() => {
        run.begun.run(id);
        run.forgetFailures.run(scheduleId);
      }),
    evolves: ({ id, scheduleId }, evolution) =>
      log.write(() => {
        run.evolves.run({ id, evolution });
        run.forgetFailures.run(scheduleId);
      }),
    skipped: ({ id }, why) => log.write(() => void run.skipped.run({ id, why })),
    failed: ({ id, scheduleId }, { uid, submission, maker }, why, pauseAfter) =>
      log.write(({ nowMs }) => {
        if (run.failed.run({ id, why }).changes === 0) return;
        const now = get(uid);
        if (!isDeepStrictEqual([now?.submission, now?.maker], [submission, maker])) return;
        const sentence = pauseAfter(run.countFailure.get(scheduleId) as number);
        if (sentence !== null) pauseNow(parts, uid, sentence, nowMs);
      }),
    lost: ({ id }, why) => log.write(() => void run.failed.run({ id, why })),
    runs: (scheduleId, limit) => run.runs.all(scheduleId, limit) as RunRow[],
    pausedSince: (sinceMs) => several(run.pausedSince.all(sinceMs)),
    pausedByBanyan: (limit) =>
      (run.pausedByBanyan.all(limit) as PausedByBanyan[]).map((row) => ({ ...row, name: withoutDisguise(row.name) })),
    countPausedByBanyan: () => run.countPausedByBanyan.get() as number,
  };
}

const STARTED = { cause: "person", outcome: "pending", why: null, blockedBy: null, missed: 0, missedSinceMs: null };

function rowOf({ submission, maker, ...fields }: ScheduleFields) {
  return { ...fields, submission: JSON.stringify(submission), maker: JSON.stringify(maker) };
}

/** A pause without its row of the audit would be one that nobody can explain. */
function pauseNow(
  { run, audit }: { run: ReturnType<typeof scheduleStatements>; audit: ReturnType<typeof createAuditWriter> },
  uid: string,
  why: string,
  nowMs: number,
): void {
  if (run.pause.run({ uid, by: null, why, now: nowMs }).changes === 0) return;
  const { name } = run.get.get(uid) as ScheduleRow;
  const detail = JSON.stringify({ outcome: "done", name, sentence: why });
  audit.insert({ actor: "Banyan", action: "pauseSchedule", subject: uid, tree: "", detail }, nowMs);
}

function claimNow(run: ReturnType<typeof scheduleStatements>, claim: Claim, nowMs: number): StoredRun | null {
  const { schedule: uid, expectedMs, nextAtMs, dueMs, missed, missedSinceMs, tree } = claim;
  const row = run.advance.get({ uid, expectedMs, nextAtMs }) as Pick<ScheduleRow, "id" | "overlap"> | undefined;
  if (!row) return null;
  const blockedBy = row.overlap === "skip" ? ((run.openTree.get({ id: row.id }) as string | undefined) ?? null) : null;
  const made = run.insertRun.get({
    schedule: row.id,
    cause: "time",
    by: null,
    why: null,
    dueMs,
    missed,
    missedSinceMs,
    blockedBy,
    now: nowMs,
    ...(blockedBy === null ? { outcome: "pending", tree } : { outcome: "skipped", tree: null }),
  }) as StoredRun | undefined;
  run.prune.run({ schedule: row.id, keep: KEPT_WITHOUT_TREE });
  return made ?? null;
}
