import { expect, test } from "vitest";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask, passed, startSubtask } from "@/tests/agents/replies";
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
  until,
  whenTask,
} from "@/tests/agents/scenario";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const verdict = (outcome: string, reason: string) => endTask(JSON.stringify({ outcome, reasons: [reason] }));
const finishing = (tree: Awaited<ReturnType<typeof runRoot>>) =>
  tree.tasks.filter((task) => task.role === "finishing").map((task) => [task.agent, task.status, task.reason]);

test("a failed verdict sends the task back with the evidence and stops that try's other finishing tasks; a pass ends it", async () => {
  const never = gate();
  let judged = 0;
  const trial = await start({
    root: [call("list_directory", {}), endTask("first draft"), endTask("second draft")],
    "@task_evaluator": () => {
      judged += 1;
      return judged === 1 ? verdict("fail", "No spoon is counted.") : passed();
    },
    "@documentation_agent": () => (judged < 2 ? never.opened.then(() => endTask("late")) : endTask("noted")),
  });
  const tree = await runRoot(trial);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect([root.status, root.result, root.verdict?.outcome]).toEqual(["succeeded", "second draft", "pass"]);
  const [evidence] = resultsIn(requestsOf(trial, "root")[2])
    .slice(-1)
    .map((text) => JSON.parse(text));
  expect(evidence).toEqual({
    status: "not ended",
    verdict: { outcome: "fail", reasons: ["No spoon is counted."] },
    tries_left: 2,
  });
  expect(finishing(tree)).toEqual([
    ["task_evaluator", "succeeded", null],
    ["documentation_agent", "stopped", "parent_ended"],
    ["task_evaluator", "succeeded", null],
    ["documentation_agent", "succeeded", null],
  ]);
  never.open();
});

test("a failed verdict is acted on while the summary is still being written", async () => {
  const never = gate();
  let judged = 0;
  const trial = await start({
    root: (request) => endTask(request.turn === 0 ? "x".repeat(3_000) : "short"),
    "@task_evaluator": () => {
      judged += 1;
      return judged === 1 ? verdict("fail", "Too long.") : passed();
    },
    "@summary_agent": () => never.opened.then(() => endTask("late")),
  });
  expect((await runRoot(trial)).status).toBe("succeeded");
  never.open();
});

test("the third failed try fails the task as judged_failed", async () => {
  const trial = await start({ root: endTask("draft"), "@task_evaluator": verdict("fail", "Still wrong.") });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", "judged_failed"]);
  expect(requestsOf(trial, "root").length).toBe(3);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect([root.reason_detail, root.result, root.verdict?.outcome]).toEqual(["Still wrong.", "draft", "fail"]);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test.each<[string, Reply]>([
  ["fails", { text: "I cannot." }],
  ["is refused by its provider", { fault: { type: "refusal" } }],
  ["says something else", endTask("It is rather nice.")],
])("when the evaluator %s the verdict is unjudged, and the task ends", async (_what, reply) => {
  const trial = await start({ root: [endTask("done")], "@task_evaluator": reply });
  const tree = await runRoot(trial);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect([root.status, root.verdict?.outcome]).toEqual(["succeeded", "unjudged"]);
});

test("a long result is summarised for the parent; when that fails its first 4,000 characters are the summary", async () => {
  const long = "0123456789".repeat(1_000);
  const trial = await start({
    root: [startSubtask(sub("good"), sub("bad"), sub("short")), endTask("done")],
    good: [endTask(`good ${long}`)],
    bad: [endTask(`bad ${long}`)],
    short: [endTask("brief")],
    "@summary_agent": (request) =>
      toldIn(request).includes("\ngood 0123") ? endTask("good, in short") : { fault: { type: "refusal" } },
  });
  const tree = await runRoot(trial);
  const [good, bad, short] = resultsIn(requestsOf(trial, "root")[1]).map((text) => JSON.parse(text).summary as string);
  expect(good).toBe("good, in short");
  expect([bad?.length, bad?.slice(0, 3_999)]).toEqual([4_000, `bad ${long}`.slice(0, 3_999)]);
  expect(short).toBe("brief");
  const full = await trial.runtime.application.queries.getTask(titled(tree, "good").id);
  expect(full.result).toBe(`good ${long}`);
});

test("documentation delays only the tree's end, even when it fails", async () => {
  const hold = gate();
  const trial = await start({
    root: [call("list_directory", {}), endTask("done")],
    "@documentation_agent": () => hold.opened.then(() => ({ fault: { type: "refusal" as const } })),
  });
  const { queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const root = await whenTask(trial, id, "root", (task) => task.status === "succeeded");
  expect(root.ended_at).not.toBeNull();
  const meanwhile = await queries.getTree(id);
  expect([meanwhile.status, meanwhile.ended_at]).toEqual(["running", null]);
  hold.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(tree.tasks.find((task) => task.agent === "documentation_agent")?.status).toBe("failed");
});

test("a steer during the ending calls it off, and it counts as no try", async () => {
  const never = gate();
  let steered = 0;
  const trial = await start({
    root: (request) => endTask(`draft ${request.turn}`),
    "@task_evaluator": () => (steered < 3 ? never.opened.then(passed) : verdict("fail", "No.")),
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  for (; steered < 3; ) {
    await until(
      () => trial.provider?.requests.filter((request) => request.agent === "task_evaluator").length === steered + 1,
      "it is judged",
    );
    await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === steered + 1);
    steered += 1;
    await commands.steer({ id: root_task_id, text: `Also this ${steered}.` }, tester);
  }
  const tree = await trial.ended(id);
  expect([tree.status, tree.reason]).toEqual(["failed", "judged_failed"]);
  const requests = requestsOf(trial, "root");
  expect(requests.length).toBe(6);
  expect(JSON.parse(resultsIn(requests[1])[0] ?? "")).toEqual({ status: "not ended" });
  expect(requests[1]?.messages.at(-1)).toEqual({ role: "user", text: "Also this 1." });
  expect(finishing(tree).filter(([agent, status]) => agent === "task_evaluator" && status === "stopped").length).toBe(
    3,
  );
  expect(trial.provider?.refusals).toEqual([]);
  never.open();
});

test("end_task is refused with the list while subtasks run, or another call of the reply waits", async () => {
  const hold = gate();
  const both = (first: Reply, second: Reply): Reply => ({ calls: [...(first.calls ?? []), ...(second.calls ?? [])] });
  const trial = await start({
    root: (request) =>
      [
        both(endTask("too early"), startSubtask(sub("slow"))),
        endTask("again too early"),
        { text: "I wait." },
        endTask("done"),
      ][request.turn] as Reply,
    slow: () => hold.opened.then(() => endTask("slow")),
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  await commands.steer({ id: root_task_id, text: "Hurry." }, tester);
  await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === 3);
  const [first] = resultsIn(requestsOf(trial, "root")[1]);
  expect(first).toMatch(/Not ended\. .*start_subtask/);
  const [second] = resultsIn(requestsOf(trial, "root")[2]);
  expect(second).toMatch(/Not ended\. Still running or waiting: \w+ “slow”/);
  hold.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test("a second end_task of a reply is refused; other calls of the reply run first", async () => {
  const order: string[] = [];
  const tool = worldToolFor("touch", "repeat", ({ what }) => void order.push(what));
  const trial = await start(
    {
      root: [
        {
          calls: [
            { name: "end_task", input: { status: "success", result: "one" } },
            { name: "touch", input: { what: "touched" } },
            { name: "end_task", input: { status: "success", result: "two" } },
          ],
        },
      ],
      "@task_evaluator": () => {
        order.push("judged");
        return passed();
      },
    },
    { runtime: { worldTools: [tool] } },
  );
  await changeAgent(trial, "worker", { tools: ["touch"] });
  const tree = await runRoot(trial);
  expect(order).toEqual(["touched", "judged"]);
  const responses = responsesOf(await logOf(trial, tree.root_task_id));
  expect(responses.find((text) => text.includes("twice"))).toMatch(/the first call counts/);
  expect((await trial.runtime.application.queries.getTask(tree.root_task_id)).result).toBe("one");
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test("status failure ends at once as by_agent, unjudged", async () => {
  const trial = await start({ root: [call("end_task", { status: "failure", result: "The door is locked." })] });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason, finishing(tree)]).toEqual(["failed", "by_agent", []]);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect([root.summary, root.verdict]).toEqual(["The door is locked.", null]);
});

test("finishing agents are offered no subtasks, no questions and no plans, and get the material quoted", async () => {
  const trial = await start({ root: [call("list_directory", {}), endTask("the result")] });
  const tree = await runRoot(trial, { criteria: "Spoons are counted." });
  for (const agent of ["task_evaluator", "documentation_agent"]) {
    const request = trial.provider?.requests.find((request) => request.agent === agent);
    for (const tool of [
      "start_subtask",
      "break_down_task",
      "ask",
      "wait_for_subtasks",
      "stop_subtask",
      "request_tools",
    ])
      expect(request?.tools).not.toContain(tool);
    expect(request?.tools).toContain("end_task");
    expect(request?.instruction).toContain(tree.root_task_id);
    expect(request?.instruction).toMatch(/<criteria>\nSpoons are counted\.\n<\/criteria>[\s\S]*<result>\nthe result\n/);
  }
  expect(tree.tasks.length).toBe(3);
});

test("the settings never and always of an agent decide over its finishing tasks", async () => {
  const trial = await start({
    root: [startSubtask(sub("child", { agent: "coder" })), endTask("done")],
    child: [endTask("c")],
  });
  await changeAgent(trial, "worker", { finishing: { evaluate: "never", summarize: "never", document: "never" } });
  await changeAgent(trial, "coder", { finishing: { evaluate: "always", summarize: "always", document: "always" } });
  const tree = await runRoot(trial);
  const child = titled(tree, "child").id;
  expect(tree.tasks.filter((task) => task.role === "finishing").map((task) => [task.agent, task.parent_id])).toEqual([
    ["task_evaluator", child],
    ["summary_agent", child],
    ["documentation_agent", child],
  ]);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.verdict?.outcome).toBe("unjudged");
});

test("a subtask is judged when it has claims or changed something, and not otherwise", async () => {
  const tool = worldToolFor("touch", "report_interrupted", () => undefined);
  const trial = await start(
    {
      root: [startSubtask(sub("plain"), sub("claims"), sub("changes")), endTask("done")],
      plain: [endTask("p")],
      claims: [endTask("c", { claims: [{ statement: "It is so." }] })],
      changes: [call("touch", { what: "it" }), endTask("t")],
    },
    { runtime: { worldTools: [tool] } },
  );
  await changeAgent(trial, "worker", { tools: ["touch"] });
  const tree = await runRoot(trial);
  const judgedOf = (title: string) =>
    tree.tasks.filter((task) => task.parent_id === titled(tree, title).id).map((task) => task.agent);
  expect(judgedOf("plain")).toEqual([]);
  expect(judgedOf("claims")).toEqual(["task_evaluator"]);
  expect(judgedOf("changes")).toEqual(["task_evaluator", "documentation_agent"]);
  const results = resultsIn(requestsOf(trial, "root")[1]).map((text) => JSON.parse(text));
  expect(results[1].verdict.claims).toEqual([
    { statement: "It is so.", mark: "judged", exit_status: null, output: null },
  ]);
});
