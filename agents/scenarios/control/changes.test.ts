import { expect, test } from "vitest";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  gate,
  logOf,
  requestsOf,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  until,
  whenTask,
} from "@/tests/agents/scenario";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

test("another model and agent take over in the middle of a task: the conversation stays, the prompt is the new one", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) return call("list_agents", {});
      if (request.turn === 1) await hold.opened;
      return request.turn === 1 ? call("list_agents", { again: 1 }) : endTask("done");
    },
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 2, "the second call is in flight");
  const { sentence } = await commands.change(
    { id: root_task_id, agent: "coder", model: "openai/gpt-5.1", priority: 7 },
    tester,
  );
  expect(sentence).toBe(
    "Changed: the model to openai/gpt-5.1 and the agent to coder and the priority to 7. From its next turn.",
  );
  hold.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(titled(tree, "root")).toMatchObject({ agent: "coder", model: "openai/gpt-5.1" });
  expect(tree.priority).toBe(7);
  const [, second, third] = requestsOf(trial, "root");
  expect([second?.provider, second?.agent, third?.provider, third?.agent]).toEqual([
    "anthropic",
    "worker",
    "openai",
    "coder",
  ]);
  expect(third?.messages.length).toBeGreaterThan(second?.messages.length ?? 0);
  expect(toldIn(third)).toContain("tester changed the model to openai/gpt-5.1");
  const changed = (await logOf(trial, root_task_id)).find((message) => message.content.type === "changed");
  expect(changed?.content).toMatchObject({
    by: "tester",
    setup: { agent: "coder", model: "openai/gpt-5.1" },
    priority: 7,
  });
  expect(trial.provider?.refusals).toEqual([]);
});

test("a parked task whose model is changed continues immediately with the other provider", async () => {
  const trial = await start({
    root: (request) => (request.provider === "anthropic" ? { fault: { type: "quota" } } : endTask("done")),
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const parked = await whenTask(trial, id, "root", (task) => task.status === "parked");
  expect(parked.reason_detail).toBeTruthy();
  await commands.change({ id: root_task_id, model: "openai/gpt-5.1" }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("another agent keeps the model, even a just changed one; the agent's own model needs a price too", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) await hold.opened;
      return request.turn === 0 ? call("list_agents", {}) : endTask("done");
    },
  });
  await changeAgent(trial, "coder", { model: "openai/unpriced-model" });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", grant: { cost_usd: 50 } });
  await until(() => requestsOf(trial, "root").length === 1, "the call is in flight");
  await commands.change({ id: root_task_id, model: "openai/gpt-5.1" }, tester);
  await commands.change({ id: root_task_id, agent: "researcher" }, tester);
  await expect(commands.change({ id: root_task_id, agent: "coder" }, tester)).rejects.toThrow(/has no price/);
  hold.open();
  const tree = await trial.ended(id);
  expect(titled(tree, "root")).toMatchObject({ agent: "researcher", model: "openai/gpt-5.1", status: "succeeded" });
});

test("a change for agent_selector reaches the task that it chose, and its subtasks inherit it", async () => {
  const hold = gate();
  const workOf = ({ provider }: typeof trial) =>
    provider?.requests.filter(({ agent, instruction }) => agent === "worker" && instruction === "chosen") ?? [];
  const trial = await start({
    "@agent_selector": startSubtask({ instruction: "", agent: "worker", title: "the one chosen" }),
    chosen: async (request) => {
      if (request.turn === 0) await hold.opened;
      return [startSubtask(sub("below")), endTask("done")][request.turn] ?? endTask("more");
    },
    below: [endTask("below")],
  });
  const { id, root_task_id } = await trial.submit({ task: "chosen" });
  await until(() => workOf(trial).length === 1, "the chosen task works");
  await trial.runtime.application.commands.change({ id: root_task_id, model: "openai/gpt-5.1", priority: -3 }, tester);
  hold.open();
  const tree = await trial.ended(id);
  expect([tree.status, titled(tree, "the one chosen").reason_detail]).toEqual(["succeeded", null]);
  expect(titled(tree, "the one chosen").model).toBe("openai/gpt-5.1");
  // The turn in flight was the old model's; its subtasks inherit what their parent had then.
  expect(workOf(trial).map((request) => request.provider)).toEqual(["anthropic", "openai"]);
  const priorities = trial.runtime.store.client.sqlite
    .prepare("SELECT priority FROM tasks WHERE title IN ('the one chosen', 'below')")
    .pluck()
    .all();
  expect(priorities).toEqual([-3, -3]);
});

test("a change that cannot be made is refused with one sentence, and nothing is written", async () => {
  const hold = gate();
  const trial = await start({
    root: async () => {
      await hold.opened;
      return endTask("done");
    },
  });
  const { commands } = trial.runtime.application;
  const grant = { cost_usd: 5 };
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", grant });
  await until(() => requestsOf(trial, "root").length === 1, "the call is in flight");
  const refused = (to: Omit<Parameters<typeof commands.change>[0], "id">) =>
    expect(commands.change({ id: root_task_id, ...to }, tester)).rejects;
  await refused({}).toThrow("Say what to change");
  await refused({ model: "nonsense" }).toThrow("There is no model nonsense");
  await refused({ model: "openai/unpriced-model" }).toThrow(/has no price|price/);
  await refused({ agent: "nobody" }).toThrow("There is no agent nobody");
  await refused({ agent: "agent_selector" }).toThrow("only chooses");
  await refused({ priority: 1.5 }).toThrow("The priority must be a whole number");
  hold.open();
  await trial.ended(id);
  expect(eventsOf(await logOf(trial, root_task_id))).not.toContain("changed");
  await refused({ model: "openai/gpt-5.1" }).toThrow("so it cannot be changed");
});

test("a task paused alone waits while its subtasks continue", async () => {
  const hold = gate();
  const trial = await start({
    root: [startSubtask(sub("child")), endTask("done")],
    child: async () => {
      await hold.opened;
      return endTask("child");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "child").length === 1, "the child works");
  expect((await commands.pause({ id: root_task_id, alone: true }, tester)).sentence).toMatch(/^Paused: this task only/);
  expect((await commands.pause({ id: root_task_id, alone: true }, tester)).sentence).toMatch(/^Already paused/);
  hold.open();
  await whenTask(trial, id, "child", (task) => task.status === "succeeded");
  await until(() => trial.worker?.active() === 0, "nothing runs");
  const paused = await queries.getTask(root_task_id);
  expect([paused.status, paused.paused_by?.name]).toEqual(["paused", "tester"]);
  await commands.resume({ id: root_task_id }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
  const held = (await logOf(trial, root_task_id)).filter((message) => message.content.type === "held");
  expect(held.map(({ content }) => [content.what, content.by])).toEqual([
    ["paused_alone", "tester"],
    ["resumed", "tester"],
  ]);
});

test("an edited step that is refused changes nothing and says nothing to the task", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn > 0) await hold.opened;
      return endTask("done");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", stepping: "manual" });
  await whenTask(trial, id, "root", (task) => task.status === "paused");
  const edit = { message: "Mind the gap.", model: "none/x" };
  await expect(commands.step({ id: root_task_id, ...edit }, tester)).rejects.toThrow(/model/);
  await expect(commands.step({ id: root_task_id, message: " ", model: "openai/gpt-5.1" }, tester)).rejects.toThrow(
    /empty/,
  );
  expect(requestsOf(trial, "root")).toHaveLength(0);
  const steered = await commands.step({ id: root_task_id, message: "Mind the gap.", model: "openai/gpt-5.1" }, tester);
  expect(steered.sentence).toBe("Changed: the model to openai/gpt-5.1. It takes one turn, then pauses.");
  await until(() => requestsOf(trial, "root").length === 1, "the step is taken");
  const { items } = await queries.listMessages({ treeId: id });
  expect(items.filter(({ kind }) => kind === "steer")).toHaveLength(1);
  expect(items.filter(({ content }) => content.type === "changed")).toHaveLength(1);
  hold.open();
  await commands.resume({ id: root_task_id }, tester);
});

test("step turns manual stepping on for a running task, from its next turn", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) await hold.opened;
      return [call("list_agents", {}), call("list_agents", { a: 1 }), endTask("done")][request.turn] ?? endTask("more");
    },
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the call is in flight");
  expect((await commands.step({ id: root_task_id }, tester)).sentence).toBe(
    "It finishes its current turn, then pauses.",
  );
  hold.open();
  for (const turns of [1, 2]) {
    await whenTask(trial, id, "root", (task) => task.turns === turns && task.status === "paused");
    await commands.step({ id: root_task_id }, tester);
  }
  // Its finishing tasks are stepped too, until the tree is resumed.
  await until(async () => {
    const { tasks } = await trial.runtime.application.queries.getTree(id);
    return tasks.length === 3 && tasks.slice(1).every((task) => task.status === "paused");
  }, "the finishing tasks wait for their step");
  const { tasks } = await trial.runtime.application.queries.getTree(id);
  for (const task of tasks.slice(1)) await commands.resume({ id: task.id }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("the same call with the same result is told after five times, and ends the task by its rule when nothing new follows", async () => {
  const trial = await start({ root: call("list_directory", { path: "." }) });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", "runaway"]);
  const root = titled(tree, "root");
  expect(root.reason_detail).toMatch(/^Stopped by the rule repeated_call: list_directory/);
  expect(root.turns).toBe(9);
  const log = await logOf(trial, root.id);
  expect(eventsOf(log).filter((type) => type === "repeated").length).toBe(1);
  expect(toldIn(requestsOf(trial, "root")[5])).toContain("5 times with the same result");
});

test("an agent that does something else after the warning continues", async () => {
  const trial = await start({
    root: (request) => {
      if (request.turn < 6) return call("list_directory", { path: "." });
      if (request.turn < 8) return call("write_file", { path: `f${request.turn}`, content: "new" });
      return request.turn < 11 ? call("list_directory", { path: "." }) : endTask("done");
    },
  });
  expect((await runRoot(trial)).status).toBe("succeeded");
});

test("two agents that hand the work to each other are ended by the rule ping_pong", async () => {
  const other = (agent: string) => (agent === "worker" ? "coder" : "worker");
  const trial = await start(
    {
      "*": (request) =>
        request.turn < 3
          ? startSubtask({
              instruction: `${request.instruction.split("\n", 1)[0]} again ${request.turn}`,
              agent: other(request.agent),
            })
          : { calls: [{ name: "end_task", input: { status: "failure", result: "I cannot." } }] },
    },
    { env: { BANYAN_MAX_DEPTH: "20", BANYAN_MAX_TASKS_PER_TREE: "500", MAX_CONCURRENT_AGENTS: "8" } },
  );
  const tree = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  expect(tree.status).toBe("failed");
  expect(Math.max(...tree.tasks.map((task) => task.depth))).toBe(4);
  const deepest = tree.tasks.filter((task) => task.depth === 4);
  expect(deepest.map((task) => task.reason)).toEqual(deepest.map(() => "runaway"));
  expect(deepest[0]?.reason_detail).toMatch(/^Stopped by the rule ping_pong/);
});

test("a task that asks too often is told to decide itself", async () => {
  const trial = await start({
    root: (request) => (request.turn < 22 ? call("ask", { question: `And ${request.turn}?` }) : endTask("decided")),
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  for (let asked = 0; asked < 20; asked += 1) {
    const review = await until(async () => {
      const { items } = await queries.listReviews({ open: true });
      return items.find((item) => item.detail === `And ${asked}?`);
    }, `question ${asked}`);
    await commands.answer({ id: review.id, text: "Yes." }, tester);
  }
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const refused = (await logOf(trial, root_task_id)).filter((message) => message.content.limit === "questions");
  expect(refused.length).toBe(2);
});
