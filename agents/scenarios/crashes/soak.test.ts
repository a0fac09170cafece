/**
 * Trees of three levels on two worker processes that are killed by SIGKILL at random moments, while a person allows, refuses,
 * answers, changes, grants and pauses. A kill counts when it met tasks at work. Afterwards nothing is lost, and nothing was done twice.
 *   BANYAN_SOAK_KILLS=n  kills so often; default 50, and 1000 takes some minutes
 *   BANYAN_SOAK_SEED=s   the moments and victims of another run, as a failure prints it
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Acting, openActing } from "@/agents/boot/acting";
import { ownerCalled } from "@/core/rules/roles";
import { readSettings } from "@/lib/env";
import { bundleProgram } from "@/tests/agents/bundle";
import { until } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { momentChecks } from "@/tests/agents/simulation/checks";
import { createRandom, type Random } from "@/tests/agents/simulation/random";
import { createTally } from "@/tests/agents/simulation/tally";
import { type Crew, type Member, startCrew } from "@/tests/agents/soak/crew";
import { isAllowed, soakScript } from "@/tests/agents/soak/story";
import { judgeSoak } from "@/tests/agents/soak/verdict";
import { startTrial } from "@/tests/agents/trial";
import { changeAgent, offerTool } from "@/tests/agents/world-tool";
import { UserError } from "../../application";

const KILLS = Number(process.env.BANYAN_SOAK_KILLS ?? 50);
const SEED = Number(process.env.BANYAN_SOAK_SEED ?? 1);
const OPEN_TREES = 5;
const MAX_CONCURRENT = 6;
const person = ownerCalled("person");
const folder = mkdtempSync(join(tmpdir(), "banyan-soak-"));
const dataDir = join(folder, "data");
let provider: ScriptedProvider;
let acting: Acting;
let program: readonly string[];
let env: Record<string, string | undefined>;

beforeAll(async () => {
  program = await bundleProgram("tests/agents/soak-main.ts");
  provider = await startScriptedProvider(soakScript, { record: false });
  const trial = await startTrial({ provider, dataDir, work: false });
  await offerTool(trial, "asked", "ask");
  const finishing = { evaluate: "auto", summarize: "never", document: "never" };
  await changeAgent(trial, "worker", { tools: ["once", "often", "asked"], finishing });
  await trial.close();
  env = {
    PATH: process.env.PATH,
    BANYAN_DATA_DIR: dataDir,
    MAX_CONCURRENT_AGENTS: String(MAX_CONCURRENT),
    ANTHROPIC_API_KEY: "test-key",
    ANTHROPIC_BASE_URL: provider.url,
  };
  acting = openActing({
    settings: readSettings(env, process.cwd()),
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
  });
});

afterAll(async () => {
  await acting.close();
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});

const turnOfTheLoop = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Decides open items until it is stopped. */
async function decideAll(isOver: () => boolean): Promise<void> {
  const { queries, commands } = acting.application;
  const random = createRandom(SEED + 0.5);
  while (!isOver()) {
    const { items } = await queries.listReviews({ open: true });
    for (const { id, kind, title } of items) {
      const what = (/"what":"([^"]+)"/.exec(title) ?? [])[1] ?? "";
      const decision = isAllowed(what) ? "approved" : "rejected";
      const decided =
        kind === "question"
          ? commands.answer({ id, text: "A person's." }, person)
          : commands.decide({ id, decision, reason: "" }, person);
      await ifPossible(decided);
    }
    if (random.chance(0.1)) await meddle(random);
    await turnOfTheLoop(10);
  }
}

/** Sends other commands of a person to unended tasks. None of them changes what the task does. */
async function meddle(random: Random): Promise<void> {
  const { commands } = acting.application;
  const open = acting.store.client.sqlite
    .prepare("SELECT uid FROM tasks WHERE ended_at_ms IS NULL AND role = 'work' ORDER BY id")
    .pluck()
    .all() as string[];
  if (open.length === 0) return;
  const task = random.pick(open);
  const what = random.pick(["change", "grant", "pause"] as const);
  if (what === "change") await ifPossible(commands.change({ id: task, model: "anthropic/claude-haiku-4-5" }, person));
  else if (what === "grant") await ifPossible(commands.grant({ id: task, tokens: 1_000 }, person));
  else {
    await ifPossible(commands.pause({ id: task }, person));
    await turnOfTheLoop(20);
    await ifPossible(commands.resume({ id: task }, person));
  }
}

/** Ignores refusals, because the task may have ended in the meantime or another command came first. */
async function ifPossible(command: Promise<unknown>): Promise<void> {
  await command.catch((error) => {
    if (!(error instanceof UserError)) throw error;
  });
}

/** Returns the leases of a process, even right after its death. */
function leasesOf({ pid }: Member): number {
  return acting.store.client.sqlite
    .prepare(
      "SELECT count(*) FROM tasks JOIN workers ON workers.id = worker_id WHERE tasks.status = 'running' AND pid = ?",
    )
    .pluck()
    .get(pid) as number;
}

function openTrees(): number {
  return acting.store.client.sqlite
    .prepare("SELECT count(*) FROM trees WHERE ended_at_ms IS NULL")
    .pluck()
    .get() as number;
}

function describeOpen(): string {
  const rows = acting.store.client.sqlite
    .prepare(
      "SELECT title, status, wait_kind AS waits, letters, worker_id AS worker FROM tasks WHERE ended_at_ms IS NULL",
    )
    .all();
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

/** New trees keep the workers busy. */
async function submitMore(trees: string[]): Promise<void> {
  while (openTrees() < OPEN_TREES) {
    const task = `root ${trees.length + 1}`;
    const submission = { task, agent: "worker", grant: { tokens: 50_000_000, tasks: 40 } };
    trees.push((await acting.application.commands.submitTree(submission, person)).id);
  }
}

/** Kills workers until enough kills hit running tasks. Returns the trees. */
async function killAgainAndAgain(crew: Crew, check: () => void): Promise<string[]> {
  const random = createRandom(SEED);
  const trees: string[] = [];
  for (let kills = 0; kills < KILLS; check()) {
    const victims = random.chance(0.1) ? [...crew.working] : [random.pick(crew.working)];
    const areBusy = async () => {
      await submitMore(trees);
      return victims.every((victim) => leasesOf(victim) > 0);
    };
    await until(areBusy, "every victim has work", 240_000);
    // Any moment of a turn: a turn takes some 40 ms.
    await turnOfTheLoop(random.next() * 180);
    for (const victim of victims) {
      if (leasesOf(victim) === 0) continue;
      const killed = crew.kill(victim);
      if (leasesOf(victim) > 0) kills += 1;
      await killed;
    }
  }
  return trees;
}

test("workers are killed again and again, and every tree ends as it should, with nothing lost and nothing done twice", {
  // Only an end of waiting, for machines that are slow or busy.
  timeout: 600_000 + KILLS * 10_000,
}, async () => {
  const tally = createTally();
  const check = momentChecks(acting.store.client.sqlite, MAX_CONCURRENT, tally);
  const crew = startCrew(program, 2, env);
  let isOver = false;
  const deciding = decideAll(() => isOver);
  try {
    const trees = await killAgainAndAgain(crew, check);
    await until(() => openTrees() === 0, "every tree ends", 240_000);
    isOver = true;
    await deciding;
    expect(await crew.stop()).toEqual([0, 0]);
    const { store, application } = acting;
    const { faults, calls, interrupted } = await judgeSoak(store, application.queries, dataDir, trees);
    expect([...tally.faults, ...faults, ...crew.complaints, ...provider.refusals]).toEqual([]);
    process.stdout.write(
      `${KILLS} kills in ${trees.length} trees left ${interrupted} of ${calls} calls with an unknown outcome.\n`,
    );
    // The kills hit the intended moments.
    expect(interrupted).toBeGreaterThan(KILLS / 40);
    expect(calls).toBeGreaterThan(interrupted);
  } catch (error) {
    const said = [(error as Error).message, describeOpen(), ...crew.complaints.slice(0, 5), ...provider.refusals];
    throw new Error(`BANYAN_SOAK_SEED=${SEED} BANYAN_SOAK_KILLS=${KILLS}: ${said.join("\n")}`, { cause: error });
  } finally {
    isOver = true;
    await crew.stop();
  }
});
