import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { Reply, ScriptedRequest } from "@/tests/agents/provider-script";
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
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

/** The id of the question that the last user message of a request asks. */
function questionIn(request: ScriptedRequest): string {
  const found = /"question":"(\w+)"/.exec(toldIn(request));
  if (!found?.[1]) throw new Error("No question was asked.");
  return found[1];
}

test("a child asks, the parent is woken early and answers, and the child's summary arrives once, as an event", async () => {
  const trial = await start({
    root: (request) => {
      if (request.turn === 0) return startSubtask(sub("child"), sub("other"));
      if (request.turn === 1) return call("answer", { question: questionIn(request), text: "Blue." });
      return request.turn === 2 && !toldIn(request).includes("is painted") ? { text: "I wait." } : endTask("done");
    },
    child: (request) =>
      request.turn === 0
        ? call("ask", { question: "Which colour?" })
        : endTask(`The spoon is painted. ${resultsIn(request)[0]}`),
    other: [endTask("other")],
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const woken = requestsOf(trial, "root")[1];
  const first = JSON.parse(resultsIn(woken)[0] ?? "");
  expect(first).toEqual({ status: "running", task: titled(tree, "child").id });
  expect(woken?.messages.at(-1)?.role).toBe("user");
  expect(toldIn(woken)).toMatch(/“child” asks[\s\S]*Which colour\?/);
  expect(JSON.parse(resultsIn(requestsOf(trial, "child")[1])[0] ?? "").answer).toBe("Blue.");
  const log = await logOf(trial, tree.root_task_id);
  const ended = log.filter((message) => message.content.type === "subtask_ended");
  expect(ended.filter((message) => JSON.stringify(message.content).includes("is painted")).length).toBe(1);
  expect(responsesOf(log).filter((text) => text.includes("is painted"))).toEqual([]);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
  expect(trial.provider?.refusals).toEqual([]);
});

test("a question is passed up to the grandparent and then to a person, whose answer reaches the task that asked", async () => {
  const trial = await start({
    root: (request) => {
      if (request.turn === 0) return startSubtask(sub("middle"));
      return request.turn === 1
        ? call("pass_up", { question: questionIn(request) })
        : request.turn === 2
          ? { text: "I wait." }
          : endTask("done");
    },
    middle: (request) => {
      if (request.turn === 0) return startSubtask(sub("leaf"));
      return request.turn === 1
        ? call("pass_up", { question: questionIn(request) })
        : request.turn === 2
          ? { text: "I wait." }
          : endTask("middle");
    },
    leaf: (request) =>
      request.turn === 0 ? call("ask", { question: "May I?" }) : endTask(resultsIn(request)[0] ?? ""),
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const review = await until(async () => (await queries.listReviews({ open: true })).items[0], "a person is asked");
  expect([review.kind, review.detail, review.status]).toEqual(["question", "May I?", "open"]);
  expect(toldIn(requestsOf(trial, "root")[1])).toContain("May I?");
  await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === 3);
  await whenTask(trial, id, "middle", (task) => task.status === "waiting" && task.turns === 3);
  const leaf = await whenTask(trial, id, "leaf", (task) => task.status === "waiting");
  expect(leaf.waiting_for).toEqual({ kind: "answer", tasks: [], reviews: [review.id] });
  expect((await queries.getTree(id)).status).toBe("waiting");
  await commands.answer({ id: review.id, text: "Yes, do." }, tester);
  await expect(commands.answer({ id: review.id, text: "No." }, tester)).rejects.toThrow(/already closed/);
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect((await queries.getTask(titled(tree, "leaf").id)).result).toContain("Yes, do.");
  expect((await queries.getReview(review.id)).decided_by).toBe("tester");
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test("a question of the task that agent_selector chose goes to a person", async () => {
  const trial = await start({
    "@agent_selector": [startSubtask({ instruction: "", agent: "worker" })],
    please: (request) => (request.turn === 0 ? call("ask", { question: "Now?" }) : endTask("done")),
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "please" });
  const review = await until(async () => (await queries.listReviews({ open: true })).items[0], "a person is asked");
  await commands.answer({ id: review.id, text: "Now." }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(trial.provider?.requests.filter((request) => request.agent === "agent_selector").length).toBe(1);
});

test("a question whose call was answered early is answered later, once, as an event; text without a call means: wait", async () => {
  const trial = await start({
    root: (request) =>
      request.turn === 0
        ? call("ask", { question: "Red or blue?" })
        : request.turn === 1
          ? { text: "I wait." }
          : endTask("done"),
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const review = await until(async () => (await queries.listReviews({ open: true })).items[0], "a person is asked");
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  await commands.steer({ id: root_task_id, text: "Soon." }, tester);
  await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === 2);
  await commands.answer({ id: review.id, text: "Red." }, tester);
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, root_task_id);
  expect(eventsOf(log).filter((type) => type === "answered")).toEqual(["answered"]);
  expect(JSON.parse(responsesOf(log)[0] ?? "")).toEqual({ status: "waiting", question: review.id });
  expect(toldIn(requestsOf(trial, "root")[2])).toContain("Red.");
});

test("a question is withdrawn when the task that asked is stopped", async () => {
  const trial = await start({ root: [call("ask", { question: "Anyone?" })] });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const review = await until(async () => (await queries.listReviews({ open: true })).items[0], "a person is asked");
  await commands.stop({ id, reason: "" }, tester);
  const { root_task_id } = await trial.ended(id);
  const { ended_at } = await queries.getTask(root_task_id);
  expect(await queries.getReview(review.id)).toMatchObject({
    status: "withdrawn",
    decided_by: null,
    decided_at: ended_at,
  });
  const { items, tables } = await queries.getKpis({ until: new Date(Date.now() + 1).toISOString() });
  expect(items.find((kpi) => kpi.id === "decided_by_people")).toMatchObject({ value: 0, basis: { amount: 0, of: 1 } });
  expect(tables.decisions).toMatchObject([{ kind: "question", people: 0, rules: 0, nobody: 1 }]);
});

test("wait_for_subtasks answers with states when what it names has ended, and the results follow as events", async () => {
  const hold = gate();
  let child = "";
  const trial = await start({
    root: (request): Reply => {
      if (request.turn === 0) return startSubtask(sub("quick"), sub("slow"));
      if (request.turn === 1) {
        child = JSON.parse(resultsIn(request)[0] ?? "").task;
        return call("wait_for_subtasks", { tasks: [child] });
      }
      return request.turn === 2 ? call("wait_for_subtasks", {}) : endTask("done");
    },
    quick: () => quick.opened.then(() => endTask("quick")),
    slow: () => hold.opened.then(() => endTask("slow")),
  });
  const quick = gate();
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  await commands.steer({ id: root_task_id, text: "Look." }, tester);
  await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === 2);
  quick.open();
  await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === 3);
  const [states] = resultsIn(requestsOf(trial, "root")[2]).map((text) => JSON.parse(text).subtasks);
  expect(states.map((state: { title: string; status: string }) => [state.title, state.status])).toEqual([
    ["quick", "succeeded"],
    ["slow", "running"],
  ]);
  expect(toldIn(requestsOf(trial, "root")[2])).toContain("The subtask “quick”");
  hold.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, root_task_id);
  expect(eventsOf(log).filter((type) => type === "subtask_ended").length).toBe(2);
  expect(trial.provider?.refusals).toEqual([]);
});

test("a steer answers an open wait_for_subtasks too", async () => {
  const hold = gate();
  const trial = await start({
    root: (request): Reply => {
      if (request.turn === 0) return startSubtask(sub("slow"));
      return request.turn <= 2 ? call("wait_for_subtasks", {}) : endTask("done");
    },
    slow: () => hold.opened.then(() => endTask("slow")),
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  for (const turns of [1, 2]) {
    await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === turns);
    await commands.steer({ id: root_task_id, text: `Steer ${turns}.` }, tester);
  }
  await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === 3);
  expect(JSON.parse(resultsIn(requestsOf(trial, "root")[2])[0] ?? "")).toMatchObject({ status: "running" });
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(trial.provider?.refusals).toEqual([]);
});

test("stop_subtask stops one branch with the parent's words; its end arrives like any other", async () => {
  const never = gate();
  const trial = await start({
    root: (request): Reply => {
      if (request.turn === 0) return startSubtask(sub("endless"), sub("asks"));
      if (request.turn === 1)
        return {
          calls: [
            {
              name: "stop_subtask",
              input: { task: JSON.parse(resultsIn(request)[0] ?? "").task, reason: "Not needed." },
            },
            { name: "stop_subtask", input: { task: "nobody", reason: "Not there." } },
            { name: "answer", input: { question: questionIn(request), text: "Yes." } },
          ],
        };
      return request.turn === 2 ? { text: "I wait." } : endTask("done");
    },
    endless: [startSubtask(sub("below"))],
    below: () => never.opened.then(() => endTask("never")),
    asks: (request) =>
      request.turn === 0
        ? until(() => requestsOf(trial, "below").length, "below works").then(() => call("ask", { question: "Really?" }))
        : endTask("asked"),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect([titled(tree, "endless").reason, titled(tree, "below").reason]).toEqual(["by_parent", "parent_ended"]);
  expect((await trial.runtime.application.queries.getTask(titled(tree, "endless").id)).reason_detail).toBe(
    "Not needed.",
  );
  expect(resultsIn(requestsOf(trial, "root")[2])[1]).toMatch(/No running subtask has the id nobody/);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
  never.open();
});

test("a parent that ends stops its subtasks as parent_ended", async () => {
  const never = gate();
  const trial = await start({
    root: (request) =>
      request.turn === 0 ? startSubtask(sub("child")) : call("end_task", { status: "failure", result: "I give up." }),
    child: [startSubtask(sub("grandchild"))],
    grandchild: () => never.opened.then(() => endTask("never")),
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "grandchild").length === 1, "the grandchild works");
  await commands.stop({ id, reason: "enough" }, tester);
  const tree = await trial.ended(id);
  expect(tree.tasks.map((task) => [task.title, task.status, task.reason])).toEqual([
    ["root", "stopped", "by_person"],
    ["child", "stopped", "parent_ended"],
    ["grandchild", "stopped", "parent_ended"],
  ]);
  never.open();
});

test("flag_for_review opens an item for a person, and the work continues", async () => {
  const trial = await start({
    root: [
      call("flag_for_review", { issue: "The key is in the repository.", evidence: "config.json:7", severity: "high" }),
      endTask("done"),
    ],
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  expect(items.map((item) => [item.kind, item.title, item.evidence, item.attention, item.task_id])).toEqual([
    ["flag", "The key is in the repository.", "config.json:7", 8, tree.root_task_id],
  ]);
});

test("request_context returns documents; request_tools gives tools from the next turn on, within the rights", async () => {
  const trial = await start({
    root: [
      {
        calls: [
          { name: "request_context", input: { needed: "how results are evaluated: evaluation_criteria" } },
          { name: "request_tools", input: { needed: "write_file list_documents" } },
        ],
      },
      call("list_documents", {}),
      endTask("done"),
    ],
  });
  await changeAgent(trial, "worker", { tools: [] });
  const tree = await runRoot(trial, { rights: ["read"] });
  expect(tree.status).toBe("succeeded");
  const [first, second] = requestsOf(trial, "root");
  expect(JSON.parse(resultsIn(second)[0] ?? "").documents[0].body.length).toBeGreaterThan(100);
  const states = JSON.parse(resultsIn(second)[1] ?? "").tools as { name: string; state: string }[];
  expect(states.find((state) => state.name === "write_file")?.state).toMatch(/not given: .*“write”/);
  const given = states.filter((state) => state.state === "given").map((state) => state.name);
  for (const name of given) {
    expect(first?.tools).not.toContain(name);
    expect(second?.tools).toContain(name);
  }
  expect(given).toContain("list_documents");
  expect(eventsOf(await logOf(trial, tree.root_task_id))).toContain("tools_changed");
  expect(JSON.parse(resultsIn(requestsOf(trial, "root")[2])[0] ?? "").documents.length).toBe(14);
});

test("request_context only suggests documents that share words with the request, and takes no for an answer", async () => {
  const trial = await start({
    root: [
      call("request_context", { needed: "the evaluation criteria of our experiments in the laboratory" }),
      call("request_context", { needed: "the evaluation criteria of our experiments", none_fits: true }),
      endTask("done"),
    ],
    "@context_addition": endTask("There is nothing about experiments."),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const [, second, third] = requestsOf(trial, "root");
  const suggested = JSON.parse(resultsIn(second)[0] ?? "") as { documents: object[]; note: string };
  expect(suggested.documents).toContainEqual(expect.objectContaining({ name: "evaluation_criteria" }));
  for (const document of suggested.documents) expect(document).not.toHaveProperty("body");
  expect(suggested.note).toMatch(/send the same needed with none_fits: true/);
  expect(resultsIn(third)[0]).toContain("There is nothing about experiments.");
  expect(tree.tasks.map(({ agent }) => agent)).toContain("context_addition");
});

test("list_agents, list_documents and list_optional_tools list the configuration", async () => {
  const trial = await start({
    root: [
      {
        calls: [
          { name: "list_agents", input: {} },
          { name: "list_documents", input: {} },
          { name: "list_optional_tools", input: {} },
        ],
      },
      endTask("done"),
    ],
  });
  await changeAgent(trial, "worker", { tools: ["list_agents", "list_documents", "list_optional_tools"] });
  await runRoot(trial);
  const [agents, documents, tools] = resultsIn(requestsOf(trial, "root")[1]).map((text) => JSON.parse(text));
  expect(agents.agents.map((agent: { name: string }) => agent.name)).toEqual(
    expect.arrayContaining(["worker", "coder", "researcher"]),
  );
  expect(documents.documents.length).toBe(14);
  expect(tools.tools.map((tool: { name: string }) => tool.name)).toEqual(
    expect.arrayContaining(["use_terminal", "git_history"]),
  );
});

test("a flag is decided once; the reviewer's reason reaches the running task", async () => {
  const hold = gate();
  const trial = await start({
    root: (request) => {
      if (request.turn === 0) return call("flag_for_review", { issue: "The key is in the repository." });
      return request.turn === 1 ? hold.opened.then(() => call("list_agents", {})) : endTask("done");
    },
    "*": endTask("noted"),
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const flag = await until(async () => (await queries.listReviews({ open: true })).items[0], "the flag is there");
  await until(() => requestsOf(trial, "root").length === 2, "the task goes on");
  const ann = ownerCalled("ann");
  expect(
    (await commands.decide({ id: flag.id, decision: "rejected", reason: "It is the test key." }, ann)).sentence,
  ).toBe("The flag is closed: no problem.");
  await expect(commands.decide({ id: flag.id, decision: "approved", reason: "" }, ann)).rejects.toThrow(
    /Already decided \(rejected by ann\)/,
  );
  await expect(commands.answer({ id: flag.id, text: "Yes." }, ann)).rejects.toThrow(/not a question/);
  hold.open();
  await trial.ended(id);
  expect(toldIn(requestsOf(trial, "root")[2])).toContain(
    "ann decided on your flag “The key is in the repository.”: no problem. It is the test key.",
  );
  expect(await queries.getReview(flag.id)).toMatchObject({
    status: "rejected",
    decided_by: "ann",
    answer: "It is the test key.",
  });
  expect((await queries.listReviews({ open: true })).items).toEqual([]);
});
