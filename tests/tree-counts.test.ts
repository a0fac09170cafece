/** The counts of a tree are those of the tasks that its outline shows by default. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { outlineRows } from "@/components/feed/outline";
import { withoutSelectors } from "@/components/feed/selectors";
import { isEnded } from "@/core/log/terms";
import { compareRows } from "@/db/log/rebuild";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, tester, trialsOfThisFile, whenTask } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();

const VIEW = {
  toggled: new Map(),
  every: "open",
  query: "",
  filter: "all",
  agent: "",
  showFinishing: false,
} as const;

/** Returns the tree's counts, after a check that each place that counts agrees with the outline. */
async function countsOf(trial: Trial, id: string): Promise<[ended: number, tasks: number]> {
  const { getTree, listTrees } = trial.runtime.application.queries;
  const { totals, tasks } = await getTree(id);
  const shown = withoutSelectors(new Map(tasks.map((task) => [task.id, task])));
  const rows = outlineRows(shown.values(), new Set(), VIEW);
  const listed = (await listTrees({})).items.find((tree) => tree.id === id)?.totals;
  const ended = rows.filter(({ task }) => isEnded(task.status)).length;
  expect(totals).toMatchObject({ tasks: rows.length, ended });
  expect(listed).toEqual(totals);
  return [totals.ended, totals.tasks];
}

test("a selector and its choice count as one task, finishing tasks as none; while it runs, ended, forked and retried", async () => {
  const held = gate();
  const trial = await start({
    "@agent_selector": startSubtask({ instruction: "", agent: "worker" }),
    "Do the whole": [
      startSubtask(
        { instruction: "Small part", agent: "worker", title: "Small part" },
        { instruction: "Slow part", agent: "worker", title: "Slow part" },
      ),
      endTask("done"),
    ],
    "Small part": endTask("done"),
    "Slow part": () => held.opened.then(() => endTask("done")),
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "Do the whole" });
  await whenTask(trial, id, "Small part", (task) => isEnded(task.status));
  expect(await countsOf(trial, id)).toEqual([1, 3]);
  held.open();
  await trial.ended(id);
  expect(await countsOf(trial, id)).toEqual([3, 3]);
  const roles = (await queries.getTree(id)).tasks.map((task) => task.role);
  expect(roles).toContain("finishing");

  const fork = await commands.fork({ id: root_task_id }, tester);
  await trial.ended(fork.id);
  const [ended, tasks] = await countsOf(trial, fork.id);
  expect(ended).toBe(tasks);
  await commands.retry({ id: root_task_id }, tester);
  await trial.ended(id);
  await countsOf(trial, id);
  expect(compareRows(trial.runtime.store)).toEqual([]);
});

test("a selector that has not chosen counts", async () => {
  const trial = await start({ "@agent_selector": call("ask", { question: "Who?" }) });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "Ask first" });
  await whenTask(trial, id, "Ask first", (task) => task.status === "waiting");
  expect(await countsOf(trial, id)).toEqual([0, 1]);
  await commands.stop({ id: root_task_id, reason: "" }, tester);
  await trial.ended(id);
  expect(await countsOf(trial, id)).toEqual([1, 1]);
});

test("the migration gives older trees the same counts", async () => {
  const trial = await start({
    "@agent_selector": startSubtask({ instruction: "", agent: "worker" }),
    "*": endTask("7"),
  });
  const { id } = await trial.submit({ task: "Count" });
  await trial.ended(id);
  const { sqlite } = trial.runtime.store.client;
  sqlite.exec("UPDATE trees SET tasks_total = (SELECT count(*) FROM tasks), tasks_ended = tasks_total");
  expect(compareRows(trial.runtime.store)).not.toEqual([]);
  sqlite.exec(readFileSync("drizzle/0014_counted_tasks.sql", "utf8"));
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(await countsOf(trial, id)).toEqual([1, 1]);
});
