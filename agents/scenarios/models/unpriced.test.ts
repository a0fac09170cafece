/** A cap on money cannot hold for a model without a price: every door says so before anything is sent. */
import { expect, test } from "vitest";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  logOf,
  requestsOf,
  responsesOf,
  runRoot,
  sub,
  tester,
  titled,
  trialsOfThisFile,
} from "@/tests/agents/scenario";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

const unpriced = "openai/unpriced";
/** Of no person's own machine; nothing is sent there. */
const elsewhere = { OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: "https://gateway.example.org/v1" };
const waysOn = /openai\/unpriced has no price.*banyan models set openai\/unpriced.*without a cap on cost/;
const capped = { task: "root", grant: { cost_usd: 1 } };

test("a submission whose agent has such a model of its own is refused, with a cap of its own and with the default", async () => {
  const trial = await start({ "*": endTask("done") }, { work: false, env: elsewhere });
  await changeAgent(trial, "coder", { model: unpriced });
  const { commands } = trial.runtime.application;
  await expect(trial.submit({ ...capped, agent: "coder" })).rejects.toThrow(waysOn);
  await commands.setSpendCaps({ tree_usd: 5 }, tester);
  await expect(trial.submit({ task: "root", agent: "coder" })).rejects.toThrow(/openai\/unpriced has no price/);
  await trial.submit({ task: "root", agent: "coder", grant: { cost_usd: null } });
  await trial.submit({ task: "root", agent: "coder", grant: { tokens: 100_000 } });
});

test("a goal and a schedule are refused as a submission is", async () => {
  const trial = await start({ "*": endTask("done") }, { work: false, env: elsewhere });
  const { commands } = trial.runtime.application;
  const goal = { validation_command: "npm test" };
  await expect(trial.submit({ ...capped, model: unpriced, goal })).rejects.toThrow(waysOn);
  const schedule = { name: "Tidy", cron: "0 9 * * *", zone: "UTC", submission: { ...capped, model: unpriced } };
  await expect(commands.addSchedule(schedule, tester)).rejects.toThrow(waysOn);
});

test("a change of model, a fork and a retry are refused in the same words", async () => {
  const trial = await start({ root: endTask("not possible", { status: "failure" }), "*": endTask("noted") });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ ...capped, agent: "worker" });
  await trial.ended(id);
  await expect(commands.fork({ id: root_task_id, model: unpriced }, tester)).rejects.toThrow(waysOn);
  await expect(commands.retry({ id: root_task_id, model: unpriced }, tester)).rejects.toThrow(waysOn);
});

test("a subtask whose agent has such a model of its own fails before anything is sent, and its parent reads why", async () => {
  const trial = await start(
    { root: [startSubtask(sub("below", { agent: "coder" })), endTask("done")], "*": endTask("noted") },
    { env: elsewhere },
  );
  await changeAgent(trial, "coder", { model: unpriced });
  const tree = await runRoot(trial, { grant: { cost_usd: 50 } });
  const below = titled(tree, "below");
  expect([tree.status, below.status, below.reason, below.spent.tokens]).toEqual(["succeeded", "failed", "no_price", 0]);
  expect(below.reason_detail).toMatch(waysOn);
  expect(responsesOf(await logOf(trial, tree.root_task_id))[0]).toContain("no_price");
});

test("one on a person's own server costs nothing, so a subtask with it runs", async () => {
  const trial = await start({
    root: [startSubtask(sub("below", { agent: "coder" })), endTask("done")],
    below: [call("list_agents", {}), endTask("done below")],
    "*": endTask("noted"),
  });
  await changeAgent(trial, "coder", { model: unpriced });
  const tree = await runRoot(trial, { grant: { cost_usd: 50 } });
  expect(titled(tree, "below").status).toBe("succeeded");
  expect(requestsOf(trial, "below")[0]?.model).toBe("unpriced");
});
