/**
 * Packs the rows of a tree into one text for the page. React would serialize objects field by field, on the server and
 * again in the browser, and in a large tree that takes longer than the rest of the page.
 */
import type { Amounts, Task } from "@/core/shapes/shapes";

const amounts = (of: Amounts) => [of.tokens, of.cost_usd, of.tasks, of.depth, of.seconds] as const;

/** Returns the values of a row, without fields that are empty in rows or equal in all rows of a tree. */
const rowOf = (task: Task) =>
  [
    task.id,
    task.parent_id,
    task.role,
    task.title,
    task.agent,
    task.model,
    task.status,
    task.reason,
    task.reason_detail,
    task.waiting_for,
    task.depends_on,
    task.parked_until,
    task.paused_by,
    task.depth,
    task.attempt,
    task.turns,
    task.headline,
    amounts(task.grant),
    amounts(task.spent),
    task.created_at,
    task.started_at,
    task.ended_at,
    task.parked_by,
    task.switch_to,
    task.refused_subtasks,
    task.tries,
    task.grant_needed ?? null,
  ] as const;
type Row = ReturnType<typeof rowOf>;

export function packTasks(tasks: readonly Task[]): string {
  return JSON.stringify(tasks.map(rowOf));
}

export function unpackTasks(packed: string, treeId: string): Task[] {
  return (JSON.parse(packed) as Row[]).map((row) => taskOf(row, treeId));
}

function taskOf(row: Row, treeId: string): Task {
  return {
    id: row[0],
    tree_id: treeId,
    parent_id: row[1],
    role: row[2],
    title: row[3],
    agent: row[4],
    model: row[5],
    instruction: "",
    status: row[6],
    reason: row[7],
    reason_detail: row[8],
    waiting_for: row[9],
    depends_on: row[10],
    parked_until: row[11],
    paused_by: row[12],
    depth: row[13],
    attempt: row[14],
    turns: row[15],
    headline: row[16],
    result: null,
    summary: null,
    verdict: null,
    grant: amountsOf(row[17]),
    spent: amountsOf(row[18]),
    created_at: row[19],
    started_at: row[20],
    ended_at: row[21],
    parked_by: row[22],
    switch_to: row[23],
    refused_subtasks: row[24],
    tries: row[25],
    ...(row[26] && { grant_needed: row[26] }),
  };
}

function amountsOf([tokens, cost_usd, tasks, depth, seconds]: ReturnType<typeof amounts>): Amounts {
  return { tokens, cost_usd, tasks, depth, seconds };
}
