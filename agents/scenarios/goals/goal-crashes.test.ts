/** Kills the worker at the boundaries of a goal and restarts it: the goal ends the same, with the same rounds. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { readSettings } from "@/lib/env";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial } from "@/tests/agents/trial";

let crashing: Crashing;
let provider: ScriptedProvider;
let treeId = "";
let workspace = "";

const script = agentScript({
  goal_planner: ({ instruction }) =>
    endTask(
      JSON.stringify({
        plan: /round 1/.test(instruction) ? "Try wrong" : "Try right",
        // The second round has two units, of which one waits for the other.
        steps: /round 1/.test(instruction)
          ? [{ title: "Write", instruction: "wrong" }]
          : [
              { title: "Look", instruction: "look", after: ["Write"], kind: "tests", risk: 1 },
              { title: "Write", instruction: "right", minutes: 5 },
            ],
      }),
    ),
  coder: ({ turn, instruction }) =>
    turn === 0 && !instruction.startsWith("look")
      ? call("write_file", { path: "a.txt", content: instruction.split("\n")[0] ?? "" })
      : endTask("written"),
});

beforeAll(async () => {
  crashing = await prepareCrashes(() => provider.url, { BANYAN_TEST_TOOLS: "all" });
  provider = await startScriptedProvider(script, { record: false });
  const trial = await startTrial({ provider, dataDir: crashing.template, work: false });
  const goal = { validation_command: "grep -qx right a.txt" };
  ({ id: treeId, workspace } = await trial.submit({ task: "Write what is right", goal }));
  await trial.close();
});

afterAll(async () => {
  await provider.close();
  crashing.remove();
});

async function check(dataDir: string): Promise<void> {
  const readRuntime = openReadRuntime({
    settings: readSettings({ BANYAN_DATA_DIR: dataDir }, process.cwd()),
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
  });
  const tree = await readRuntime.queries.getTree(treeId);
  const goal = await readRuntime.queries.getGoal(treeId);
  await readRuntime.close();
  expect(tree.status).toBe("succeeded");
  expect(goal?.rounds.map(({ plan, verdict, score }) => [plan, verdict, score])).toEqual([
    ["Try wrong", "same", 0],
    ["Try right", "better", 1],
  ]);
  const names = tree.tasks.map(({ agent }) => agent).sort();
  expect(goal?.rounds[1]?.planned?.units.map(({ title, state, minutes }) => [title, state, minutes])).toEqual([
    ["Write", "done", 5],
    ["Look", "done", 12],
  ]);
  expect(names).toEqual(["coder", "coder", "coder", "goal", "goal_planner", "goal_planner", "iteration", "iteration"]);
  expect(readFileSync(join(tree.workspace, "a.txt"), "utf8")).toBe("right");
}

test("killed at its boundaries and restarted, a goal ends with the same rounds", async () => {
  const whole = crashing.freshFolder("whole");
  const { passed, errors } = await crashing.run(whole, 0, treeId);
  expect(errors).toBe("");
  await check(whole);
  expect(passed).toBeGreaterThan(20);
  // All of them take minutes; those that are left out differ in nothing but the round.
  const step = process.env.BANYAN_CRASH_ALL ? 1 : 6;
  const points = Array.from({ length: Math.floor(passed / step) }, (_, index) => 1 + index * step);
  // One after the other: the copies of the data folder have one workspace.
  for (const at of points) {
    rmSync(join(workspace, "a.txt"), { force: true });
    const dataDir = crashing.freshFolder(`at-${at}`);
    const first = await crashing.run(dataDir, at, treeId);
    if (first.signal === "SIGKILL") expect([at, (await crashing.run(dataDir, 0, treeId)).signal]).toEqual([at, null]);
    await check(dataDir).catch((error: Error) => {
      throw new Error(`Killed at boundary ${at} of ${passed}: ${error.message}`, { cause: error });
    });
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 900_000);
