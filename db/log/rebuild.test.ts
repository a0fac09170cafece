import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed, startSubtask } from "@/tests/agents/replies";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { compareRows, rebuildRows } from "./rebuild";

let trial: Trial;
let treeUid: string;

/** Runs a tree with a dependency, a failed subtask, a failed verdict, a result in a blob, and a retried root. */
beforeAll(async () => {
  trial = await startTrial({
    script: agentScript({
      agent_selector: [startSubtask({ instruction: "", agent: "worker" })],
      worker: (request) => {
        if (request.instruction !== "Do the whole") {
          const status = request.instruction === "broken" ? "failure" : "success";
          return endTask(`done: ${request.instruction}`, { status });
        }
        if (request.turn > 0) return endTask("x".repeat(40_000));
        return startSubtask(
          { instruction: "first", agent: "worker", title: "first" },
          { instruction: "second", agent: "worker", title: "second", depends_on: ["first"] },
          { instruction: "broken", agent: "worker", title: "broken" },
          { instruction: "after broken", agent: "worker", title: "after", depends_on: ["broken"] },
        );
      },
      researcher: [call("ask", { question: "Which one?" })],
      task_evaluator: [passed()],
      "*": [endTask("noted")],
    }),
  });
  const tree = await trial.submit({ task: "Do the whole" });
  treeUid = tree.id;
  const ended = await trial.ended(tree.id);
  await trial.runtime.application.commands.retry({ id: ended.root_task_id }, ownerCalled("tester"));
  await trial.ended(tree.id);
  // A task that waits forever for its answer.
  const asking = await trial.submit({ task: "Ask", agent: "researcher" });
  const { getTask } = trial.runtime.application.queries;
  await vi.waitFor(async () => expect((await getTask(asking.root_task_id)).status).toBe("waiting"), 120_000);
});

afterAll(() => trial.close());

const sqlite = () => trial.runtime.store.client.sqlite;
const rows = () =>
  ["tasks", "trees", "attempts"].map(
    (table) => sqlite().prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all() as object[],
  );

test("the rows of trees that really ran match their logs", () => {
  expect(trial.faults).toEqual([]);
  const statuses = sqlite().prepare("SELECT DISTINCT status FROM tasks ORDER BY status").pluck().all();
  expect(statuses).toEqual(["failed", "stopped", "succeeded", "waiting"]);
  expect(sqlite().prepare("SELECT max(attempt) FROM attempts").pluck().get()).toBe(2);
  expect(compareRows(trial.runtime.store)).toEqual([]);
});

test.each([
  ["tasks", "status", "'waiting'"],
  ["tasks", "reason", "'refused'"],
  ["tasks", "detail", "'something'"],
  ["tasks", "wait_kind", "'answer'"],
  ["tasks", "attempt", "7"],
  ["tasks", "length", "length + 1"],
  ["tasks", "turns", "turns + 1"],
  ["tasks", "headline", "'changed'"],
  ["tasks", "tokens_in", "tokens_in + 1"],
  ["tasks", "tokens_out", "tokens_out + 1"],
  ["tasks", "micro_usd", "micro_usd + 1"],
  ["tasks", "result_seq", "NULL"],
  ["tasks", "ended_at_ms", "NULL"],
  ["trees", "tokens_in", "0"],
  ["trees", "micro_usd", "-5"],
  ["trees", "tasks_total", "99"],
  ["trees", "tasks_ended", "0"],
  ["trees", "tasks_failed", "7"],
  ["trees", "tasks_stopped", "7"],
  ["trees", "work_total", "0"],
  ["trees", "ended_at_ms", "NULL"],
  ["attempts", "status", "'stopped'"],
  ["attempts", "reason", "'by_person'"],
  ["attempts", "result_seq", "1"],
])("a %s row whose %s was changed by hand is found and mended", async (table, column, value) => {
  const before = rows();
  const id = table === "attempts" ? "rowid" : "id";
  sqlite().exec(`UPDATE ${table} SET ${column} = ${value} WHERE ${id} = (SELECT min(${id}) FROM ${table})`);
  const found = compareRows(trial.runtime.store);
  expect(found).toHaveLength(1);
  expect(found[0]?.table).toBe(table);
  expect(await rebuildRows(trial.runtime.store)).toEqual(found);
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(rows()).toEqual(before);
});

test.each(["status = 'parked', parked_until_ms = 1", "wait_kind = 'subtasks'", "wait_kind = NULL"])(
  "a waiting row with %s is found and mended",
  async (change) => {
    const before = rows();
    sqlite().exec(`UPDATE tasks SET ${change} WHERE status = 'waiting'`);
    const found = await rebuildRows(trial.runtime.store);
    expect(found.length).toBeGreaterThan(0);
    expect(compareRows(trial.runtime.store)).toEqual([]);
    expect(rows()).toEqual(before);
  },
);

test("finds and repairs a missing attempt and an invented one", async () => {
  const before = rows();
  sqlite().exec("UPDATE attempts SET attempt = 9 WHERE rowid = (SELECT max(rowid) FROM attempts)");
  const found = await rebuildRows(trial.runtime.store);
  expect(new Set(found.map((difference) => difference.table))).toEqual(new Set(["attempts"]));
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(rows().map((list) => list.length)).toEqual(before.map((list) => list.length));
});

test("names a log that cannot be folded, and overwrites nothing of its tree", async () => {
  const [message] = sqlite()
    .prepare(
      "SELECT id, body FROM messages WHERE tree_id = (SELECT id FROM trees WHERE uid = ?) AND kind = 5 + 1 LIMIT 1",
    )
    .all(treeUid) as { id: number; body: string }[];
  sqlite().prepare("UPDATE messages SET body = '{' WHERE id = ?").run(message?.id);
  const before = rows();
  const found = await rebuildRows(trial.runtime.store);
  expect(found).toMatchObject([{ table: "tasks", column: "log", stored: "A message of the log is not valid JSON." }]);
  expect(rows()).toEqual(before);
  sqlite().prepare("UPDATE messages SET body = ? WHERE id = ?").run(message?.body, message?.id);
});
