/** Goals over the HTTP API: set, listed page by page, and looked at. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { GoalView, ListedGoal } from "@/core/shapes/goals";
import type { Page, Tree } from "@/core/shapes/shapes";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { startTrial } from "@/tests/agents/trial";
import { type ApiAnswer, handleApi } from "./handle";

const PLAN = endTask(
  JSON.stringify({ plan: "Write the file", steps: [{ title: "Write it", instruction: "Write it." }] }),
);

async function start(others: Parameters<typeof agentScript>[0] = {}) {
  const trial = await startTrial({
    script: agentScript({
      goal_planner: [PLAN],
      coder: [call("write_file", { path: "done.txt", content: "yes" }), endTask("done")],
      worker: [endTask("done")],
      "*": [endTask("noted")],
      ...others,
    }),
  });
  onTestFinished(() => trial.close());
  const ask = (line: string, body?: unknown): Promise<ApiAnswer> => {
    const [method = "", address = ""] = line.split(" ");
    const { pathname, searchParams: query } = new URL(address, "http://localhost/");
    const path = pathname.split("/").filter(Boolean).map(decodeURIComponent);
    return handleApi(guarded(trial.runtime.application, ownerCalled("anna")), { method, path, query, body });
  };
  return { trial, ask };
}

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-goal-api-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test("a goal is set, pursued and listed with its score, and forks of it are goals too", async () => {
  const { trial, ask } = await start();
  const goal = { validation_command: "test -f done.txt", max_iterations: 7 };
  const workspace = folderWith({ "readme.md": "x" });
  const made = (await ask("POST trees", { task: "Write it", workspace, goal })).body as Tree;
  await trial.ended(made.id);
  const plain = (await ask("POST trees", { task: "No goal", agent: "worker" })).body as Tree;
  await trial.ended(plain.id);
  const held = (await ask("POST trees", { task: "Holds", goal: { validation_command: "true" } })).body as Tree;
  await trial.ended(held.id);

  const first = (await ask("GET goals?limit=1")).body as Page<ListedGoal>;
  expect(first.items).toMatchObject([{ tree_id: held.id, status: "succeeded", score: 1, best_score: 1, round: 0 }]);
  const second = (await ask(`GET goals?after=${first.next}`)).body as Page<ListedGoal>;
  expect(second).toMatchObject({
    next: null,
    items: [{ tree_id: made.id, title: "Write it", mode: "autonomous", score: 1, round: 1, iterations_max: 7 }],
  });
  const { goal: view } = (await ask(`GET trees/${made.id}`)).body as { goal: GoalView };
  const at = view.rounds[0]?.fork_seq ?? 0;
  const forked = await ask(`POST trees/${made.id}/fork`, { at });
  expect(forked.status).toBe(201);
  const fork = forked.body as Tree;
  await trial.ended(fork.id);
  const all = (await ask("GET goals")).body as Page<ListedGoal>;
  expect(all.items.map(({ tree_id, score }) => [tree_id, score])).toEqual([
    [fork.id, 1],
    [held.id, 1],
    [made.id, 1],
  ]);
  expect(trial.faults).toEqual([]);
});

test("a change of a running goal is in its JSON, and counts from the next round on", async () => {
  let changed: ApiAnswer | undefined;
  let before: GoalView | undefined;
  let running: GoalView["running"] = null;
  const { trial, ask } = await start({
    goal_planner: async () => {
      const { id } = (await made).body as Tree;
      before ??= ((await ask(`GET trees/${id}/goal`)).body as { goal: GoalView }).goal;
      changed ??= await ask(`POST trees/${id}/goal`, { may_change: ["done.txt"], iterations_max: 3 });
      running ??= ((await ask(`GET trees/${id}/goal`)).body as { goal: GoalView }).goal.running;
      return PLAN;
    },
  });
  const goal = { validation_command: "test -f done.txt", scope: ["src/**"], iterations_max: 7, threshold: 0.9 };
  const made = ask("POST trees", { task: "Write it", workspace: folderWith({ "readme.md": "x" }), goal });
  const { id } = (await made).body as Tree;
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(before).toMatchObject({ threshold: 0.9, iterations_max: 7 });
  expect(running).toMatchObject({ number: 1, worked_ms: expect.any(Number), working_since: expect.any(String) });
  expect(changed).toMatchObject({ status: 200, body: { sentence: "Changed. It counts from the next round on." } });
  const { goal: view } = (await ask(`GET trees/${id}/goal`)).body as { goal: GoalView };
  expect(view).toMatchObject({ scope: ["src/**"], may_change: ["done.txt"], iterations_max: 3 });
  expect(view.rounds.map(({ put_back }) => put_back)).toEqual([["done.txt"], []]);
  expect((await ask(`POST trees/${id}/goal`, { max_iterations: 9 })).status).toBe(409);
  expect(trial.faults).toEqual([]);
});

test("a goal with a wrong field is refused with the field's name", async () => {
  const { ask } = await start();
  const refused = async (goal: unknown) => (await ask("POST trees", { task: "x", goal })).body;
  expect(await refused({ score: 2 })).toMatchObject({ detail: expect.stringContaining('"score"') });
  expect(await refused({ threshold: 2 })).toMatchObject({
    detail: '"goal.threshold" must be a number above 0, up to 1.',
  });
  expect(await refused({ max_iterations: 2, iterations_max: 3 })).toMatchObject({
    detail: '"goal.iterations_max" is the same as "max_iterations": give one of them.',
  });
  expect(await refused({ success_threshold: 2 })).toMatchObject({
    detail: '"goal.success_threshold" must be a number above 0, up to 1.',
  });
  expect(await refused({ validation_command: "true", max_iterations: 1e9 })).toMatchObject({
    detail: '"goal.max_iterations" may be 10000 at most.',
  });
  expect(await refused({ criteria: [{ statement: " " }] })).toMatchObject({
    detail: '"goal.criteria.0.statement" must be a statement.',
  });
  expect(await refused({ validation_command: "true", protect: [""] })).toMatchObject({
    detail: '"goal.protect.0" must be a glob.',
  });
  // A goal cannot say of itself how its log is read.
  expect(await refused({ validation_command: "true", typed_changes: false })).toMatchObject({
    detail: 'There is no field "typed_changes" in this request.',
  });
  expect((await ask("GET goals?after=nothing")).status).toBe(400);
});
