/**
 * The kill switch: cuts running calls, starts nothing while it is on, and afterwards each task continues from its log.
 */
import { expect, test } from "vitest";
import { compareRows } from "@/db/log/rebuild";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  gate,
  logOf,
  requestsOf,
  responsesOf,
  sub,
  tester,
  titled,
  trialsOfThisFile,
  unansweredCalls,
  until,
} from "@/tests/agents/scenario";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

test("pausing everything cuts running calls, nothing runs until the resume, and each tree then ends as usual", async () => {
  const seen: string[] = [];
  let holds = true;
  const hang = worldToolFor("hang", "repeat", (_input, { signal }) => {
    if (!holds) return "hung";
    seen.push("begun");
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        seen.push("cut");
        reject(signal.reason);
      });
    });
  });
  const never = gate();
  const trial = await start(
    {
      root: [startSubtask(sub("tool"), sub("model")), endTask("done")],
      tool: [call("hang", { what: "it" }), endTask("tool done")],
      model: async () => {
        if (holds) await never.opened;
        return endTask("model done");
      },
    },
    { runtime: { worldTools: [hang] }, env: { MAX_CONCURRENT_AGENTS: "4" } },
  );
  const { commands, queries } = trial.runtime.application;
  await changeAgent(trial, "worker", { tools: ["hang"] });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "model").length === 1, "the model call is in flight");
  await until(() => seen.length === 1, "the tool call is in flight");

  expect((await commands.pauseEverything({ reason: "It burns." }, tester)).sentence).toMatch(/^Everything is paused: /);
  await until(() => trial.worker?.active() === 0, "what was in flight is cut");
  expect(seen).toEqual(["begun", "cut"]);
  expect((await queries.getStatus()).paused_everything).toMatchObject({ by: "tester", reason: "It burns." });
  const halted = await queries.getTree(id);
  expect([halted.status, ...halted.tasks.map((task) => task.status)]).toEqual(Array(4).fill("paused"));
  expect(halted.tasks.map((task) => task.paused_by?.name)).toEqual(Array(3).fill("tester"));
  const later = await trial.submit({ task: "tool", agent: "worker" });
  expect(later.status).toBe("paused");
  await expect(commands.pauseEverything({ reason: "" }, tester)).rejects.toThrow(
    /tester has already paused everything/,
  );

  holds = false;
  never.open();
  const asked = trial.provider?.requests.length;
  // Tasks are claimed at commits: there is one, and nothing starts.
  await commands.change({ id: later.root_task_id, priority: 5 }, tester);
  expect([trial.worker?.active(), trial.provider?.requests.length]).toEqual([0, asked]);

  expect((await commands.resumeEverything({}, tester)).sentence).toMatch(/^Everything is resumed/);
  const tree = await trial.ended(id);
  const other = await trial.ended(later.id);
  expect([tree.status, other.status]).toEqual(["succeeded", "succeeded"]);
  expect(responsesOf(await logOf(trial, titled(tree, "tool").id))[0]).toBe("hung");
  expect(await unansweredCalls(trial, tree)).toEqual([]);
  expect((await queries.getStatus()).paused_everything).toBeNull();
  await expect(commands.resumeEverything({}, tester)).rejects.toThrow(/Nothing to resume/);
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(trial.faults).toEqual([]);
});

test("a tree stopped while everything is paused ends immediately, and the rest stays paused", async () => {
  const never = gate();
  const trial = await start({
    root: async () => {
      await never.opened;
      return endTask("done");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const first = await trial.submit({ task: "root", agent: "worker" });
  const second = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 2, "both are at work");
  await commands.pauseEverything({ reason: "" }, tester);
  await until(() => trial.worker?.active() === 0, "what was in flight is cut");
  await commands.stop({ id: first.id, reason: "" }, tester);
  expect((await trial.ended(first.id)).status).toBe("stopped");
  expect((await queries.getTree(second.id)).status).toBe("paused");
  await commands.stop({ id: second.id, reason: "" }, tester);
  await trial.ended(second.id);
  never.open();
  expect(requestsOf(trial, "root")).toHaveLength(2);
});

test("a worker that starts while everything is paused starts no task", async () => {
  const trial = await start({ root: [endTask("done")] }, { work: false });
  const { commands, queries } = trial.runtime.application;
  await commands.pauseEverything({ reason: "" }, tester);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const worker = await trial.runtime.startWorker({ role: "all", pollMs: 5 });
  try {
    const { heartbeat } = trial.runtime.store.workers.list()[0]!;
    expect([heartbeat, worker.active()]).toEqual([0, 0]);
    expect((await queries.getTree(id)).status).toBe("paused");
    await commands.resumeEverything({}, tester);
    expect((await trial.ended(id)).status).toBe("succeeded");
  } finally {
    await worker.stop(0);
  }
});

test("what had arrived of a reply is charged when everything is paused", async () => {
  let holds = true;
  const words = "Much was written by then. ".repeat(4_000);
  const trial = await start({
    root: () => (holds ? { text: words, pieces: 50, fault: { type: "stall", afterEvents: 40 } } : endTask("done")),
  });
  const { commands, live } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const arrived = () => JSON.stringify(live.activityOf(id, root_task_id) ?? "").length;
  await until(() => arrived() > words.length / 2, "half of the reply has arrived");
  await commands.pauseEverything({ reason: "" }, tester);
  await until(() => trial.worker?.active() === 0, "what was in flight is cut");
  const charged = (await logOf(trial, root_task_id)).filter(({ content }) => content.type === "unconfirmed");
  const input = (requestsOf(trial, "root")[0]?.rawBody.length ?? 0) / 3;
  expect(charged).toHaveLength(1);
  expect(Number(charged[0]?.content.tokens)).toBeGreaterThan(input + words.length / 10);
  holds = false;
  await commands.resumeEverything({}, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
  const after = (await logOf(trial, root_task_id)).filter(({ content }) => content.type === "unconfirmed");
  expect(after).toHaveLength(1);
});

test("a call that everything's pause cuts before its first word is charged nothing, and reserves nothing meanwhile", async () => {
  const never = gate();
  let isFirst = true;
  const trial = await start({
    root: async () => {
      if (!isFirst) return endTask("done");
      isFirst = false;
      await never.opened;
      return endTask("never");
    },
    "*": endTask("noted"),
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", grant: { tokens: 500_000 } });
  await until(() => requestsOf(trial, "root").length === 1, "the call is under way");
  const { sqlite } = trial.runtime.store.client;
  const reserved = sqlite.prepare("SELECT reserved_tokens FROM tasks WHERE uid = ?").pluck();
  expect(reserved.get(root_task_id)).toBeGreaterThan(0);
  await commands.pauseEverything({ reason: "now" }, tester);
  await until(
    () => sqlite.prepare("SELECT 1 FROM tasks WHERE uid = ? AND status = 'ready'").get(root_task_id),
    "it is cut",
  );
  expect(reserved.get(root_task_id)).toBe(0);
  await commands.resumeEverything({}, tester);
  never.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  const types = (await logOf(trial, root_task_id)).map(({ content }) => content.type);
  expect(types).not.toContain("unconfirmed");
});
