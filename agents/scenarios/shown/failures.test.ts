/** Failures, as they are counted from logs of real trees, and what planners are told of them. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FAILURES } from "@/core/failures/kinds";
import type { ListedFailure } from "@/core/shapes/failures";
import type { Writes } from "@/db/file/writes";
import { createFailures } from "@/db/improvement/failures";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, logOf, requestsOf, tester, titled, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Reply, ScriptedRequest } from "@/tests/agents/services/script";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const DAY_MS = 86_400_000;
const PLAIN = { agent: "worker" };

/** Calls a tool that it does not have, and then ends. */
const wrongCall = ({ turn }: ScriptedRequest): Reply => (turn === 0 ? call("no_such_tool", {}) : endTask("done"));

async function counted(trial: Trial): Promise<Record<string, ListedFailure>> {
  await trial.worker?.failures.check();
  const { items } = await trial.runtime.application.queries.getFailures();
  return Object.fromEntries(items.filter((item) => item.last_90_days > 0).map((item) => [item.kind, item]));
}

const became = ({ last_30_days, settled, recovered }: ListedFailure) => [last_30_days, settled, recovered];

test("failures are counted once, with what became of the work and a link to the last", async () => {
  const trial = await start({
    wrong: wrongCall,
    parent: ({ turn }) => (turn === 0 ? startSubtask({ agent: "worker", instruction: "gives up" }) : endTask("done")),
    "gives up": call("end_task", { status: "failure", result: "I cannot." }),
    alone: call("end_task", { status: "failure", result: "I cannot." }),
  });
  const tree = await trial.ended((await trial.submit({ task: "wrong", ...PLAIN })).id);
  await trial.ended((await trial.submit({ task: "wrong", ...PLAIN })).id);
  await trial.ended((await trial.submit({ task: "parent", ...PLAIN })).id);
  await trial.ended((await trial.submit({ task: "alone", ...PLAIN })).id);
  const found = await counted(trial);
  expect(Object.keys(found).toSorted()).toEqual(["given_up", "unknown_tool"]);
  // The task itself went on, or the task above it; a root that gives up did not.
  expect(became(found.unknown_tool as ListedFailure)).toEqual([2, 2, 2]);
  expect(became(found.given_up as ListedFailure)).toEqual([2, 2, 1]);
  expect(found.unknown_tool?.weeks).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
  const log = await logOf(trial, found.unknown_tool?.last?.task ?? "");
  const shown = log.find(({ seq }) => seq === found.unknown_tool?.last?.seq);
  expect([shown?.kind, shown?.content.refusal]).toEqual(["tool_call", "unknown_tool"]);
  // What was read is not read again, by nobody.
  const { store } = trial.runtime;
  expect(await createFailures(store.client.sqlite, store.log).gather(Date.now())).toBe(0);
  const refusing = { write: () => expect.fail("Nothing has to be written.") } as unknown as Writes;
  expect(await createFailures(store.client.sqlite, refusing).gather(Date.now())).toBe(0);
  await trial.runtime.application.commands.deleteTree({ id: tree.id }, tester);
  expect(became((await counted(trial)).unknown_tool as ListedFailure)).toEqual([1, 1, 1]);
  expect(trial.faults).toEqual([]);
});

test("work that goes on after a person's message, retry or answer did not recover by itself", async () => {
  const held = gate();
  let attempts = 0;
  const trial = await start({
    steered: async ({ turn }) => {
      if (turn === 0) return call("no_such_tool", {});
      if (turn === 1) await held.opened;
      return endTask("done");
    },
    asks: ({ turn }) => [call("no_such_tool", {}), call("ask", { question: "Which?" })][turn] ?? endTask("done"),
    retried: () => {
      attempts += 1;
      return attempts === 1 ? call("end_task", { status: "failure", result: "No." }) : endTask("done");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const steered = await trial.submit({ task: "steered", ...PLAIN });
  while (requestsOf(trial, "steered").length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  // It is open, so nobody knows yet.
  expect(became((await counted(trial)).unknown_tool as ListedFailure)).toEqual([1, 0, 0]);
  await commands.steer({ id: steered.id, text: "Use another tool." }, tester);
  held.open();
  await trial.ended(steered.id);
  const asks = await trial.submit({ task: "asks", ...PLAIN });
  let [question] = (await queries.listReviews({ open: true })).items;
  while (!question) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    [question] = (await queries.listReviews({ open: true })).items;
  }
  await commands.answer({ id: question.id, text: "That one." }, tester);
  await trial.ended(asks.id);
  const retried = await trial.ended((await trial.submit({ task: "retried", ...PLAIN })).id);
  await commands.retry({ id: titled(retried, "retried").id }, tester);
  await trial.ended(retried.id);
  const found = await counted(trial);
  expect(became(found.unknown_tool as ListedFailure)).toEqual([2, 2, 0]);
  expect(became(found.given_up as ListedFailure)).toEqual([1, 1, 0]);
  expect(trial.faults).toEqual([]);
});

test("a failure is forgotten after 90 days, and left out of the last 30 before", async () => {
  let passedMs = 0;
  const trial = await start({ wrong: wrongCall }, { runtime: { now: () => Date.now() + passedMs } });
  await trial.ended((await trial.submit({ task: "wrong", ...PLAIN })).id);
  await counted(trial);
  passedMs = 40 * DAY_MS;
  const { unknown_tool } = await counted(trial);
  expect(unknown_tool).toMatchObject({ last_30_days: 0, last_90_days: 1, settled: 0 });
  passedMs = 91 * DAY_MS;
  await trial.ended((await trial.submit({ task: "wrong", ...PLAIN })).id);
  expect((await counted(trial)).unknown_tool).toMatchObject({ last_30_days: 1, last_90_days: 1 });
});

test("a goal's planner reads what prevents failures that happened twice in its repository, and a round keeps what it read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-failures-"));
  writeFileSync(join(folder, "done.txt"), "no\n");
  const trial = await start({
    wrong: wrongCall,
    "@goal_planner": ({ instruction }) =>
      endTask(JSON.stringify({ plan: "Try", steps: [{ title: "work", instruction: `work ${instruction.length}` }] })),
    "@coder": ({ turn }) => (turn === 0 ? call("write_file", { path: "done.txt", content: "yes\n" }) : endTask("done")),
  });
  const pursue = async (workspace: string) => {
    const goal = { validation_command: "grep -q yes done.txt", max_iterations: 1 };
    return trial.ended((await trial.submit({ task: "Be done", workspace, goal })).id);
  };
  await trial.ended((await trial.submit({ task: "wrong", workspace: folder, ...PLAIN })).id);
  await trial.worker?.failures.check();
  await pursue(folder);
  writeFileSync(join(folder, "done.txt"), "no\n");
  await trial.ended((await trial.submit({ task: "wrong", workspace: folder, ...PLAIN })).id);
  await trial.worker?.failures.check();
  const { tasks } = await pursue(folder);
  const plans = (trial.provider?.requests ?? []).filter(({ agent }) => agent === "goal_planner");
  const rule = FAILURES.unknown_tool.prevention;
  expect(plans.map(({ instruction }) => instruction.includes(rule))).toEqual([false, true]);
  const round = tasks.find(({ agent }) => agent === "iteration");
  const [, instruction] = await logOf(trial, round?.id ?? "");
  expect(instruction?.content.round).toMatchObject({ preventions: [rule] });
  // Another repository has its own failures.
  const other = mkdtempSync(join(tmpdir(), "banyan-failures-"));
  writeFileSync(join(other, "done.txt"), "no\n");
  await pursue(other);
  expect((trial.provider?.requests ?? []).findLast(({ agent }) => agent === "goal_planner")?.instruction).not.toContain(
    rule,
  );
  expect(trial.faults).toEqual([]);
});
