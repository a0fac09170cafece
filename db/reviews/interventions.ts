/** What the supervisor found and did, kept until the tree is deleted. */
import type { Intervention } from "@/core/shapes/shapes";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";

/** Returns SQL for the `seq` of the task's last message before the intervention with this alias. */
export const lastMessageBefore = (alias: string) =>
  `(SELECT id FROM messages WHERE task_id = ${alias}.task_id AND created_at_ms <= ${alias}.created_at_ms
    ORDER BY id DESC LIMIT 1)`;

export interface NewIntervention {
  rule: string;
  action: Intervention["action"];
  evidence: string;
}

/** A case that no rule decides, so the supervisor agent decides it. */
export interface OpenCase {
  id: number;
  taskUid: string;
  treeUid: string;
  rule: string;
  evidence: string;
  /** Public id of the tree in which the supervisor agent works on it; null: not started yet. */
  askedIn: string | null;
}

export interface Interventions {
  add(taskUid: string, intervention: NewIntervention): Promise<void>;
  /** Newest first. */
  list(options: {
    treeUid?: string;
    taskUid?: string;
    action?: string;
    rule?: string;
    skip?: number;
    limit: number;
  }): Intervention[];
  openCases(): OpenCase[];
  /** Whether a case needs work: the supervisor agent has not been asked yet, or has answered. */
  hasDueCases(): boolean;
  askedIn(id: number, treeUid: string): Promise<void>;
  /** Closes the case with the action taken; `words` are added to the evidence. */
  close(id: number, action: Intervention["action"], words: string): Promise<void>;
}

export function createInterventions(sqlite: Sqlite, log: Writes): Interventions {
  const writer = createInterventionWriter(sqlite);
  const list = sqlite.prepare(`
    SELECT tree.uid AS treeUid, task.uid AS taskUid, rule, action, evidence, intervention.created_at_ms AS createdAtMs,
      ${lastMessageBefore("intervention")} AS seq
    FROM interventions intervention JOIN tasks task ON task.id = intervention.task_id JOIN trees tree ON tree.id = intervention.tree_id
    WHERE (@treeUid IS NULL OR tree.uid = @treeUid) AND (@taskUid IS NULL OR task.uid = @taskUid)
      AND (@action IS NULL OR action = @action) AND (@rule IS NULL OR rule = @rule) ORDER BY intervention.id DESC LIMIT @limit OFFSET @skip`);
  const open = sqlite.prepare(`
    SELECT intervention.id, task.uid AS taskUid, tree.uid AS treeUid, rule, evidence, asked_in AS askedIn
    FROM interventions intervention JOIN tasks task ON task.id = intervention.task_id JOIN trees tree ON tree.id = intervention.tree_id
    WHERE action = 'asked' ORDER BY intervention.id`);
  const hasDue = sqlite.prepare(`
    SELECT 1 FROM interventions WHERE action = 'asked' AND (asked_in IS NULL
      OR NOT EXISTS (SELECT 1 FROM trees WHERE uid = asked_in AND ended_at_ms IS NULL)) LIMIT 1`);
  const ask = sqlite.prepare("UPDATE interventions SET asked_in = ? WHERE id = ?");
  const close = sqlite.prepare("UPDATE interventions SET action = ?, evidence = evidence || ? WHERE id = ?");
  type Row = Pick<Intervention, "rule" | "action" | "evidence" | "seq"> & {
    treeUid: string;
    taskUid: string;
    createdAtMs: number;
  };

  return {
    add: (taskUid, intervention) => log.write(({ nowMs }) => writer.insert(taskUid, intervention, nowMs)),
    list: ({ treeUid, taskUid: ofTask, action, rule, skip, limit }) =>
      (
        list.all({
          treeUid: treeUid ?? null,
          taskUid: ofTask ?? null,
          action: action ?? null,
          rule: rule ?? null,
          skip: skip ?? 0,
          limit,
        }) as Row[]
      ).map(({ treeUid: tree, taskUid, createdAtMs, ...rest }) => {
        return { tree_id: tree, task_id: taskUid, ...rest, created_at: iso(createdAtMs) };
      }),
    openCases: () => open.all() as OpenCase[],
    hasDueCases: () => hasDue.get() !== undefined,
    askedIn: (id, treeUid) => log.write(() => void ask.run(treeUid, id)),
    close: (id, action, words) => log.write(() => void close.run(action, words ? `\n${words}` : "", id)),
  };
}

/** Runs inside the caller's transaction. A task has at most one open case. */
export function createInterventionWriter(sqlite: Sqlite) {
  const insert = sqlite.prepare(`
    INSERT INTO interventions (tree_id, task_id, rule, action, evidence, created_at_ms)
    SELECT tree_id, id, @rule, @action, @evidence, @now FROM tasks WHERE uid = @taskUid
      AND (@action <> 'asked' OR NOT EXISTS (SELECT 1 FROM interventions WHERE task_id = tasks.id AND action = 'asked'))`);
  return {
    insert(taskUid: string, intervention: NewIntervention, nowMs: number): void {
      insert.run({ ...intervention, taskUid, now: nowMs });
    },
  };
}
