/**
 * Kills the worker between the steps in which a service is specified, asked about and made: it is made once, and asked
 * about once.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { specificationTexts } from "@/core/specification/testing/texts";
import { readSettings } from "@/lib/env";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { agentScript } from "@/tests/agents/provider-script";
import { tester } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { quickBlueprint, ROUNDS, writes } from "@/tests/agents/specifying/script";
import { startTrial } from "@/tests/agents/trial";

/** All boundaries take half an hour on a small machine. */
const LONGEST_MS = process.env.BANYAN_CRASH_ALL ? 3_600_000 : 900_000;

let crashing: Crashing;
let provider: ScriptedProvider;
let treeId = "";
const around = mkdtempSync(join(tmpdir(), "banyan-specifying-crash-"));
const folder = join(around, "studio");

const script = agentScript({
  ...ROUNDS,
  specification_writer: (request) => writes(request, specificationTexts()),
});

beforeAll(async () => {
  crashing = await prepareCrashes(() => provider.url, { BANYAN_TEST_TOOLS: "all" });
  provider = await startScriptedProvider(script, { record: false });
  const trial = await startTrial({ provider, dataDir: crashing.template, work: false });
  const requirements = "A booking API for a small studio.";
  const given = { workspace: folder, requirements, blueprint: quickBlueprint(around) };
  ({ id: treeId } = await trial.runtime.application.commands.specifyService(given, tester));
  await trial.close();
});

afterAll(async () => {
  await provider.close();
  crashing.remove();
  rmSync(around, { recursive: true, force: true });
});

/** Copies of the data folder have one workspace. */
function emptyFolder(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}

async function check(dataDir: string): Promise<void> {
  const readRuntime = openReadRuntime({
    settings: readSettings({ BANYAN_DATA_DIR: dataDir }, process.cwd()),
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
  });
  const { queries } = readRuntime;
  const tree = await queries.getTree(treeId);
  const goal = await queries.getGoal(treeId);
  const { items } = await queries.listReviews({ treeId });
  const view = await queries.getSpecification("studio");
  await readRuntime.close();
  expect(tree.status).toBe("succeeded");
  expect(goal?.criteria.map(({ met }) => met)).toEqual([true]);
  expect(tree.tasks.map(({ agent }) => agent).sort()).toEqual([
    "coder",
    "goal",
    "goal_planner",
    "iteration",
    "specification_writer",
    "specification_writer",
  ]);
  expect(items.filter(({ kind }) => kind === "question").length).toBe(1);
  expect(view).toMatchObject({ ambiguities: [{ answer: "Large." }], faults: [] });
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
  expect(git("log", "--format=%s")).toBe("Finish the service studio\nMake studio from its specification");
  expect(git("status", "--porcelain", "--untracked-files=all")).toBe("");
  expect(readFileSync(join(folder, "test/criteria.test.ts"), "utf8")).toContain("C1");
  expect(readdirSync(around).sort()).toEqual(["quick", "studio"]);
}

test(
  "killed between the steps and restarted, the service is made once and the person is asked once",
  async () => {
    const whole = crashing.freshFolder("whole");
    const { passed, kinds, errors } = await crashing.run(whole, 0, treeId);
    expect(errors).toBe("");
    await check(whole);
    for (const at of pointsIn(kinds)) {
      emptyFolder();
      const dataDir = crashing.freshFolder(`at-${at}`);
      const first = await crashing.run(dataDir, at, treeId);
      if (first.signal === "SIGKILL") expect([at, (await crashing.run(dataDir, 0, treeId)).signal]).toEqual([at, null]);
      await check(dataDir).catch((error: Error) => {
        throw new Error(`Killed at boundary ${at} of ${passed}: ${error.message}`, { cause: error });
      });
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
  LONGEST_MS,
);

/** The calls of tools before the rounds: three files, a check, three files again, a check, and the service. */
const TOOL_CALLS = 9;
const OF_FILES = [1, 2, 3, 5, 6, 7];

/**
 * Returns where to kill: after each step until the service is made, with BANYAN_CRASH_ALL at every boundary. How rounds survive
 * a kill, goal-crashes.test.ts shows.
 */
function pointsIn(kinds: readonly string[]): number[] {
  if (process.env.BANYAN_CRASH_ALL) return kinds.map((_, at) => at + 1);
  const seen = new Set<string>();
  let calls = 0;
  return kinds.flatMap((kind, at) => {
    if (kind === "tool call") calls += 1;
    if (calls > TOOL_CALLS) return [];
    const isStep =
      kind === "tool call" ? !OF_FILES.includes(calls) : /[a-z]_|asked|ended| 1$/.test(kind) && !seen.has(kind);
    seen.add(kind);
    return isStep ? [at + 1] : [];
  });
}
