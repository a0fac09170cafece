/** A command during a model call counts when the call returns, although nothing was committed in between. */
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { TaskRecord } from "@/db/records/records";
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { gate, requestsOf, tester, toldIn, trialsOfThisFile, until } from "@/tests/agents/scenario";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

test("an answer that came in time is read, also when the time is over once the call in flight returns", async () => {
  let now = Date.now();
  const hold = gate();
  const trial = await start(
    {
      root: (request) => {
        if (request.turn === 0) return call("ask", { question: "Which colour?" });
        if (request.turn === 1) return hold.opened.then(() => ({ text: "I wait for the answer." }));
        return endTask(toldIn(request).includes("Red.") ? "red" : "other");
      },
    },
    { runtime: { now: () => now }, env: { ASK_TIMEOUT_SECONDS: "60" } },
  );
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const review = await until(async () => (await queries.listReviews({ open: true })).items[0], "the question is asked");
  await commands.steer({ id: root_task_id, text: "By the way." }, tester);
  await until(() => requestsOf(trial, "root").length === 2, "the second call is under way");
  await commands.answer({ id: review.id, text: "Red." }, tester);
  now += 60_001;
  hold.open();
  const tree = await trial.ended(id);
  expect([tree.status, (await queries.getTask(root_task_id)).result]).toEqual(["succeeded", "red"]);
});

test.each([
  ["", { text: "I think." }],
  [", and the agent was told that its last turn had begun", call("list_agents", {})],
])("what is granted during the call that uses up the grant lets the task go on%s", async (_when, reply) => {
  const hold = gate();
  const usage = { inputTokens: 10_000, outputTokens: 60_000 };
  const script = (request: ScriptedRequest) =>
    request.turn === 0 ? hold.opened.then(() => ({ ...reply, usage })) : endTask("done");
  const trial = await start({ root: script, "*": endTask("noted") });
  const { id } = await trial.submit({ task: "root", agent: "worker", grant: { tokens: 100_000 } });
  await until(() => requestsOf(trial, "root").length === 1, "the first call is under way");
  await trial.runtime.application.commands.grant({ id, tokens: 900_000 }, ownerCalled("ann"));
  hold.open();
  const tree = await trial.ended(id);
  expect([tree.status, toldIn(requestsOf(trial, "root")[1])]).toEqual([
    "succeeded",
    expect.stringContaining("ann granted 900000 tokens more."),
  ]);
});

test.each([
  ["model call", (record: TaskRecord) => record.reserve !== undefined, []],
  ["tool call", (record: TaskRecord) => record.entries.some((entry) => entry.kind === "tool_call"), ["model"]],
])(
  "a stop that goes to disk in one transaction with what comes before a %s lets it not begin",
  async (_what, isIt, begun) => {
    const effects: string[] = [];
    const touch = worldToolFor("touch", "report_interrupted", () => void effects.push("tool"));
    const trial = await start(
      { root: [call("touch", { what: "it" }), endTask("done")] },
      { runtime: { worldTools: [touch] } },
    );
    await changeAgent(trial, "worker", { tools: ["touch"] });
    const { log, models } = trial.runtime.world;
    const { append } = log;
    const respond = models.respond.bind(models);
    models.respond = (...given) => {
      effects.push("model");
      return respond(...given);
    };
    let stopped: Promise<unknown> | null = null;
    log.append = (record) => {
      const appended = append(record);
      // Behind the record, and without a turn of the event loop: both are in the log's queue when it flushes.
      if (!stopped && isIt(record))
        stopped = trial.runtime.application.commands.stop({ id: record.task.uid, reason: "Enough." }, tester);
      return appended;
    };
    const { id } = await trial.submit({ task: "root", agent: "worker", grant: { tokens: 5_000_000 } });
    const tree = await trial.ended(id);
    await stopped;
    expect([tree.status, tree.reason, effects]).toEqual(["stopped", "by_person", begun]);
  },
);
