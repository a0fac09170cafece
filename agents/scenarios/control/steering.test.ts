import { existsSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { compareRows } from "@/db/log/rebuild";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
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
  until,
  whenTask,
} from "@/tests/agents/scenario";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

const withoutFinishing = (trial: Parameters<typeof changeAgent>[0]) =>
  changeAgent(trial, "worker", { finishing: { evaluate: "never", summarize: "never", document: "never" } });

test("a paused branch finishes its running model call, starts nothing more, and continues when resumed", async () => {
  const hold = gate();
  const runs: string[] = [];
  const trial = await start(
    {
      root: [startSubtask(sub("held"), sub("free")), endTask("done")],
      held: async (request) => {
        if (request.turn === 0) await hold.opened;
        return [call("touch", { what: "held" }), endTask("held")][request.turn] ?? endTask("more");
      },
      free: [endTask("free")],
    },
    { runtime: { worldTools: [worldToolFor("touch", "report_interrupted", (input) => void runs.push(input.what))] } },
  );
  const { commands } = trial.runtime.application;
  await changeAgent(trial, "worker", { tools: ["touch"] });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "held").length === 1, "the model call is in flight");
  const held = await whenTask(trial, id, "held", (task) => task.status === "running");
  await commands.pause({ id: held.id }, tester);
  hold.open();
  const paused = await whenTask(trial, id, "held", (task) => task.turns === 1 && task.status === "paused");
  await whenTask(trial, id, "free", (task) => task.status === "succeeded");
  await until(() => trial.worker?.active() === 0, "the slot is free");
  expect(runs).toEqual([]);
  expect(paused.turns).toBe(1);
  await commands.resume({ id: held.id }, tester);
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(runs).toEqual(["held"]);
  expect(responsesOf(await logOf(trial, held.id))[0]).toBe("touched held");
});

test("children that a task starts while its branch is paused are held until it is resumed", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) await hold.opened;
      return request.turn === 0 ? startSubtask(sub("child")) : endTask("done");
    },
    child: [endTask("child")],
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the model call is in flight");
  await commands.pause({ id }, tester);
  hold.open();
  await until(() => trial.worker?.active() === 0, "the slot is free");
  expect(requestsOf(trial, "child")).toEqual([]);
  expect((await queries.getTree(id)).status).toBe("paused");
  await commands.resume({ id }, tester);
  const tree = await trial.ended(id);
  expect([tree.status, titled(tree, "child").status]).toEqual(["succeeded", "succeeded"]);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test("a pause of a child within a paused tree stays when the tree is resumed", async () => {
  const hold = gate();
  const trial = await start({
    root: [startSubtask(sub("one"), sub("two")), endTask("done")],
    "*": () => hold.opened.then(() => endTask("leaf")),
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const task = await whenTask(trial, id, "one", (task) => task.status === "running");
  await commands.pause({ id: task.id }, tester);
  await commands.pause({ id }, tester);
  hold.open();
  await until(() => trial.worker?.active() === 0, "the slots are free");
  await commands.resume({ id }, tester);
  await whenTask(trial, id, "two", (task) => task.status === "succeeded");
  expect((await whenTask(trial, id, "one", () => true)).status).toBe("paused");
  await commands.resume({ id: task.id }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("resume names what holds a task: a tree that only its tasks hold goes on, and a pause above is named", async () => {
  const hold = gate();
  const trial = await start({
    root: [startSubtask(sub("one")), endTask("done")],
    one: () => hold.opened.then(() => endTask("leaf")),
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const task = await whenTask(trial, id, "one", (task) => task.status === "running");
  await commands.pause({ id }, tester);
  await expect(commands.resume({ id: task.id }, tester)).rejects.toThrow(
    "above it is paused: step or resume that task",
  );
  expect(await commands.resume({ id }, tester)).toEqual({ sentence: "Resumed: the tree." });
  await commands.pause({ id: task.id }, tester);
  expect(await commands.resume({ id }, tester)).toEqual({ sentence: "Resumed: the tree." });
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("a task and the selector that chose it are resumed as one", async () => {
  const hold = gate();
  const trial = await start({
    "@agent_selector": startSubtask(sub("root")),
    root: () => hold.opened.then(() => endTask("done")),
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root" });
  const chosen = await until(async () => {
    const { tasks } = await trial.runtime.application.queries.getTree(id);
    return tasks.find((task) => task.agent === "worker" && task.status === "running");
  }, "the chosen task runs");
  await commands.pause({ id }, tester);
  expect((await commands.resume({ id: chosen.id }, tester)).sentence).toBe("Resumed: this task and its subtasks.");
  await commands.pause({ id: chosen.id }, tester);
  expect((await commands.resume({ id }, tester)).sentence).toBe("Resumed: the tree.");
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("stopping a branch aborts its running model call and its subtasks, and spares the siblings", async () => {
  const never = gate();
  const sibling = gate();
  const trial = await start({
    root: [startSubtask(sub("branch"), sub("sibling")), endTask("done")],
    branch: [startSubtask(sub("leaf"))],
    leaf: () => never.opened.then(() => endTask("too late")),
    sibling: () => sibling.opened.then(() => endTask("sibling")),
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "leaf").length === 1, "the leaf's model call is in flight");
  const branch = await whenTask(trial, id, "branch", (task) => task.status === "waiting");
  await commands.stop({ id: branch.id, reason: "not needed" }, tester);
  const leafCall = trial.provider?.requests.find((request) => request.instruction === "leaf");
  expect(await leafCall?.ended).toBe("closed");
  const leaf = await whenTask(trial, id, "leaf", (task) => task.status === "stopped");
  expect([leaf.reason, leaf.turns]).toEqual(["parent_ended", 0]);
  sibling.open();
  const tree = await trial.ended(id);
  const stopped = titled(tree, "branch");
  expect([tree.status, stopped.status, stopped.reason]).toEqual(["succeeded", "stopped", "by_person"]);
  const [first, second] = resultsIn(requestsOf(trial, "root")[1]).map((text) => JSON.parse(text));
  expect([first.status, first.reason, second.status]).toEqual(["stopped", "by_person", "succeeded"]);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
  never.open();
});

test("a stop kills a tool that runs, and its call is answered", async () => {
  let aborted = false;
  const tool = worldToolFor(
    "touch",
    "report_interrupted",
    (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(new Error("cut"));
        });
      }),
  );
  const trial = await start({ root: [call("touch", { what: "long" })] }, { runtime: { worldTools: [tool] } });
  await changeAgent(trial, "worker", { tools: ["touch"] });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const root = await whenTask(trial, id, "root", (task) => task.turns === 1);
  await until(async () => eventsOf(await logOf(trial, root.id)).includes("call_started"), "the tool runs");
  await trial.runtime.application.commands.stop({ id, reason: "" }, tester);
  const tree = await trial.ended(id);
  expect([tree.status, tree.reason, aborted]).toEqual(["stopped", "by_person", true]);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test("a steer wakes a waiting parent, whose open calls are answered once; results then arrive once, as events", async () => {
  const hold = gate();
  const trial = await start({
    root: (request) => {
      if (request.turn === 0) return startSubtask(sub("slow"), sub("quick"));
      if (request.turn === 1) return { text: "I have read it and wait." };
      return endTask("done");
    },
    slow: () => hold.opened.then(() => endTask("slow result")),
    quick: [endTask("quick result")],
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "quick", (task) => task.status === "succeeded");
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  await commands.steer({ id: root_task_id, text: "Mind the budget." }, tester);
  await until(() => requestsOf(trial, "root").length === 2, "the parent was woken");
  const woken = requestsOf(trial, "root")[1];
  const [slow, quick] = resultsIn(woken).map((text) => JSON.parse(text));
  expect(slow).toEqual({ status: "running", task: expect.any(String) });
  expect(quick).toMatchObject({ status: "succeeded", summary: "quick result" });
  expect(woken?.messages.at(-1)).toEqual({ role: "user", text: "Mind the budget." });
  await whenTask(trial, id, "root", (task) => task.turns === 2 && task.status === "waiting");
  hold.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, root_task_id);
  expect(eventsOf(log).filter((type) => type === "subtask_ended")).toEqual(["subtask_ended"]);
  expect(JSON.stringify(log).split("slow result").length - 1).toBe(2);
  expect(toldIn(requestsOf(trial, "root")[2])).toContain("slow result");
  expect(trial.provider?.refusals).toEqual([]);
});

test("a steer of a task that waits for its predecessors is read when it begins", async () => {
  const hold = gate();
  const trial = await start({
    root: [startSubtask(sub("first"), sub("second", { depends_on: ["first"] })), endTask("done")],
    first: () => hold.opened.then(() => endTask("one")),
    second: [endTask("two")],
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const second = await whenTask(trial, id, "second", (task) => task.status === "waiting");
  await until(() => requestsOf(trial, "first").length === 1, "the predecessor works");
  const before = trial.runtime.store.log.commits();
  await commands.steer({ id: second.id, text: "Also count the spoons." }, tester);
  await whenTask(trial, id, "second", (task) => task.status === "waiting");
  await commands.steer({ id: second.id, text: "And the forks." }, tester);
  await whenTask(trial, id, "second", (task) => task.status === "waiting");
  expect(trial.runtime.store.log.commits() - before).toBeLessThan(20);
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(toldIn(requestsOf(trial, "second")[0])).toMatch(/spoons[\s\S]*forks/);
});

test("a steer during the task's last call is read before the task ends", async () => {
  const hold = gate();
  const trial = await start({
    root: (request) => (request.turn === 0 ? hold.opened.then(() => endTask("too early")) : endTask("steered")),
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the model call is in flight");
  await commands.steer({ id: root_task_id, text: "Mind the budget." }, tester);
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(resultsIn(requestsOf(trial, "root")[1])).toEqual([expect.stringContaining("not ended")]);
  expect(toldIn(requestsOf(trial, "root")[1])).toContain("Mind the budget.");
});

test("a steer that arrives after the task's end is refused, not accepted and lost", async () => {
  const hold = gate();
  const trial = await start({ root: () => hold.opened.then(() => endTask("done")) });
  const { application, store } = trial.runtime;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const send = store.trees.send;
  vi.spyOn(store.trees, "send").mockImplementationOnce(async (uid, letter) => {
    hold.open();
    await trial.ended(id);
    return send(uid, letter);
  });
  await expect(application.commands.steer({ id: root_task_id, text: "Mind the budget." }, tester)).rejects.toThrow(
    "The task ended before it read the message",
  );
});

test("a retry begins a second attempt that sees how the first ended; it is refused once the parent has read the result", async () => {
  const trial = await start({
    root: (request) => (request.turn === 0 ? startSubtask(sub("child")) : endTask("done")),
    child: [endTask("child")],
  });
  const tree = await runRoot(trial);
  const { commands } = trial.runtime.application;
  await expect(commands.retry({ id: titled(tree, "child").id }, tester)).rejects.toThrow(
    /already read its result.*fork/,
  );
  const { sentence } = await commands.retry({ id: tree.root_task_id }, tester);
  expect(sentence).toBe("Attempt 2 starts.");
  const again = await trial.ended(tree.id);
  expect([again.status, titled(again, "root").attempt]).toEqual(["succeeded", 2]);
  const told = toldIn(requestsOf(trial, "root")[2]);
  expect(told).toMatch(/^root\n/);
  expect(told).toMatch(/Attempt 1 of this task ended as succeeded: done[\s\S]*attempt 2/);
  await expect(commands.retry({ id: tree.root_task_id }, tester)).resolves.toBeTruthy();
});

test("a retried dependent is told its predecessors' summaries again", async () => {
  const hold = gate();
  let tries = 0;
  const trial = await start({
    root: [startSubtask(sub("first"), sub("second", { depends_on: ["first"] }), sub("other")), endTask("done")],
    first: [endTask("the number is 7")],
    second: () => {
      tries += 1;
      return tries === 1 ? call("end_task", { status: "failure", result: "tired" }) : endTask("fine");
    },
    other: () => hold.opened.then(() => endTask("other")),
  });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const second = await whenTask(trial, id, "second", (task) => task.status === "failed");
  await trial.runtime.application.commands.retry({ id: second.id }, tester);
  await whenTask(trial, id, "second", (task) => task.status === "succeeded");
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(toldIn(requestsOf(trial, "second")[1])).toContain("the number is 7");
});

test("an attempt that follows an unanswered question does not wait for its answer", async () => {
  let attempt = 1;
  const trial = await start({
    root: (request) => {
      if (attempt === 1) return request.turn === 0 ? call("ask", { question: "Red or blue?" }) : { text: "I wait." };
      return request.turn === 0 ? { text: "Hm." } : endTask("done");
    },
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  await commands.steer({ id: root_task_id, text: "Think." }, tester);
  await whenTask(trial, id, "root", (task) => task.turns === 2 && task.status === "waiting");
  await commands.stop({ id, reason: "" }, tester);
  await trial.ended(id);
  attempt = 2;
  await commands.retry({ id: root_task_id }, tester);
  expect((await trial.ended(id, 240_000)).status).toBe("succeeded");
});

test("a message to a paused task is told as unread, with who sent it and when, until it is resumed", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) await hold.opened;
      return request.turn === 0 ? call("list_agents", {}) : endTask("done");
    },
  });
  await withoutFinishing(trial);
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the call is in flight");
  const busy = await commands.steer({ id: root_task_id, text: "Count in cents." }, tester);
  expect(busy.sentence).toBe("Sent. The task reads the message at its next turn.");
  await commands.pause({ id }, tester);
  const paused = await commands.steer({ id: root_task_id, text: "Round down." }, tester);
  expect(paused.sentence).toBe("Sent. The task reads the message when it is resumed.");
  const unread = ["Count in cents.", "Round down."].map((text) => ({
    by: tester.name,
    text,
    sent_at: expect.stringMatching(/Z$/),
  }));
  expect((await queries.getTask(root_task_id)).unread_messages).toEqual(unread);
  expect(titled(await queries.getTree(id), "root").unread_messages).toEqual(unread);
  hold.open();
  await commands.resume({ id }, tester);
  const ended = titled(await trial.ended(id), "root");
  expect(ended.status).toBe("succeeded");
  expect(ended).not.toHaveProperty("unread_messages");
  const said = (await logOf(trial, root_task_id)).filter(({ kind }) => kind === "steer");
  expect(said.map(({ content }) => content.text)).toEqual(["Count in cents.", "Round down."]);
});

test("under manual stepping a task pauses before each turn, and each step is one turn", async () => {
  const trial = await start({
    root: [call("list_agents", {}), startSubtask(sub("child")), endTask("done")],
    child: [endTask("child")],
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", stepping: "manual" });
  for (const turns of [0, 1]) {
    await whenTask(trial, id, "root", (task) => task.status === "paused" && task.turns === turns);
    expect(requestsOf(trial, "root").length).toBe(turns);
    await commands.step({ id: root_task_id }, tester);
  }
  const child = await whenTask(trial, id, "child", (task) => task.status === "paused" && task.turns === 0);
  await commands.step({ id: child.id }, tester);
  await whenTask(trial, id, "child", (task) => task.status === "succeeded");
  await whenTask(trial, id, "root", (task) => task.status === "paused" && task.turns === 2);
  await commands.step({ id: root_task_id }, tester);
  const finishing = await until(async () => {
    const tree = await trial.runtime.application.queries.getTree(id);
    const paused = tree.tasks.filter((task) => task.role === "finishing" && task.status === "paused");
    return paused.length === 2 && paused;
  }, "the finishing tasks pause too");
  for (const task of finishing) await commands.step({ id: task.id }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("resuming a task under manual stepping switches stepping off", async () => {
  const trial = await start({
    root: [call("list_agents", {}), call("list_agents", {}), endTask("done")],
    "@task_evaluator": endTask("pass"),
  });
  await withoutFinishing(trial);
  const { commands } = trial.runtime.application;
  for (let round = 0; round < 5; round += 1) {
    const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", stepping: "manual" });
    const paused = () =>
      until(async () => {
        const task = await trial.runtime.application.queries.getTask(root_task_id);
        return task.status === "paused" && trial.worker?.active() === 0;
      }, "it waits for its step");
    await paused();
    await commands.resume({ id: root_task_id }, tester);
    expect((await trial.ended(id, 240_000)).status).toBe("succeeded");
    await expect(commands.step({ id: root_task_id }, tester)).rejects.toThrow(/cannot be stepped/);
  }
});

test("the first step of a paused task takes one turn, and its subtasks wait for theirs", async () => {
  const inChild = gate();
  const trial = await start({
    root: [startSubtask(sub("child")), call("list_agents", {}), endTask("done")],
    child: async (request) => {
      if (request.turn === 0) await inChild.opened;
      return request.turn === 0 ? call("list_agents", {}) : endTask("child");
    },
  });
  await withoutFinishing(trial);
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "child").length === 1, "the subtask works");
  await commands.pause({ id }, tester);
  expect((await commands.step({ id: root_task_id }, tester)).sentence).toBe(
    "It takes one turn, then pauses. Its subtasks pause before their next turns, too.",
  );
  inChild.open();
  const child = await whenTask(trial, id, "child", (task) => task.status === "paused" && task.turns === 1);
  expect(child.paused_by?.is_stepping).toBe(true);
  await commands.step({ id: child.id }, tester);
  await whenTask(trial, id, "root", (task) => task.status === "paused" && task.turns === 2);
  await commands.pause({ id }, tester);
  await commands.resume({ id }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("a step below a paused task is refused with the name of that task, and during a halt", async () => {
  const hold = gate();
  const trial = await start({
    root: [startSubtask(sub("child")), endTask("done")],
    child: async () => {
      await hold.opened;
      return endTask("child");
    },
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const child = await whenTask(trial, id, "child", () => requestsOf(trial, "child").length === 1);
  await commands.pause({ id }, tester);
  await expect(commands.step({ id: child.id }, tester)).rejects.toThrow(
    "The task “root” above it is paused: step or resume that",
  );
  await commands.resume({ id }, tester);
  await commands.pauseEverything({ reason: "" }, tester);
  await expect(commands.step({ id: child.id }, tester)).rejects.toThrow(
    "Everything is paused: resume everything first.",
  );
  await commands.resumeEverything({}, tester);
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("resume ends stepping for the task and its subtasks, whatever paused them", async () => {
  const trial = await start({
    root: [startSubtask(sub("child")), call("list_agents", {}), endTask("done")],
    child: [call("list_agents", {}), call("list_agents", { a: 1 }), endTask("child")],
  });
  await withoutFinishing(trial);
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", stepping: "manual" });
  await whenTask(trial, id, "root", (task) => task.status === "paused");
  await commands.step({ id: root_task_id }, tester);
  const child = await whenTask(trial, id, "child", (task) => task.status === "paused" && task.turns === 0);
  await commands.step({ id: child.id }, tester);
  await whenTask(trial, id, "child", (task) => task.status === "paused" && task.turns === 1);
  await commands.pause({ id: root_task_id }, tester);
  await commands.resume({ id: root_task_id }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("a task that reuses a deleted task's row does not get its conversation", async () => {
  const trial = await start({ "*": (request) => endTask(`did ${request.instruction}`) });
  const { commands } = trial.runtime.application;
  const first = await trial.submit({ task: "first", agent: "worker", stepping: "manual" });
  await whenTask(trial, first.id, "first", (task) => task.status === "paused");
  await until(() => trial.worker?.active() === 0, "the slot is free");
  await commands.deleteTree({ id: first.id }, tester);
  const second = await trial.submit({ task: "second", agent: "worker" });
  const tree = await trial.ended(second.id);
  expect((await trial.runtime.application.queries.getTask(tree.root_task_id)).result).toBe("did second");
});

test("deleting a tree deletes its rows, its blobs and its place in the search index, but not what another tree shares", async () => {
  const long = Array.from({ length: 6_000 }, (_, index) => `line ${index}`).join("\n");
  const own = Array.from({ length: 6_000 }, (_, index) => `own ${index}`).join("\n");
  const trial = await start({
    shared: [endTask(long)],
    both: [call("flag_for_review", { issue: own.slice(0, 1_900) }), endTask(long + own)],
    "*": [endTask(long)],
  });
  const { sqlite } = trial.runtime.store.client;
  const count = (table: string, where = "1") =>
    sqlite.prepare(`SELECT count(*) FROM ${table} WHERE ${where}`).pluck().get();
  const kept = await trial.ended((await trial.submit({ task: "shared", agent: "worker" })).id);
  const blobs = count("blobs");
  const index = count("messages_fts");
  const before = ["trees", "tasks", "messages", "attempts", "reviews", "letters", "pauses", "dependencies"].map(
    (table) => count(table),
  );
  const other = await trial.ended((await trial.submit({ task: "both", agent: "worker" })).id);
  expect(count("blobs")).toBeGreaterThan(blobs as number);
  await trial.runtime.application.commands.deleteTree({ id: other.id }, tester);
  expect(
    ["trees", "tasks", "messages", "attempts", "reviews", "letters", "pauses", "dependencies"].map((table) =>
      count(table),
    ),
  ).toEqual(before);
  expect([count("blobs"), count("messages_fts")]).toEqual([blobs, index]);
  expect([existsSync(other.workspace), existsSync(kept.workspace)]).toEqual([false, true]);
  expect((await trial.runtime.application.queries.getTask(kept.root_task_id)).result).toBe(long);
});

test("a message sent at the moment of the end is read, and the end is cancelled", async () => {
  const trial = await start(
    {
      root: (request) => endTask(toldIn(request).includes("Not yet.") ? "in the end" : "too early"),
    },
    { env: { MAX_CONCURRENT_AGENTS: "1" } },
  );
  await withoutFinishing(trial);
  const { commands, queries } = trial.runtime.application;
  const { log } = trial.runtime.store;
  const append = log.append;
  let sent = 0;
  // The record of the task's end already exists when the message is committed.
  log.append = async (record) => {
    if (record.mustHaveRead && sent === 0) {
      sent += 1;
      await commands.steer({ id: record.task.uid, text: "Not yet." }, tester);
    }
    return append(record);
  };
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const tree = await trial.ended(id);
  expect([sent, tree.status, (await queries.getTask(root_task_id)).result]).toEqual([1, "succeeded", "in the end"]);
  expect(requestsOf(trial, "root").length).toBe(2);
  const messages = await logOf(trial, root_task_id);
  expect(messages.filter((message) => message.content.type === "ended").length).toBe(1);
  expect(responsesOf(messages)[0]).toContain("not ended");
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});
