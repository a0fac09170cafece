import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  gate,
  logOf,
  requestsOf,
  responsesOf,
  runRoot,
  sub,
  toldIn,
  trialsOfThisFile,
  unansweredCalls,
  whenTask,
} from "@/tests/agents/scenario";

const start = trialsOfThisFile();

const badly: [string, Reply, RegExp][] = [
  ["an unknown tool", call("fly", { to: "the moon" }), /You have no tool fly\. Your tools: .*end_task/],
  [
    "arguments that do not fit",
    call("start_subtask", { agent: { name: 7 } }),
    /start_subtask are not valid\. .*instruction.*agent/,
  ],
  [
    "arguments that are no JSON",
    { ...call("ask", { question: "why" }), fault: { type: "invalid_json" } },
    /ask are not valid JSON/,
  ],
];

for (const model of ["anthropic/claude-sonnet-4-5", "openai/gpt-5"]) {
  test.each(badly)(`%s is answered with what is wrong (${model})`, async (_what, reply, problem) => {
    const trial = await start({ root: [reply, endTask("done")] });
    const tree = await runRoot(trial, { model });
    expect(tree.status).toBe("succeeded");
    expect(responsesOf(await logOf(trial, tree.root_task_id))[0]).toMatch(problem);
    expect(trial.provider?.refusals).toEqual([]);
  });

  test(`text without a call is answered by an event that the model reads (${model})`, async () => {
    const trial = await start({ root: [{ text: "Let me think about it." }, endTask("done")] });
    const tree = await runRoot(trial, { model });
    expect(eventsOf(await logOf(trial, tree.root_task_id))).toContain("correction");
    expect(toldIn(requestsOf(trial, "root")[1])).toMatch(/no tool call/);
    expect([tree.status, trial.provider?.refusals]).toEqual(["succeeded", []]);
  });
}

test("three invalid replies in a row fail the task, with every call answered", async () => {
  const trial = await start({ root: [{ text: "Hm." }, call("fly", {}), call("ask", {}), endTask("too late")] });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", "invalid_replies"]);
  expect(requestsOf(trial, "root").length).toBe(3);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test("one valid reply between invalid ones counts them anew, and one valid call makes a reply valid", async () => {
  const mixed: Reply = { calls: [{ name: "fly" }, { name: "list_agents", input: {} }] };
  const trial = await start({
    root: [
      { text: "a" },
      { text: "b" },
      call("list_agents", {}),
      { text: "c" },
      call("fly", {}),
      mixed,
      { text: "d" },
      endTask("done"),
    ],
  });
  expect((await runRoot(trial)).status).toBe("succeeded");
});

test("an empty reply is an invalid one and breaks no protocol", async () => {
  const trial = await start({ root: [{ text: "" }, {}, endTask("done")] });
  const tree = await runRoot(trial);
  expect([tree.status, trial.provider?.refusals]).toEqual(["succeeded", []]);
});

test("a reply without a call while subtasks run means: wait, and is no invalid reply", async () => {
  const holds = [gate(), gate(), gate(), gate()];
  const trial = await start({
    root: (request) => {
      if (request.turn === 0) return startSubtask(sub("slow"));
      return request.turn <= 4 ? { text: `Waiting ${request.turn}.` } : endTask("done");
    },
    slow: () => holds[3]?.opened.then(() => endTask("slow")) as Promise<Reply>,
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  for (const turn of [1, 2, 3, 4]) {
    await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === turn);
    await commands.steer({ id: root_task_id, text: `steer ${turn}` }, ownerCalled("tester"));
  }
  await whenTask(trial, id, "root", (task) => task.status === "waiting" && task.turns === 5);
  holds[3]?.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(eventsOf(await logOf(trial, root_task_id))).not.toContain("correction");
});

test("a call that Gemini could not use is told to the agent, and the third such reply in a row fails the task", async () => {
  const malformed: Reply = { stopReason: "MALFORMED_FUNCTION_CALL" };
  const trial = await start({ root: [malformed, {}, malformed, endTask("too late")] });
  const tree = await runRoot(trial, { model: "google/gemini-3-pro" });
  expect([tree.status, tree.reason]).toEqual(["failed", "invalid_replies"]);
  const [, second, third, fourth] = requestsOf(trial, "root");
  expect(toldIn(second)).toMatch(/a tool call in a wrong form/);
  expect(toldIn(third)).toMatch(/had no tool call/);
  expect([fourth, trial.provider?.refusals]).toEqual([undefined, []]);
});
