/** Lengthens an ended goal by copies of its last round, because the runtime takes minutes for a thousand rounds. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { placed } from "@/core/goals/course/round-records";
import { type RoundRecord, readRecord, recordText } from "@/core/goals/facts/record";
import { verdictOf } from "@/core/goals/facts/verdict";
import { PUT_BACK, WIDENED } from "./long-goal-facts";

type Sqlite = Database.Database;

interface Row {
  id: number;
  turn: number;
  kind: number;
  call_id: string | null;
  body: string;
}

interface Base {
  sqlite: Sqlite;
  root: number;
  /** The messages of the last round in the goal's log: reply, call, start of its task, and result. */
  rows: Row[];
  record: RoundRecord;
  /** The task of the last round. */
  task: { id: number; uid: string };
}

/** `passedAfter` returns how many of `tests` pass after a round. */
export function lengthenGoal(
  dataDir: string,
  tree: string,
  to: number,
  { tests, passedAfter }: { tests: number; passedAfter: (round: number) => number },
): void {
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.transaction(() => {
    const base = baseOf(sqlite, tree);
    const added = to - base.record.number;
    moveEnd(base, added);
    // Only those fields of earlier rounds that `placed` reads.
    let last = base.record;
    const known = new Set([last.files]);
    for (let number = last.number + 1; number <= to; number += 1) {
      const passed = passedAfter(number);
      const commit = String(passed).padStart(40, "0");
      const score = Math.round((passed / tests) * 10_000) / 10_000;
      const files = commit.slice(20);
      const seen = known.has(files) ? [files] : [];
      const record = {
        ...base.record,
        number,
        score,
        files,
        commit,
        score_before: last.score,
        at_ms: last.at_ms + 1_000,
        plan: `The next test fails because of an edge case in part ${number}, which this round mends.`,
        error_signature: `part ${passed} works`,
        changed: `src/part-${passed}.js +3 −1`,
        ...(number === to - 1 && { put_back: PUT_BACK, widened: WIDENED }),
        verdict: verdictOf({ scoreBefore: last.score, score, files, seen, worked: true }),
      };
      addRound(
        base,
        placed({ records: [last], reflections: [], begun: last, continued: 0, continuedAfter: 0 }, record),
        number - base.record.number,
      );
      known.add(files);
      last = record;
    }
    sqlite
      .prepare("UPDATE tasks SET length = length + ?, turns = turns + ? WHERE id = ?")
      .run(...([added * base.rows.length, added, base.root] as const));
    sqlite
      .prepare("UPDATE messages SET body = replace(body, ?, ?) WHERE task_id = ? AND kind = 1")
      .run(...([`"max_iterations":${base.record.number}`, `"max_iterations":${to}`, base.root] as const));
  })();
  sqlite.close();
}

function baseOf(sqlite: Sqlite, tree: string): Base {
  const root = sqlite
    .prepare("SELECT id FROM tasks WHERE parent_id IS NULL AND tree_id = (SELECT id FROM trees WHERE uid = ?)")
    .pluck()
    .get(tree) as number;
  const task = sqlite
    .prepare("SELECT id, uid FROM tasks WHERE parent_id = ? AND agent = 'iteration' ORDER BY id DESC LIMIT 1")
    .get(root) as Base["task"];
  const log = sqlite
    .prepare("SELECT id, turn, kind, call_id, body FROM messages WHERE task_id = ? ORDER BY id")
    .all(root) as Row[];
  const turn = log.findLast(({ body }) => body.includes(task.uid))?.turn;
  const rows = log.filter((row) => row.turn === turn);
  const last = rows.at(-1)?.body ?? "";
  const record = readRecord(summaryIn(last).summary);
  if (!record) throw new Error(`The goal's last round left no record: ${last}`);
  return { sqlite, root, rows, record, task };
}

function summaryIn(body: string): { summary: string } {
  return JSON.parse((JSON.parse(body) as { text: string }).text) as { summary: string };
}

const FAR = 1_000_000;

/** Moves the messages after the last round out of the way. */
function moveEnd({ sqlite, root, rows }: Base, added: number): void {
  const lastId = rows.at(-1)?.id ?? 0;
  sqlite
    .prepare("UPDATE messages SET id = id + ?, turn = turn + ? WHERE task_id = ? AND id > ?")
    .run(FAR, added, root, lastId);
  sqlite.prepare("UPDATE tasks SET result_seq = result_seq + ? WHERE id = ?").run(FAR, root);
}

/** Adds the messages of a round to the goal's log, and copies of its task and of the subtasks that it started. */
function addRound(base: Base, record: RoundRecord, place: number): void {
  const { sqlite, root, rows, task } = base;
  const uid = copyTask(base, task.id, root, record.number);
  const insert = sqlite.prepare(`
    INSERT INTO messages (id, tree_id, task_id, turn, kind, tool, call_id, body, created_at_ms)
    SELECT (SELECT max(id) + 1 FROM messages WHERE id < ${FAR}), tree_id, task_id, turn + @place, kind, tool, @callId, @body, created_at_ms + @place
    FROM messages WHERE id = @id`);
  const [from, to] = [`ound-${base.record.number}`, `ound-${record.number}`];
  for (const { id, call_id, body } of rows) {
    const isResult = id === rows.at(-1)?.id;
    const other = isResult
      ? resultBody(body, record)
      : body.replaceAll(`Round ${base.record.number}`, `Round ${record.number}`);
    insert.run({
      id,
      place,
      callId: call_id?.replace(from, to) ?? null,
      body: other.replaceAll(from, to).replaceAll(task.uid, uid),
    });
  }
}

function resultBody(body: string, record: RoundRecord): string {
  const response = JSON.parse(body) as { text: string };
  const result = { ...summaryIn(body), title: `Round ${record.number}`, summary: recordText(record) };
  return JSON.stringify({ ...response, text: JSON.stringify(result) });
}

/** Copies a task with its messages and its subtasks. Returns its public id. */
function copyTask({ sqlite }: Base, id: number, parent: number, number: number): string {
  const columns = sqlite.prepare("SELECT name FROM pragma_table_info('tasks')").pluck().all() as string[];
  const copied = columns.filter((name) => !["id", "uid", "parent_id", "title", "result_seq"].includes(name)).join(", ");
  const next = sqlite.prepare("SELECT max(id) + 1 FROM tasks").pluck().get() as number;
  const uid = `n${next.toString(36).padStart(11, "0")}`;
  sqlite
    .prepare(`INSERT INTO tasks (id, uid, parent_id, title, ${copied})
      SELECT ?, ?, ?, rtrim(title, '0123456789') || ?, ${copied} FROM tasks WHERE id = ?`)
    .run(next, uid, parent, number, id);
  sqlite
    .prepare(`INSERT INTO messages (id, tree_id, task_id, turn, kind, tool, call_id, body, created_at_ms)
      SELECT (SELECT max(id) FROM messages WHERE id < ${FAR}) + row_number() OVER (ORDER BY id), tree_id, ?, turn, kind, tool, call_id, body, created_at_ms
      FROM messages WHERE task_id = ? ORDER BY id`)
    .run(next, id);
  const subtasks = sqlite.prepare("SELECT id FROM tasks WHERE parent_id = ?").pluck().all(id) as number[];
  for (const subtask of subtasks) copyTask({ sqlite } as Base, subtask, next, number);
  return uid;
}
