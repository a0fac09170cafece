/** A tree's counts are those of the tasks that its outline shows by default, and the same in every place and state. */
import { readFileSync } from "node:fs";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { countOfTree, headTaskOf, outlineRows } from "@/components/feed/outline";
import { withoutSelectors } from "@/components/feed/selectors";
import { TreeRow } from "@/components/trees/tree-rows";
import { askedOf } from "@/components/ui/status";
import { isEnded, type TaskStatus } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { countsText, listedCounts } from "@/core/words/counts";
import { compareRows } from "@/db/log/rebuild";
import { frame } from "@/scripts/cli/print/frame";
import { progressLine, reportOf } from "@/server/mcp/tools/report";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, sub, tester, titled, trialsOfThisFile, until, whenTask } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent, offerTool, worldToolFor } from "@/tests/agents/world-tool";

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
  const { getTree, listTrees, listReviews } = trial.runtime.application.queries;
  const { totals, counts, tasks } = await getTree(id);
  const shown = withoutSelectors(new Map(tasks.map((task) => [task.id, task])));
  const rows = outlineRows(shown.values(), new Set(), VIEW);
  const listed = (await listTrees({})).items.find((tree) => tree.id === id);
  const ended = rows.filter(({ task }) => isEnded(task.status)).length;
  expect(totals).toMatchObject({ tasks: rows.length, ended });
  expect([listed?.totals, listed?.counts]).toEqual([totals, counts]);
  const { items } = await listReviews({ open: true, treeId: id, limit: 100 });
  expect(countOfTree(shown.values(), headTaskOf(tasks).head, askedOf(items))).toEqual(counts);
  return [totals.ended, totals.tasks];
}

/** Returns the tree's counts as text, after the same checks and those of the command line and the MCP server. */
async function saidOf(trial: Trial, id: string): Promise<string> {
  await countsOf(trial, id);
  const { application } = trial.runtime;
  const tree = await application.queries.getTree(id);
  const says = countsText(tree.counts);
  const report = await reportOf(guarded(application, tester), id);
  expect(progressLine(report).startsWith(`${says}. `)).toBe(true);
  const lines = frame(tree, { width: 200, height: 99, nowMs: Date.now(), open: new Set(), paint: (_, text) => text });
  expect(lines[1]).toContain(` · ${says} · `);
  const listed = await application.queries.listTrees({});
  const row = renderToStaticMarkup(
    createElement(TreeRow, { tree: listed.items.find((item) => item.id === id) as Tree }),
  );
  expect(row.includes(`>${says}<`)).toBe(listedCounts(tree) !== "");
  return says;
}

test("every place says the same counts, in every state that a task of a tree can have", async () => {
  const held = gate();
  const parts = ["asks", "fails", "works", "succeeds", "parks"];
  const trial = await start(
    {
      root: [
        startSubtask(
          ...parts.map((part) => sub(part, part === "parks" ? { agent: "researcher" } : {})),
          sub("after", { depends_on: ["works"] }),
        ),
        endTask("done"),
      ],
      asks: [call("touch", { what: "it" }), endTask("touched")],
      fails: call("end_task", { status: "failure", result: "It cannot be done." }),
      works: () => held.opened.then(() => endTask("done")),
      succeeds: endTask("done"),
      parks: { fault: { type: "quota" } },
      after: endTask("done"),
    },
    {
      runtime: { worldTools: [worldToolFor("touch", "repeat", () => "touched")] },
      env: { MAX_CONCURRENT_AGENTS: "9" },
    },
  );
  await offerTool(trial, "touch", "ask");
  await changeAgent(trial, "worker", { tools: ["touch"] });
  // The used-up quota of another provider, which holds back no other task.
  await changeAgent(trial, "researcher", { model: "openai/gpt-5.1" });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const rest: Record<string, TaskStatus> = {
    asks: "waiting",
    fails: "failed",
    works: "running",
    succeeds: "succeeded",
    parks: "parked",
  };
  for (const [title, status] of Object.entries(rest))
    await whenTask(trial, id, title, (task) => task.status === status);
  const { items } = await queries.listReviews({ open: true, treeId: id });
  expect(await saidOf(trial, id)).toBe("1 waits for you, 1 failed, 1 running, 1 parked, 1 waiting, 1 succeeded");

  const asks = titled(await queries.getTree(id), "asks");
  await commands.pause({ id: asks.id }, tester);
  expect(await saidOf(trial, id)).toBe("1 failed, 1 running, 1 parked, 1 waiting, 1 paused, 1 succeeded");
  await commands.pauseEverything({ reason: "" }, tester);
  await until(() => trial.worker?.active() === 0, "what was in flight is cut");
  expect(await saidOf(trial, id)).toBe("1 failed, 5 paused, 1 succeeded");
  await commands.resumeEverything({}, tester);
  await commands.resume({ id: asks.id }, tester);
  await commands.stop({ id: titled(await queries.getTree(id), "parks").id, reason: "" }, tester);
  await whenTask(trial, id, "works", (task) => task.status === "running");
  await whenTask(trial, id, "asks", (task) => task.status === "waiting");
  expect(await saidOf(trial, id)).toBe("1 waits for you, 1 failed, 1 running, 1 waiting, 1 stopped, 1 succeeded");

  await commands.decide({ id: items[0]?.id ?? "", decision: "approved", reason: "" }, tester);
  held.open();
  await trial.ended(id);
  expect(await saidOf(trial, id)).toBe("1 failed, 1 stopped, 4 succeeded");
  expect(compareRows(trial.runtime.store)).toEqual([]);

  const fork = await commands.fork({ id: root_task_id }, tester);
  const settled = { ...rest, works: "succeeded", after: "succeeded" } as const;
  for (const [title, status] of Object.entries(settled))
    await whenTask(trial, fork.id, title, (task) => task.status === status);
  expect(await saidOf(trial, fork.id)).toBe("1 waits for you, 1 failed, 1 parked, 3 succeeded");
  await commands.stop({ id: fork.root_task_id, reason: "" }, tester);
  await trial.ended(fork.id);
  await saidOf(trial, fork.id);
  expect(compareRows(trial.runtime.store)).toEqual([]);
});

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

test("a selector that has not chosen yet counts as a task", async () => {
  const trial = await start({ "@agent_selector": call("ask", { question: "Who?" }) });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "Ask first" });
  await whenTask(trial, id, "Ask first", (task) => task.status === "waiting");
  expect(await countsOf(trial, id)).toEqual([0, 1]);
  await commands.stop({ id: root_task_id, reason: "" }, tester);
  await trial.ended(id);
  expect(await countsOf(trial, id)).toEqual([1, 1]);
});

test("a fork is listed below its origin, and by itself when the origin is gone or the list is filtered", async () => {
  const trial = await start({ "*": endTask("7") });
  const { commands, queries } = trial.runtime.application;
  const submitted = [];
  for (const task of ["a", "b", "c"]) {
    const { id, root_task_id } = await trial.submit({ task, agent: "worker" });
    await trial.ended(id);
    submitted.push({ id, root_task_id });
  }
  const [a, b, c] = submitted.map((tree) => tree.id);
  const { id: fork } = await commands.fork({ id: submitted[0]?.root_task_id ?? "" }, tester);
  const { root_task_id: below } = await trial.ended(fork);
  const { id: second } = await commands.fork({ id: below }, tester);
  await trial.ended(second);
  const listed = async (more: Parameters<typeof queries.listTrees>[0] = {}) => {
    const page = await queries.listTrees({ forks: "below", ...more });
    return { ids: page.items.map((tree) => tree.id), next: page.next };
  };
  expect((await listed()).ids).toEqual([c, b, a, fork, second]);
  // A fork does not count toward a page of the list.
  const first = await listed({ limit: 2 });
  expect(first.ids).toEqual([c, b]);
  expect(await listed({ limit: 2, after: first.next ?? "" })).toEqual({ ids: [a, fork, second], next: null });
  expect((await listed({ forks: undefined })).ids).toEqual([second, fork, c, b, a]);
  await commands.deleteTree({ id: a ?? "" }, tester);
  expect((await listed()).ids).toEqual([fork, second, c, b]);
});

test("the migration gives older trees the same counts", async () => {
  const trial = await start({
    "@agent_selector": startSubtask({ instruction: "", agent: "worker" }),
    "*": endTask("7"),
  });
  const { id } = await trial.submit({ task: "Count" });
  await trial.ended(id);
  const { sqlite } = trial.runtime.store.client;
  sqlite.exec(`UPDATE trees SET tasks_total = (SELECT count(*) FROM tasks), tasks_ended = tasks_total,
    tasks_failed = 3, tasks_stopped = 4`);
  expect(compareRows(trial.runtime.store)).not.toEqual([]);
  sqlite.exec(readFileSync("drizzle/0014_counted_tasks.sql", "utf8"));
  sqlite.exec(updatesOf("drizzle/0029_outcomes.sql"));
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(await countsOf(trial, id)).toEqual([1, 1]);
});

/** The statements of a migration that fill its new columns. */
function updatesOf(migration: string): string {
  const statements = readFileSync(migration, "utf8").split("--> statement-breakpoint");
  return statements.filter((statement) => statement.includes("UPDATE")).join(";");
}
