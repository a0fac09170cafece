import { expect, test } from "vitest";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  gate,
  logOf,
  requestsOf,
  responsesOf,
  resultsIn,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  unansweredCalls,
  whenTask,
} from "@/tests/agents/scenario";

const start = trialsOfThisFile();

for (const model of ["anthropic/claude-sonnet-4-5", "openai/gpt-5"]) {
  test(`a tree of depth four with parallel children ends through ${model}`, async () => {
    const grow = (name: string): Reply =>
      startSubtask(...["a", "b"].map((side) => sub(name === "root" ? side : `${name}${side}`)));
    const trial = await start({
      "*": (request) => {
        const name = request.instruction.split("\n", 1)[0] ?? "";
        const depth = name === "root" ? 0 : name.length;
        if (request.turn === 0 && depth < 4) return grow(name);
        return endTask(
          depth < 4
            ? `${name}(${resultsIn(request)
                .map((text) => JSON.parse(text).summary)
                .join(",")})`
            : name,
        );
      },
    });
    const tree = await runRoot(trial, { model });
    expect(tree.status).toBe("succeeded");
    expect(tree.tasks.filter((task) => task.role === "work").length).toBe(31);
    expect(Math.max(...tree.tasks.filter((task) => task.role === "work").map((task) => task.depth))).toBe(4);
    const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
    expect(root.result).toBe(
      "root(a(aa(aaa(aaaa,aaab),aab(aaba,aabb)),ab(aba(abaa,abab),abb(abba,abbb))),b(ba(baa(baaa,baab),bab(baba,babb)),bb(bba(bbaa,bbab),bbb(bbba,bbbb))))",
    );
    expect(trial.provider?.refusals).toEqual([]);
    expect(await unansweredCalls(trial, tree)).toEqual([]);
    expect(trial.faults).toEqual([]);
  });
}

test("results of one turn's subtasks come in the order of the calls, whatever order they end in", async () => {
  const gates = [gate(), gate(), gate()];
  const ended: string[] = [];
  const leaf = (index: number) => async () => {
    await gates[index]?.opened;
    ended.push(String(index));
    gates[index - 1]?.open();
    return endTask(`result ${index}`);
  };
  gates[2]?.open();
  const trial = await start({
    root: [startSubtask(sub("zero"), sub("one"), sub("two")), endTask("done")],
    zero: leaf(0),
    one: leaf(1),
    two: leaf(2),
  });
  await runRoot(trial);
  expect(ended).toEqual(["2", "1", "0"]);
  const second = requestsOf(trial, "root")[1];
  expect(resultsIn(second).map((text) => JSON.parse(text).summary)).toEqual(["result 0", "result 1", "result 2"]);
});

test("rows of what changed come with those above them, as they stand among all of the tree", async () => {
  const grow = (...names: string[]) => [startSubtask(...names.map((name) => sub(name))), endTask("done")];
  const trial = await start({ root: grow("a", "b"), a: grow("aa"), "*": [endTask("found")] });
  const { queries } = trial.runtime.application;
  const tree = await queries.getTree((await runRoot(trial)).id);
  const aa = titled(tree, "aa");
  const { tasks } = await queries.getTree(tree.id, { tasks: { changed: [aa.id] } });
  expect(tasks).toEqual([titled(tree, "root"), titled(tree, "a"), aa]);
  expect((await queries.getTask(tree.root_task_id)).spent).toEqual(titled(tree, "root").spent);
  expect((await queries.getTree(tree.id, { tasks: { changed: ["nobody"] } })).tasks).toEqual([]);
});

test("depends_on orders subtasks, and summaries of predecessors reach the dependent", async () => {
  const trial = await start({
    root: [
      startSubtask(
        sub("last", { depends_on: ["first", "second"] }),
        sub("second", { depends_on: ["first"] }),
        sub("first"),
      ),
      endTask("done"),
    ],
    first: [endTask("found 1")],
    second: [endTask("found 2")],
    last: [endTask("found 3")],
  });
  const tree = await runRoot(trial);
  const order = trial.provider?.requests.map((request) => request.instruction.split("\n", 1)[0]);
  expect(order?.filter((title) => ["first", "second", "last"].includes(title ?? ""))).toEqual([
    "first",
    "second",
    "last",
  ]);
  const told = toldIn(requestsOf(trial, "last")[0]);
  expect(told).toContain("found 1");
  expect(told).toContain("found 2");
  const results = resultsIn(requestsOf(trial, "root")[1]).map((text) => JSON.parse(text).title);
  expect(results).toEqual(["last", "second", "first"]);
  const last = await trial.runtime.application.queries.getTask(titled(tree, "last").id);
  expect(new Set(last.depends_on)).toEqual(new Set([titled(tree, "first").id, titled(tree, "second").id]));
  expect(tree.status).toBe("succeeded");
});

test.each([
  ["an unknown title", [sub("a", { depends_on: ["nothing"] }), sub("b")], /“nothing”, and no subtask/],
  ["a title that is there twice", [sub("a"), sub("a"), sub("b", { depends_on: ["a"] })], /two subtasks of this reply/],
  ["a cycle", [sub("a", { depends_on: ["b"] }), sub("b", { depends_on: ["a"] }), sub("c")], /cycle: a → b → a/],
])("depends_on with %s refuses all subtasks with the reason", async (_what, subtasks, reason) => {
  const trial = await start({ root: [startSubtask(...subtasks), endTask("done")] });
  const tree = await runRoot(trial);
  expect(tree.tasks.filter((task) => task.role === "work").length).toBe(1);
  const results = resultsIn(requestsOf(trial, "root")[1]);
  expect(results.length).toBe(subtasks.length);
  for (const text of results) expect(text).toMatch(reason);
});

test("a subtask that depends on a refused one is refused too, instead of waiting for ever", async () => {
  const trial = await start({
    root: [
      startSubtask(
        sub("c", { depends_on: ["b"] }),
        sub("a", { agent: "nobody" }),
        sub("b", { depends_on: ["a"] }),
        sub("free"),
      ),
      endTask("done"),
    ],
    free: [endTask("free")],
  });
  const tree = await runRoot(trial);
  expect(tree.tasks.filter((task) => task.role === "work").map((task) => task.title)).toEqual(["root", "free"]);
  const [c, a, b, free] = resultsIn(requestsOf(trial, "root")[1]);
  expect(a).toMatch(/no agent nobody/);
  expect(b).toMatch(/“a”/);
  expect(c).toMatch(/“b”/);
  expect(JSON.parse(free ?? "").status).toBe("succeeded");
});

test("when a predecessor fails its dependents are stopped, and its retry revives them", async () => {
  const hold = gate();
  let tries = 0;
  const trial = await start({
    root: [startSubtask(sub("first"), sub("later", { depends_on: ["first"] }), sub("other")), endTask("done")],
    first: () => {
      tries += 1;
      return tries === 1 ? call("end_task", { status: "failure", result: "no luck" }) : endTask("luck");
    },
    later: [endTask("after luck")],
    other: async () => {
      await hold.opened;
      return endTask("other");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const stopped = await whenTask(trial, id, "later", (task) => task.status === "stopped");
  expect(stopped.reason).toBe("dependency_failed");
  const first = titled(await queries.getTree(id), "first");
  expect([first.status, first.reason]).toEqual(["failed", "by_agent"]);
  await commands.retry({ id: first.id }, tester);
  await whenTask(trial, id, "later", (task) => task.status === "succeeded");
  hold.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect([titled(tree, "first").attempt, titled(tree, "later").attempt]).toEqual([2, 2]);
  const results = resultsIn(requestsOf(trial, "root")[1]).map((text) => JSON.parse(text).status);
  expect(results).toEqual(["succeeded", "succeeded", "succeeded"]);
  const told = toldIn(requestsOf(trial, "first")[1]);
  expect(told).toContain("no luck");
});

test("an agent that is not there is refused with those that are", async () => {
  const trial = await start({ root: [startSubtask(sub("x", { agent: "wizard" })), endTask("done")] });
  await runRoot(trial);
  const [text] = resultsIn(requestsOf(trial, "root")[1]);
  expect(text).toMatch(/There is no agent wizard\. Agents: .*worker/);
});

test("break_down_task hands its plan over whole, and the planner cannot start subtasks", async () => {
  const plan = JSON.stringify({
    subtasks: Array.from({ length: 80 }, (_, part) => ({ title: `part ${part}`, why: "x".repeat(80) })),
  });
  expect(plan.length).toBeGreaterThan(4_000);
  const trial = await start({
    root: (request) =>
      request.agent === "task_breakdown"
        ? endTask(plan)
        : ([call("break_down_task", { reasoning: "many parts" }), endTask("done")][request.turn] as Reply),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const planner = trial.provider?.requests.find((request) => request.agent === "task_breakdown");
  expect(planner?.tools).toContain("end_task");
  for (const tool of ["break_down_task", "start_subtask", "wait_for_subtasks"])
    expect(planner?.tools).not.toContain(tool);
  const answered = trial.provider?.requests.find((request) => request.agent === "worker" && request.turn === 1);
  expect(JSON.parse(resultsIn(answered)[0] ?? "")).toMatchObject({ status: "succeeded", plan });
  expect(tree.tasks.filter((task) => task.role === "finishing" && task.depth === 2)).toEqual([]);
});

test("without a language model and a fitting runbook a task fails as no_model", async () => {
  const trial = await start(null, { env: { BANYAN_MODEL: "runbook" } });
  const tree = await trial.ended((await trial.submit({ task: "Write a poem about spoons" })).id);
  expect([tree.status, tree.reason]).toEqual(["failed", "no_model"]);
  const log = await logOf(trial, tree.root_task_id);
  expect(responsesOf(log)).toEqual([]);
});
