import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { Reply, ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { requestsOf, resultsIn, runRoot, sub, titled, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const work = (tree: Awaited<ReturnType<typeof runRoot>>) => tree.tasks.filter((task) => task.role === "work");

test.each([
  ["the setting", { BANYAN_MAX_DEPTH: "1" }, {}],
  ["the tree's cap", {}, { grant: { depth: 1 } }],
])("a subtask below the depth of %s is refused with the limit", async (_what, env, more) => {
  const trial = await start(
    {
      root: [startSubtask(sub("child")), endTask("done")],
      child: [startSubtask(sub("grandchild")), endTask("did it myself")],
    },
    { env },
  );
  const tree = await runRoot(trial, more);
  expect([tree.status, work(tree).length]).toEqual(["succeeded", 2]);
  expect(resultsIn(requestsOf(trial, "child")[1])).toEqual([
    expect.stringMatching(/^Refused by the rule depth: .*level.* Do the work yourself\.$/),
  ]);
});

test("R1: subtasks beyond the width are refused, over all turns", async () => {
  const trial = await start(
    {
      root: [startSubtask(sub("a"), sub("b"), sub("c")), startSubtask(sub("d")), endTask("done")],
      "*": endTask("leaf"),
    },
    { env: { BANYAN_MAX_WIDTH: "2" } },
  );
  const tree = await runRoot(trial);
  expect(work(tree).map((task) => task.title)).toEqual(["root", "a", "b"]);
  expect(resultsIn(requestsOf(trial, "root")[1])[2]).toMatch(/may start 2 subtasks/);
  expect(resultsIn(requestsOf(trial, "root")[2])[0]).toMatch(/may start 2 subtasks/);
});

test.each([
  ["the setting", { BANYAN_MAX_TASKS_PER_TREE: "3" }, {}],
  ["the tree's cap", {}, { grant: { tasks: 3 } }],
])("tasks beyond %s are refused, and finishing tasks do not count", async (_what, env, more) => {
  const trial = await start(
    { root: [startSubtask(sub("a"), sub("b"), sub("c")), endTask("done")], "*": endTask("leaf") },
    { env },
  );
  const tree = await runRoot(trial, more);
  expect(tree.status).toBe("succeeded");
  expect(work(tree).length).toBe(3);
  expect(tree.tasks.filter((task) => task.role === "finishing").length).toBe(2);
  expect(resultsIn(requestsOf(trial, "root")[1])[2]).toMatch(/may have 3 tasks .*and has 3/);
});

test("a descendant with an ancestor's agent and instruction is refused, whatever its white space; another agent is not", async () => {
  const trial = await start({
    "root and more": (request) => {
      if (request.agent === "coder") return endTask("coded");
      return request.turn === 0 ? startSubtask(sub("child")) : endTask("done");
    },
    child: [
      startSubtask(sub("root  and\tmore"), sub("root and more", { agent: "coder" }), sub("root and More")),
      endTask("done"),
    ],
    "root and More": endTask("another"),
  });
  const { id } = await trial.submit({ task: "root and more", agent: "worker" });
  const tree = await trial.ended(id);
  const [same, coder, other] = resultsIn(requestsOf(trial, "child")[1]);
  expect(same).toMatch(/would loop/);
  expect(coder).toContain("succeeded");
  expect(other).toContain("succeeded");
  expect(tree.status).toBe("succeeded");
});

test("break_down_task is exempt from the cycle check", async () => {
  const plan = call("break_down_task", { reasoning: "again" });
  const trial = await start({
    root: (request) =>
      request.agent === "task_breakdown" ? endTask("a plan") : ([plan, plan, endTask("done")][request.turn] as Reply),
  });
  expect((await runRoot(trial)).status).toBe("succeeded");
});

test("R1: a model that only ever starts subtasks ends as a runaway, after tens of tasks at most", async () => {
  const deeper = (request: ScriptedRequest) => startSubtask(sub(`${request.instruction.split("\n", 1)[0]}.`));
  const trial = await start({ "*": deeper, "@task_evaluator": deeper });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", "runaway"]);
  expect(work(tree).length).toBeLessThan(40);
  expect(new Set(work(tree).map((task) => task.reason))).toEqual(new Set(["runaway"]));
  const deepest = work(tree).at(-1);
  expect(requestsOf(trial, deepest?.title ?? "").length).toBe(6);
});

test("after three refusals a task may start no subtasks, and it can still end itself", async () => {
  const trial = await start(
    {
      root: [startSubtask(sub("a"), sub("b"), sub("c"), sub("d")), startSubtask(sub("e")), endTask("finished alone")],
      "*": endTask("leaf"),
    },
    { env: { BANYAN_MAX_WIDTH: "1" } },
  );
  const tree = await runRoot(trial);
  expect([tree.status, work(tree).length]).toEqual(["succeeded", 2]);
  expect(resultsIn(requestsOf(trial, "root")[2])[0]).toMatch(/cannot start more/);
});

test("agent_selector starts one subtask; a second is refused, and the first one's result is copied without another call", async () => {
  const trial = await start({
    "@agent_selector": [
      startSubtask(
        { instruction: "", agent: "worker", title: "chosen" },
        { instruction: "", agent: "coder", title: "other" },
      ),
    ],
    please: [endTask("the result".repeat(400))],
    "@summary_agent": [endTask("in short")],
  });
  const tree = await trial.ended((await trial.submit({ task: "please" })).id);
  const { queries } = trial.runtime.application;
  const root = await queries.getTask(tree.root_task_id);
  const chosen = await queries.getTask(titled(tree, "chosen").id);
  expect(work(tree).map((task) => task.agent)).toEqual(["agent_selector", "worker"]);
  expect([root.status, root.result, root.summary, root.verdict]).toEqual([
    "succeeded",
    chosen.result,
    "in short",
    chosen.verdict,
  ]);
  expect(chosen.verdict?.outcome).toBe("pass");
  expect(trial.provider?.requests.filter((request) => request.agent === "agent_selector").length).toBe(1);
  const log = await import("@/tests/agents/scenario").then(({ logOf, responsesOf }) =>
    logOf(trial, root.id).then(responsesOf),
  );
  expect(log.filter((text) => text.includes("exactly one subtask")).length).toBe(1);
  expect(tree.tasks.filter((task) => task.role === "finishing" && task.parent_id === root.id)).toEqual([]);
});

test("a failure of the chosen task is copied with its reason, and a retry of the root retries it", async () => {
  let tries = 0;
  const trial = await start({
    "@agent_selector": [startSubtask({ instruction: "", agent: "worker", title: "chosen" })],
    please: () => {
      tries += 1;
      return tries === 1 ? call("end_task", { status: "failure", result: "no way" }) : endTask("a way");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const failed = await trial.ended((await trial.submit({ task: "please" })).id);
  expect([failed.status, failed.reason]).toEqual(["failed", "by_agent"]);
  expect((await queries.getTask(failed.root_task_id)).summary).toBe("no way");
  await commands.retry({ id: failed.root_task_id }, ownerCalled("tester"));
  const tree = await trial.ended(failed.id);
  const root = await queries.getTask(tree.root_task_id);
  expect([tree.status, root.result, root.attempt, titled(tree, "chosen").attempt]).toEqual([
    "succeeded",
    "a way",
    2,
    2,
  ]);
  expect(trial.provider?.requests.filter((request) => request.agent === "agent_selector").length).toBe(1);
});

test("a named agent is the root itself", async () => {
  const trial = await start({ root: [endTask("coded")] });
  const tree = await runRoot(trial, { agent: "coder" });
  expect(work(tree).map((task) => [task.agent, task.depth])).toEqual([["coder", 0]]);
});
