/** What the supervisor's rules find in the rows, and mend: each is one transaction, and is put on record. */
import type { Sqlite } from "./client";
import { dayOf } from "./daily-spend";
import { createGrants } from "./grants";
import { createInterventionWriter } from "./interventions";
import { createLeases } from "./leases";
import type { Log } from "./log";
import { createMail } from "./mail";
import { createReviewWriter } from "./reviews";
import type { FoundTask } from "./trees";

export interface Supervision {
  /** Tasks that go on although the one that they were started for has ended are stopped. How many there were. */
  stopOrphans(): Promise<number>;
  /** Tasks that wait for what has happened are ready again. */
  wakeForgotten(): Promise<number>;
  /** Gives a lease back that its worker does nothing with. False when it has another one by now. */
  freeLease(taskUid: string, workerId: number, evidence: string): Promise<boolean>;
  /** Tokens that trees of this person have used today (UTC), and what the host's open ones among them may still use. */
  tokensToday(person: string, nowMs: number): { spent: number; promised: number };
  /** Also when it is gone. */
  hasEnded(treeUid: string): boolean;
  /** Puts a flag about the task before a person; none while one of the host's about it is open. */
  flag(taskUid: string, flag: { uid: string; title: string; detail: string; evidence: string }): Promise<void>;
  /** More tokens for a task out of what its parent has left. False when it has no parent, no cap, or too little is left. */
  extendFromParent(task: FoundTask, tokens: number): Promise<boolean>;
}

export function createSupervision(sqlite: Sqlite, log: Log): Supervision {
  const mail = createMail(sqlite);
  const interventions = createInterventionWriter(sqlite);
  const reviews = createReviewWriter(sqlite);
  const grants = createGrants(sqlite);
  const leases = createLeases(sqlite);
  const orphans = sqlite
    .prepare(`
    SELECT child.uid FROM tasks child JOIN tasks parent ON parent.id = child.parent_id
    WHERE child.ended_at_ms IS NULL AND parent.ended_at_ms IS NOT NULL AND child.purpose IS NOT 'document'
      AND child.stop_requested = 0`)
    .pluck();
  const forgotten = sqlite
    .prepare(`
    SELECT uid FROM tasks WHERE ended_at_ms IS NULL AND status = 'waiting' AND (letters > 0
      OR (wait_kind IN ('subtasks', 'finishing') AND NOT EXISTS (
        SELECT 1 FROM tasks child WHERE child.parent_id = tasks.id AND child.awaited = 1 AND child.ended_at_ms IS NULL))
      OR (wait_kind = 'predecessors' AND NOT EXISTS (
        SELECT 1 FROM dependencies JOIN tasks before ON before.id = on_id
        WHERE task_id = tasks.id AND before.ended_at_ms IS NULL)))`)
    .pluck();
  const wake = sqlite.prepare(
    "UPDATE tasks SET status = 'ready', wait_kind = NULL, parked_until_ms = NULL WHERE uid = ? AND status = 'waiting'",
  );
  const tokens = sqlite.prepare(`
    SELECT (SELECT coalesce(sum(tokens), 0) FROM daily_spend WHERE person = @person AND day = @day) AS spent,
      (SELECT coalesce(sum(max(0, cap_tokens - tokens_in - tokens_out)), 0) FROM trees
        WHERE is_system = 1 AND created_by = @person AND ended_at_ms IS NULL) AS promised`);
  const open = sqlite.prepare("SELECT 1 FROM trees WHERE uid = ? AND ended_at_ms IS NULL");
  const openFlag = sqlite.prepare(`
    SELECT 1 FROM reviews JOIN tasks ON tasks.id = task_id
    WHERE tasks.uid = ? AND reviews.kind = 'flag' AND reviews.status = 'open' AND reviews.title = ?`);
  const keyOf = sqlite.prepare(`
    SELECT task.id, task.uid, task.tree_id AS treeId, tree.uid AS treeUid, task.parent_id AS parentId, task.agent
    FROM tasks task JOIN trees tree ON tree.id = task.tree_id WHERE task.uid = ?`);

  return {
    stopOrphans: () =>
      log.write(({ nowMs }) => {
        const found = orphans.all() as string[];
        for (const uid of found) {
          const detail = "The task that it was started for has ended.";
          mail.send(uid, { kind: "stop", status: "stopped", reason: "parent_ended", detail }, nowMs);
          interventions.insert(uid, { rule: "orphan", action: "stop", evidence: detail }, nowMs);
        }
        return found.length;
      }),
    wakeForgotten: () =>
      log.write(({ nowMs }) => {
        const found = forgotten.all() as string[];
        for (const uid of found) {
          wake.run(uid);
          const evidence = "What it waited for had happened, and it had not been woken.";
          interventions.insert(uid, { rule: "lost_wake", action: "restart", evidence }, nowMs);
        }
        return found.length;
      }),
    freeLease: (uid, workerId, evidence) =>
      log.write(({ nowMs, touch }) => {
        const freed = leases.breakOff(workerId, uid, null, "", nowMs);
        if (!freed) return false;
        touch({ id: freed.treeId, uid: freed.treeUid }, uid);
        interventions.insert(uid, { rule: "stuck_worker", action: "restart", evidence }, nowMs);
        return true;
      }),
    tokensToday: (person, nowMs) => tokens.get({ person, day: dayOf(nowMs) }) as ReturnType<Supervision["tokensToday"]>,
    hasEnded: (treeUid) => open.get(treeUid) === undefined,
    flag: (taskUid, flag) =>
      log.write(({ nowMs, touch }) => {
        if (openFlag.get(taskUid, flag.title)) return;
        const task = keyOf.get(taskUid) as Parameters<typeof reviews.open>[0] & { agent: string };
        const ifIgnored = "The task goes on as it does, and spends what it was granted.";
        const shown = { addressee: null, kind: "flag", blastRadius: 2, uncertainty: 4, ifIgnored } as const;
        reviews.open(task, task.agent, { ...flag, ...shown }, 0, nowMs);
        touch({ id: task.treeId, uid: task.treeUid }, taskUid);
      }),
    extendFromParent: (task, tokens) =>
      log.write(() => (task.parentId === null ? false : grants.lend(task.parentId, task.id, tokens))),
  };
}
