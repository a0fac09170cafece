/**
 * Goals for real: their commands run in the sandbox, and their two worker processes are killed by SIGKILL at random
 * moments, for as many minutes as `BANYAN_GOAL_SOAK` says (60 is the hour). Every goal is reached, and none is lost.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Acting, openActing } from "@/agents/boot/acting";
import { ownerCalled } from "@/core/rules/roles";
import { readSettings } from "@/lib/env";
import { bundleProgram } from "@/tests/agents/bundle";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { until } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { finalChecks, occasionalChecks } from "@/tests/agents/simulation/checks";
import { createRandom } from "@/tests/agents/simulation/random";
import { createTally } from "@/tests/agents/simulation/tally";
import { type Crew, startCrew } from "@/tests/agents/soak/crew";
import { startTrial } from "@/tests/agents/trial";

const MINUTES = Number(process.env.BANYAN_GOAL_SOAK ?? 0);
const SEED = Number(process.env.BANYAN_SOAK_SEED ?? 1);
const OPEN_GOALS = 4;
const PARTS = 5;
const person = ownerCalled("person");

/** The report of a test run in which as many parts work as there were rounds. */
function reportOf(round: number): string {
  const lines = Array.from({ length: PARTS }, (_, at) => `${at < round ? "ok" : "not ok"} ${at + 1} - part ${at + 1}`);
  return ["TAP version 13", `1..${PARTS}`, ...lines, ""].join("\n");
}

const script = agentScript({
  goal_planner: ({ instruction }) =>
    endTask(JSON.stringify({ plan: "One part more", steps: [{ title: "Write", instruction: roundIn(instruction) }] })),
  goal_strategist: ({ instruction }) => endTask(JSON.stringify({ strategy: `Go on, after ${instruction.length}` })),
  coder: ({ turn, instruction }) =>
    turn === 0
      ? call("write_file", { path: "report.txt", content: reportOf(Number(/round (\d+)/i.exec(instruction)?.[1])) })
      : endTask("written"),
});

function roundIn(instruction: string): string {
  return `Write the report of ${/round \d+/i.exec(instruction)?.[0]}.`;
}

if (MINUTES > 0)
  describe("goals in real operation", () => {
    const folder = mkdtempSync(join(tmpdir(), "banyan-goal-soak-"));
    const dataDir = join(folder, "data");
    let provider: ScriptedProvider;
    let acting: Acting;
    let crew: Crew;

    beforeAll(async () => {
      const program = await bundleProgram("tests/agents/soak-main.ts");
      provider = await startScriptedProvider(script, { record: false });
      const trial = await startTrial({ provider, dataDir, work: false });
      await trial.close();
      const env = {
        PATH: process.env.PATH,
        BANYAN_DATA_DIR: dataDir,
        BANYAN_TEST_TOOLS: "all",
        MAX_CONCURRENT_AGENTS: "4",
        ANTHROPIC_API_KEY: "test-key",
        ANTHROPIC_BASE_URL: provider.url,
      };
      const settings = readSettings(env, process.cwd());
      acting = openActing({ settings, program: process.cwd(), checkout: process.cwd(), version: "test" });
      crew = startCrew(program, 2, env);
    });

    afterAll(async () => {
      await crew.stop();
      await acting.close();
      await provider.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const openGoals = () =>
      acting.store.client.sqlite
        .prepare("SELECT count(*) FROM trees WHERE ended_at_ms IS NULL")
        .pluck()
        .get() as number;

    /** Returns the trees and the number of kills. A kill counts when its victim held a lease. */
    async function killForMinutes(): Promise<{ trees: string[]; kills: number }> {
      const random = createRandom(SEED);
      const trees: string[] = [];
      const leases = acting.store.client.sqlite
        .prepare("SELECT count(*) FROM tasks JOIN workers ON workers.id = worker_id WHERE pid = ?")
        .pluck();
      const endAt = performance.now() + MINUTES * 60_000;
      let kills = 0;
      while (performance.now() < endAt) {
        while (openGoals() < OPEN_GOALS) {
          const goal = { validation_command: "cat report.txt && ! grep -q '^not ok' report.txt", max_minutes: 600 };
          trees.push((await acting.application.commands.submitTree({ task: "Make all parts work", goal }, person)).id);
        }
        await new Promise((resolve) => setTimeout(resolve, 1_000 + random.next() * 9_000));
        const victim = random.pick(crew.working);
        if ((leases.get(victim.pid) as number) > 0) kills += 1;
        await crew.kill(victim);
      }
      return { trees, kills };
    }

    test(
      "workers are killed again and again, and every goal is reached",
      async () => {
        const { trees, kills } = await killForMinutes();
        await until(() => openGoals() === 0, "every goal ends", 900_000);
        const { queries } = acting.application;
        let rounds = 0;
        for (const id of trees) {
          const [tree, goal] = [await queries.getTree(id), await queries.getGoal(id)];
          rounds += goal?.rounds.length ?? 0;
          expect([tree.status, goal?.score, goal?.validation?.met]).toEqual(["succeeded", 1, true]);
          const report = join(tree.workspace, "report.txt");
          expect(existsSync(report) && readFileSync(report, "utf8")).toBe(reportOf(PARTS));
        }
        const tally = createTally();
        occasionalChecks(acting.store, tally)();
        finalChecks(acting.store, true, tally);
        expect(tally.faults).toEqual([]);
        process.stdout.write(`${MINUTES} minutes, ${kills} kills, ${trees.length} goals, ${rounds} rounds.\n`);
        expect(kills).toBeGreaterThan(MINUTES);
      },
      MINUTES * 60_000 + 1_200_000,
    );
  });
