/** Kills the worker between the steps in which a service's requirements change: it is changed once, and people's words stay. */
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { specificationTexts } from "@/core/specification/testing/texts";
import { readSettings } from "@/lib/env";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { quickBlueprint, ROUNDS, writes } from "@/tests/agents/specifying/script";
import { startTrial } from "@/tests/agents/trial";

/** All boundaries take half an hour on a small machine. */
const LONGEST_MS = process.env.BANYAN_CRASH_ALL ? 3_600_000 : 900_000;
const CHANGE = "Guests leave a note.";

let crashing: Crashing;
let provider: ScriptedProvider;
let treeId = "";
const around = mkdtempSync(join(tmpdir(), "banyan-changing-crash-"));
const folder = join(around, "studio");
const kept = join(around, "kept");

const plain = specificationTexts(({ specification }) => {
  specification.ambiguities = [];
});
const changed = specificationTexts(({ specification, openapi }) => {
  specification.ambiguities = [];
  const [first] = specification.requirements;
  if (first) first.text = "A guest books a free slot, and may leave a note.";
  const check = { kind: "test" as const };
  specification.criteria.push({ id: "C9", requirement: "R1", text: "A note is kept.", check });
  const { schemas } = openapi.components as { schemas: Record<string, { properties?: Record<string, unknown> }> };
  for (const { properties } of Object.values(schemas)) if (properties?.guest) properties.note = { type: "string" };
});

const isOfChange = (instruction: string) => instruction.includes("A service has this specification");
const script = agentScript({
  ...ROUNDS,
  specification_writer: (request) => writes(request, isOfChange(request.instruction) ? changed : plain),
  // When the service is made, C9 is the id of nothing yet.
  coder: ({ turn }) =>
    turn === 0
      ? call("write_file", { path: "test/criteria.test.ts", content: `// C1 ${state.ids}\n` })
      : endTask("Written."),
});
const state = { ids: "" };

const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();

beforeAll(async () => {
  crashing = await prepareCrashes(() => provider.url, { BANYAN_TEST_TOOLS: "all" });
  provider = await startScriptedProvider(script, { record: false });
  const making = await startTrial({ provider, dataDir: crashing.template });
  const requirements = "A booking API for a small studio.";
  const given = { workspace: folder, requirements, blueprint: quickBlueprint(around) };
  const first = await making.runtime.application.commands.specifyService(given, tester);
  expect((await making.ended(first.id, 60_000)).status).toBe("succeeded");
  await making.close();
  appendFileSync(join(folder, "README.md"), "\nOurs.\n");
  git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qam", "Our own words");
  state.ids = "C9";
  const trial = await startTrial({ provider, dataDir: crashing.template, work: false });
  ({ id: treeId } = await trial.runtime.application.commands.changeService({ id: "studio", change: CHANGE }, tester));
  await trial.close();
  cpSync(folder, kept, { recursive: true });
}, 120_000);

afterAll(async () => {
  await provider.close();
  crashing.remove();
  rmSync(around, { recursive: true, force: true });
});

/** Copies of the data folder have one workspace, which begins as it was. */
function asItWas(): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(kept, folder, { recursive: true });
}

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
  expect(goal?.criteria.map(({ met }) => met)).toEqual([true]);
  expect(tree.tasks.filter(({ agent }) => agent === "specification_writer").length).toBe(1);
  expect(git("log", "--format=%s")).toBe(
    "Change studio: Guests leave a note.\nOur own words\nFinish the service studio\nMake studio from its specification",
  );
  expect(git("status", "--porcelain", "--untracked-files=all")).toBe("");
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  expect(parse(read("spec/specification.yaml"))).toMatchObject({ changes: [CHANGE] });
  expect(read("README.md")).toContain("Ours.");
  expect(git("grep", "--files-with-matches", "note", "--", "src")).not.toBe("");
}

test(
  "killed between the steps and restarted, a service is changed once, and its people's words stay",
  async () => {
    const whole = crashing.freshFolder("whole");
    const { passed, kinds, errors } = await crashing.run(whole, 0, treeId);
    expect(errors).toBe("");
    await check(whole);
    for (const at of pointsIn(kinds)) {
      asItWas();
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

/**
 * The calls of tools before the rounds: the files are remembered, three are written and checked twice, and the service is
 * made again.
 */
const TOOL_CALLS = 7;
const OF_FILES = [2, 3, 4];

/**
 * Returns where to kill: after each call of the host until the service is made again; with BANYAN_CRASH_ALL at every
 * boundary.
 */
function pointsIn(kinds: readonly string[]): number[] {
  if (process.env.BANYAN_CRASH_ALL) return kinds.map((_, at) => at + 1);
  let calls = 0;
  return kinds.flatMap((kind, at) => {
    if (kind !== "tool call") return [];
    calls += 1;
    return calls <= TOOL_CALLS && !OF_FILES.includes(calls) ? [at + 1] : [];
  });
}
