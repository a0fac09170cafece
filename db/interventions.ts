/** What the supervisor found and did; kept until its tree is deleted. */
import type { Intervention } from "@/agents/core/shapes";
import type { Sqlite } from "./client";
import type { Log } from "./log";
import { iso } from "./queries/shapes";

export interface NewIntervention {
  taskUid: string;
  rule: string;
  action: Intervention["action"];
  evidence: string;
}

export interface Interventions {
  add(intervention: NewIntervention): Promise<void>;
  /** The newest first. */
  list(options: { treeUid?: string; limit: number }): Intervention[];
  /** How often a rule has acted on a task since a time. */
  count(taskUid: string, rule: string, sinceMs: number): number;
}

export function createInterventions(sqlite: Sqlite, log: Log): Interventions {
  const insert = sqlite.prepare(`
    INSERT INTO interventions (tree_id, task_id, rule, action, evidence, created_at_ms)
    SELECT tree_id, id, @rule, @action, @evidence, @now FROM tasks WHERE uid = @taskUid`);
  const list = sqlite.prepare(`
    SELECT tree.uid AS treeUid, task.uid AS taskUid, rule, action, evidence, one.created_at_ms AS createdAtMs
    FROM interventions one JOIN tasks task ON task.id = one.task_id JOIN trees tree ON tree.id = one.tree_id
    WHERE @treeUid IS NULL OR tree.uid = @treeUid ORDER BY one.id DESC LIMIT @limit`);
  const count = sqlite
    .prepare(`
    SELECT count(*) FROM interventions JOIN tasks ON tasks.id = task_id
    WHERE tasks.uid = ? AND rule = ? AND interventions.created_at_ms >= ?`)
    .pluck();
  type Row = Pick<Intervention, "rule" | "action" | "evidence"> & {
    treeUid: string;
    taskUid: string;
    createdAtMs: number;
  };

  return {
    add: (intervention) => log.write(({ nowMs }) => void insert.run({ ...intervention, now: nowMs })),
    list: ({ treeUid, limit }) =>
      (list.all({ treeUid: treeUid ?? null, limit }) as Row[]).map(
        ({ treeUid: tree, taskUid, createdAtMs, ...rest }) => {
          return { tree_id: tree, task_id: taskUid, ...rest, created_at: iso(createdAtMs) ?? "" };
        },
      ),
    count: (taskUid, rule, sinceMs) => count.get(taskUid, rule, sinceMs) as number,
  };
}
