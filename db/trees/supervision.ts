/** Finds and repairs what the supervisor's rules look for in the rows. Each repair is one transaction and is recorded. */
import type { Sqlite } from "@/db/file/client";
import type { WriteContext, Writes } from "@/db/file/writes";
import { dayOf } from "@/db/records/daily-spend";
import { createLeases } from "@/db/records/leases";
import { createMail } from "@/db/records/mail";
import { createInterventionWriter } from "@/db/reviews/interventions";
import { createReviewWriter } from "@/db/reviews/reviews";

/** Smaller corrections of the clock do not affect waits. */
const SET_BACK_MS = 60_000;
/** The name in a task's log of who resumed it. */
const CLOCK = "the host, because the clock was set back";

export interface Supervision {
  /** Stops tasks that still run although the task that started them has ended. Resolves with their number. */
  stopOrphans(): Promise<number>;
  /** Makes tasks ready again that wait for something that has already happened. */
  wakeForgotten(): Promise<number>;
  /**
   * Lets parked tasks try now after the clock was set back, because parks end at a time of day and would last too long.
   * A provider that is still unavailable parks them again. Resolves with their number.
   */
  unparkAfterSetBack(): Promise<number>;
  /** Ends a lease that its worker does not use. Resolves with false when the task has another lease by now. */
  freeLease(taskUid: string, workerId: number, evidence: string): Promise<boolean>;
  /** Returns the tokens that this person's trees used today (UTC), plus what the host's open trees among them may still use. */
  tokensToday(person: string, nowMs: number): { spent: number; reserved: number };
  /** Opens a flag about the task for a person, unless the host already has an open flag about it. */
  flag(taskUid: string, flag: { uid: string; title: string; detail: string; evidence: string }): Promise<void>;
}

interface SupervisionContext {
  run: ReturnType<typeof supervisionStatements>;
  mail: ReturnType<typeof createMail>;
  interventions: ReturnType<typeof createInterventionWriter>;
  reviews: ReturnType<typeof createReviewWriter>;
  leases: ReturnType<typeof createLeases>;
  /** The newest row of figures that showed a clock set back; each such row counts once. */
  handledMs: number;
}

export function createSupervision(sqlite: Sqlite, log: Writes): Supervision {
  const run = supervisionStatements(sqlite);
  const supervision: SupervisionContext = {
    run,
    mail: createMail(sqlite),
    interventions: createInterventionWriter(sqlite),
    reviews: createReviewWriter(sqlite),
    leases: createLeases(sqlite),
    handledMs: 0,
  };
  return {
    stopOrphans: () => log.write((context) => stopOrphans(supervision, context)),
    wakeForgotten: () => log.write((context) => wakeForgotten(supervision, context)),
    unparkAfterSetBack: () => log.write((context) => unparkAfterSetBack(supervision, context)),
    freeLease: (uid, workerId, evidence) =>
      log.write((context) => freeLease(supervision, uid, workerId, evidence, context)),
    tokensToday: (person, nowMs) =>
      run.tokens.get({ person, day: dayOf(nowMs) }) as ReturnType<Supervision["tokensToday"]>,
    flag: (taskUid, shown) => log.write((context) => flag(supervision, taskUid, shown, context)),
  };
}

function supervisionStatements(sqlite: Sqlite) {
  return {
    orphans: sqlite
      .prepare(`
      SELECT child.uid FROM tasks child JOIN tasks parent ON parent.id = child.parent_id
      WHERE child.ended_at_ms IS NULL AND parent.ended_at_ms IS NOT NULL AND child.purpose IS NOT 'document'
        AND child.stop_requested = 0`)
      .pluck(),
    forgotten: sqlite
      .prepare(`
      SELECT uid FROM tasks WHERE ended_at_ms IS NULL AND status = 'waiting' AND (letters > 0
        OR (wait_kind IN ('subtasks', 'finishing') AND NOT EXISTS (
          SELECT 1 FROM tasks child WHERE child.parent_id = tasks.id AND child.awaited = 1 AND child.ended_at_ms IS NULL))
        OR (wait_kind = 'predecessors' AND NOT EXISTS (
          SELECT 1 FROM dependencies JOIN tasks before ON before.id = on_id
          WHERE task_id = tasks.id AND before.ended_at_ms IS NULL)))`)
      .pluck(),
    wake: sqlite.prepare(
      "UPDATE tasks SET status = 'ready', wait_kind = NULL, parked_until_ms = NULL WHERE uid = ? AND status = 'waiting'",
    ),
    newestFigures: sqlite.prepare("SELECT max(at_ms) FROM measurements").pluck(),
    parked: sqlite.prepare(`
      SELECT task.uid, tree.id AS treeId, tree.uid AS treeUid FROM tasks task JOIN trees tree ON tree.id = task.tree_id
      WHERE task.status = 'parked' AND task.wait_kind IS NOT 'daily_cap' AND task.ended_at_ms IS NULL`),
    tokens: sqlite.prepare(`
      SELECT (SELECT coalesce(sum(tokens), 0) FROM daily_spend WHERE person = @person AND day = @day) AS spent,
        (SELECT coalesce(sum(max(0, cap_tokens - tokens_in - tokens_out)), 0) FROM trees
          WHERE is_system = 1 AND created_by = @person AND ended_at_ms IS NULL) AS reserved`),
    openFlag: sqlite.prepare(`
      SELECT 1 FROM reviews JOIN tasks ON tasks.id = task_id
      WHERE tasks.uid = ? AND reviews.kind = 'flag' AND reviews.status = 'open' AND reviews.title = ?`),
    keyOf: sqlite.prepare(`
      SELECT task.id, task.uid, task.tree_id AS treeId, tree.uid AS treeUid, task.parent_id AS parentId, task.agent
      FROM tasks task JOIN trees tree ON tree.id = task.tree_id WHERE task.uid = ?`),
  };
}

function stopOrphans({ run, mail, interventions }: SupervisionContext, { nowMs }: WriteContext): number {
  const found = run.orphans.all() as string[];
  for (const uid of found) {
    const detail = "The task that it was started for has ended.";
    mail.send(uid, { kind: "stop", status: "stopped", reason: "parent_ended", detail }, nowMs);
    interventions.insert(uid, { rule: "orphan", action: "stop", evidence: detail }, nowMs);
  }
  return found.length;
}

function wakeForgotten({ run, interventions }: SupervisionContext, { nowMs }: WriteContext): number {
  const found = run.forgotten.all() as string[];
  for (const uid of found) {
    run.wake.run(uid);
    const evidence = "What it waited for had happened, and it had not been woken.";
    interventions.insert(uid, { rule: "lost_wake", action: "restart", evidence }, nowMs);
  }
  return found.length;
}

function unparkAfterSetBack(supervision: SupervisionContext, { nowMs, touch }: WriteContext): number {
  const { run, mail } = supervision;
  const newestMs = (run.newestFigures.get() as number | null) ?? 0;
  // Figures are written each minute, so rows from the future are from before the clock was set back.
  if (newestMs <= nowMs + SET_BACK_MS || newestMs === supervision.handledMs) return 0;
  supervision.handledMs = newestMs;
  const parked = run.parked.all() as { uid: string; treeId: number; treeUid: string }[];
  for (const { uid, treeId, treeUid } of parked) {
    mail.send(uid, { kind: "unpark", by: CLOCK }, nowMs);
    touch({ id: treeId, uid: treeUid }, uid);
  }
  return parked.length;
}

function freeLease(
  { leases, interventions }: SupervisionContext,
  uid: string,
  workerId: number,
  evidence: string,
  { nowMs, steadyMs, touch }: WriteContext,
): boolean {
  const freed = leases.breakOff(workerId, uid, null, "", { nowMs, steadyMs });
  if (!freed) return false;
  touch({ id: freed.treeId, uid: freed.treeUid }, uid);
  interventions.insert(uid, { rule: "stuck_worker", action: "restart", evidence }, nowMs);
  return true;
}

function flag(
  { run, reviews }: SupervisionContext,
  taskUid: string,
  about: Parameters<Supervision["flag"]>[1],
  { nowMs, touch }: WriteContext,
): void {
  if (run.openFlag.get(taskUid, about.title)) return;
  const task = run.keyOf.get(taskUid) as Parameters<typeof reviews.open>[0] & { agent: string };
  const ifIgnored = "The task goes on as it does, and spends what it was granted.";
  const shown = { addressee: null, kind: "flag", blastRadius: 2, uncertainty: 4, ifIgnored } as const;
  reviews.open(task, task.agent, { ...about, ...shown }, 0, nowMs);
  touch({ id: task.treeId, uid: task.treeUid }, taskUid);
}
