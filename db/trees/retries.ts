/** Retries an ended task: starts a new attempt of it, and of the tasks that were stopped because it failed. */
import type { A2aEnd } from "@/core/a2a/records";
import { evolve, fold } from "@/core/evolve";
import type { Ended, Entry } from "@/core/log/entries";
import { type EndStatus, isEnded, type TaskStatus } from "@/core/log/terms";
import { isOfGoal } from "@/core/programs/names";
import { rowOf } from "@/core/row";
import { isSelector } from "@/core/selection";
import type { TaskState } from "@/core/state";
import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";
import { encodeEntry } from "@/db/file/rows";
import type { WriteContext } from "@/db/file/writes";
import { createLoader } from "@/db/log/load";
import { overlap, taintedAt } from "@/db/queries/folders";
import type { FoundTask } from "@/db/records/found-task";
import { createGrants } from "@/db/records/grants";
import { createMessageWriter } from "@/db/records/messages";
import { COUNT_REOPENED } from "@/db/records/tree-counts";
import { createVerdictForgetting } from "./person-verdicts";
import { createSeenForgetting } from "./seen-failures";

interface EndedRow {
  id: number;
  uid: string;
  length: number;
  attempt: number;
  reason: string | null;
  status: EndStatus;
  endedAtMs: number;
}

interface ParentRow extends Omit<EndedRow, "status"> {
  agent: string;
  status: TaskStatus;
}

/** Its parent has read the result, or has ended without; it runs, or another open tree works in its folder. */
export type RetryRefusal = "read" | "parent_ended" | "not_ended" | { lockedBy: string };

function retryStatements(sqlite: Sqlite) {
  const columns = "id, uid, length, attempt, reason, status, ended_at_ms AS endedAtMs";
  return {
    selectEnded: sqlite.prepare(`SELECT ${columns} FROM tasks WHERE id = ? AND ended_at_ms IS NOT NULL`),
    selectParent: sqlite.prepare(
      `SELECT ${columns}, agent FROM tasks WHERE id = (SELECT parent_id FROM tasks WHERE id = ?)`,
    ),
    selectDependents: sqlite.prepare(`
    SELECT ${columns} FROM tasks WHERE reason = 'dependency_failed' AND ended_at_ms IS NOT NULL
      AND id IN (SELECT task_id FROM dependencies WHERE on_id = ?)`),
    /** Raises the fencing number, so that no former holder can write to the task. */
    revive: sqlite.prepare(`
    UPDATE tasks SET status = @status, wait_kind = @kind, reason = NULL, detail = NULL, result_seq = NULL,
      ended_at_ms = NULL, awaited = 1, lease = lease + 1, length = length + 1, attempt = @attempt,
      headline = @headline, refused = @refused WHERE id = @id`),
    parentOf: sqlite.prepare("SELECT parent_id FROM tasks WHERE id = ?").pluck(),
    /** Title of another open tree that works in the folder of this one: two open trees never share a folder. */
    folderUser: sqlite
      .prepare(`
    SELECT other.title FROM trees own JOIN trees other ON other.id <> own.id
    WHERE own.id = ? AND own.in_place = 1 AND other.in_place = 1 AND other.ended_at_ms IS NULL
      AND ${overlap("own.workspace", "other.workspace")} LIMIT 1`)
      .pluck(),
    /** What other trees have left there since it ended. */
    taintByFolder: sqlite.prepare(
      `UPDATE trees SET is_tainted = 1 WHERE id = ? AND in_place = 1 AND is_tainted = 0 AND ${taintedAt("trees.workspace")}`,
    ),
    countReopened: sqlite.prepare(COUNT_REOPENED),
    /** Another agent was told that its task has ended, and for it this stays final. */
    keepA2aEnd: sqlite.prepare("UPDATE a2a_tasks SET ended = @ended WHERE tree = @tree AND ended IS NULL"),
  };
}

/** What the agent reads at the start of a new conversation. */
function afreshText({ attempt, ...row }: EndedRow | ParentRow, summary: string): string {
  return `Attempt ${attempt} of this task ended as ${endText(row)}: ${summary}\nThis is attempt ${attempt + 1}. Look at what is there already before you repeat it.`;
}

interface Continuation {
  by: string;
  words: string;
  nowMs: number;
}

/** What the agent reads at the end of the continued conversation. The date at its beginning is of its first start. */
function goesOnText(row: EndedRow | ParentRow, { by, words, nowMs }: Continuation): string {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return `${by} continues this task on ${day} (UTC), which had ended as ${endText(row)}. This is the newest instruction; when it is done, end the task again:\n\n${words}`;
}

/** A goal takes the words for its strategy, so they stand alone. */
function wordsFor({ setup }: TaskState, row: EndedRow | ParentRow, continuation: Continuation): string {
  return isOfGoal(setup.model) ? continuation.words : goesOnText(row, continuation);
}

function endText({ status, reason }: Pick<EndedRow | ParentRow, "status" | "reason">): string {
  return reason ? `${status} (${reason})` : status;
}

/** Keeps the end of a root as another agent was told it. */
function keepToldEnd(
  run: ReturnType<typeof retryStatements>,
  row: EndedRow | ParentRow,
  tree: string,
  ended: Ended | null,
): void {
  if (!ended || run.parentOf.get(row.id) !== null) return;
  const { status, reason, detail, result } = ended;
  const told: A2aEnd = { status, reason, detail, result, atMs: row.endedAtMs };
  run.keepA2aEnd.run({ tree, ended: JSON.stringify(told) });
}

/** Returns the entry that begins the next attempt. */
function retriedEntry(
  row: EndedRow | ParentRow,
  state: TaskState,
  { by, words, nowMs }: { by: string; words: string | undefined; nowMs: number },
): Entry {
  const attempt = row.attempt + 1;
  const content =
    words === undefined
      ? ({ type: "retried", attempt, by, text: afreshText(row, state.ended?.summary ?? ""), atMs: nowMs } as const)
      : ({ type: "retried", attempt, by, text: wordsFor(state, row, { by, words, nowMs }), words } as const);
  return { kind: "event", turn: state.turn, content };
}

/** A subtask can restart only while its parent still waits and has not read the result. */
function refusalByParent(
  loader: ReturnType<typeof createLoader>,
  parent: ParentRow,
  childUid: string,
): "read" | "parent_ended" | null {
  if (isSelector(parent.agent)) return null;
  const hasEnded = isEnded(parent.status);
  if (parent.status !== "waiting" && !hasEnded) return "read";
  const isRead = fold(loader.entries(parent.id, parent.length)).subtasks.get(childUid)?.delivered ?? true;
  if (isRead) return "read";
  return hasEnded ? "parent_ended" : null;
}

export function createRetries(sqlite: Sqlite) {
  const loader = createLoader(sqlite);
  const messages = createMessageWriter(sqlite);
  const grants = createGrants(sqlite);
  const forgetSeen = createSeenForgetting(sqlite);
  const forgetVerdict = createVerdictForgetting(sqlite);
  const run = retryStatements(sqlite);

  function begin(
    row: EndedRow | ParentRow,
    tree: { id: number; uid: string },
    by: string,
    waits: "subtasks" | "predecessors" | null,
    context: WriteContext,
    words?: string,
  ) {
    const state = fold(loader.entries(row.id, row.length));
    keepToldEnd(run, row, tree.uid, state.ended);
    const attempt = row.attempt + 1;
    const entry = retriedEntry(row, state, { by, words, nowMs: context.nowMs });
    messages.insert({ id: row.id, treeId: tree.id }, encodeEntry(entry), context.nowMs);
    evolve(state, entry);
    const { headline, refused } = rowOf(state);
    run.revive.run({ id: row.id, attempt, status: waits ? "waiting" : "ready", kind: waits, headline, refused });
    grants.takeRemainder(row.id, run.parentOf.get(row.id) as number | null);
    run.countReopened.run({ task: row.id, status: row.status });
    if (run.parentOf.get(row.id) === null) {
      forgetSeen(tree.id);
      forgetVerdict(tree.id);
    }
    run.taintByFolder.run(tree.id);
    context.touch(tree, row.uid);
    for (const dependent of run.selectDependents.all(row.id) as EndedRow[])
      begin(dependent, tree, by, "predecessors", context);
    return attempt;
  }

  /** Returns why the task cannot be retried, or null. */
  function refusal(task: FoundTask): RetryRefusal | null {
    const row = run.selectEnded.get(task.id) as EndedRow | undefined;
    if (!row) return "not_ended";
    const parent = run.selectParent.get(task.id) as ParentRow | undefined;
    const byParent = parent ? refusalByParent(loader, parent, row.uid) : null;
    if (byParent !== null) return byParent;
    const lockedBy = run.folderUser.get(task.treeId) as string | undefined;
    return lockedBy === undefined ? null : { lockedBy: withoutDisguise(lockedBy) };
  }

  return {
    refusal,
    /**
     * Returns the number of the new attempt. With `words` it continues the conversation. Calls `before` once nothing
     * refuses the retry, while the task still counts as ended. Call inside a transaction.
     */
    retry(
      task: FoundTask,
      by: string,
      context: WriteContext,
      { words, before = () => {} }: { words?: string | undefined; before?: () => void } = {},
    ): number | RetryRefusal {
      const refused = refusal(task);
      if (refused !== null) return refused;
      const row = run.selectEnded.get(task.id) as EndedRow;
      const parent = run.selectParent.get(task.id) as ParentRow | undefined;
      const tree = { id: task.treeId, uid: task.treeUid };
      before();
      const attempt = begin(row, tree, by, null, context, words);
      // agent_selector has copied the result, so it waits again for the task that it chose.
      if (parent && isSelector(parent.agent) && isEnded(parent.status)) begin(parent, tree, by, "subtasks", context);
      return attempt;
    },
  };
}
