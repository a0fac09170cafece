/**
 * Cross-read: two releases take turns on one database, and each is killed in the middle. Every log must fold and agree
 * with its rows as the base reads them, and every tree must end well.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { schemaDifference, schemaOf } from "@/db/file/expand-only";
import { applyMigrations, readMigrations } from "@/db/file/migrations";
import { openStore } from "@/db/store";
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { endTask, passed, startSubtask } from "@/tests/agents/replies";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import type { Reply } from "@/tests/agents/services/script";
import { finalChecks, occasionalChecks } from "@/tests/agents/simulation/checks";
import { decisionChecks } from "@/tests/agents/simulation/checks-of-decisions";
import { createTally } from "@/tests/agents/simulation/tally";
import { type Ended, type Release, startProgram } from "./programs";

/** Who works, and after how many requests to the model it is killed; null: it works until all trees have ended. */
interface Turn {
  release: Release;
  killAfter: number | null;
}

interface Stage {
  folder: string;
  data: string;
  provider: ScriptedProvider;
  /** Called for each request to the model. */
  watch: { onRequest(): void };
  trees: number;
}

const DEADLINE_MS = 90_000;
const POLL_MS = 50;
const LEAVES = ["a", "b"];
const MOST_NAMED = 5;
/** The number of pino's level for errors. */
const ERROR = 50;

/** Returns what went wrong, as sentences. `base` is the release of this code. */
export async function crossReadProblems(base: Release, change: Release, folder: string): Promise<string[]> {
  const there = [turn(base, 5), turn(change, 4), turn(change, 6), turn(base, null)];
  const back = [turn(change, 5), turn(base, 4), turn(change, null)];
  const problems: string[] = [];
  for (const [name, turns] of Object.entries({ there, back })) {
    problems.push(...(await playedIn(path.join(folder, name), turns, base)));
    if (problems.length > 0) break;
  }
  return problems;
}

function turn(release: Release, killAfter: number | null): Turn {
  return { release, killAfter };
}

async function playedIn(folder: string, turns: readonly Turn[], base: Release): Promise<string[]> {
  const data = path.join(folder, "data");
  mkdirSync(data, { recursive: true });
  const watch = { onRequest: () => {} };
  const provider = await startScriptedProvider(replyTo, { onRequest: () => watch.onRequest(), record: false });
  const stage: Stage = { folder, data, provider, watch, trees: 0 };
  try {
    for (const [at, { release, killAfter }] of turns.entries()) {
      const who = `${release.name} (turn ${at + 1} of ${turns.map((turn) => turn.release.name).join(", ")})`;
      const problem = (await submit(stage, release)) ?? (await work(stage, release, killAfter));
      if (problem !== null) return [`${who}: ${problem}`];
      const problems = readProblems(stage, base, killAfter === null);
      if (problems.length > 0) return problems.slice(0, MOST_NAMED).map((problem) => `After ${who}: ${problem}`);
    }
    return provider.refusals.length > 0 ? [`The model refused a request: ${provider.refusals[0]}`] : [];
  } finally {
    await provider.close();
  }
}

/** Submits two trees: one of a model and one of a runbook. */
async function submit(stage: Stage, release: Release): Promise<string | null> {
  stage.trees += 1;
  for (const args of [
    ["run", `root ${stage.trees}`, "--agent", "worker"],
    ["run", "Survey", "--runbook", "repository-survey"],
  ]) {
    const { ended } = start(stage, release, "banyan", [...args, "--detach", "--json"]);
    const result = await ended;
    if (result.status !== 0) return `\`banyan run\` ended with ${result.status}: ${lastOf(result)}`;
  }
  return null;
}

async function work(stage: Stage, release: Release, killAfter: number | null): Promise<string | null> {
  const worker = start(stage, release, "server", ["--role", "worker"]);
  let isOver = false;
  let isKilled = false;
  void worker.ended.then(() => {
    isOver = true;
  });
  const kill = () => {
    isKilled = true;
    worker.child.kill("SIGKILL");
  };
  let requests = 0;
  stage.watch.onRequest = () => {
    requests += 1;
    if (requests === killAfter) kill();
  };
  await worker.said("works on");
  const deadline = Date.now() + DEADLINE_MS;
  while (!isOver && Date.now() < deadline && (killAfter !== null || openTrees(stage) > 0))
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const isStuck = Date.now() >= deadline;
  stage.watch.onRequest = () => {};
  const endedItself = isOver && !isKilled;
  if (!isOver) worker.child.kill(isStuck ? "SIGKILL" : "SIGTERM");
  const result = await worker.ended;
  if (isStuck) return `the work does not end; ${openTrees(stage)} trees are open. ${lastOf(result)}`;
  if (endedItself) return `the worker ended by itself: ${lastOf(result)}`;
  const error = result.stderr.split("\n").find(isError);
  return error === undefined ? null : `the worker reported ${error.slice(0, 500)}`;
}

function start({ data, folder, provider }: Stage, release: Release, program: "banyan" | "server", args: string[]) {
  const places = { home: path.join(folder, "home"), providerUrl: provider.url };
  return startProgram(release, program, [...args, "--data", data], places);
}

function openTrees({ data }: Stage): number {
  const sqlite = new Database(path.join(data, "banyan.db"), { readonly: true });
  try {
    return Number(sqlite.prepare("SELECT count(*) FROM trees WHERE ended_at_ms IS NULL").pluck().get());
  } finally {
    sqlite.close();
  }
}

/** Reads all of the database with the base's code. */
function readProblems({ data }: Stage, base: Release, isLast: boolean): string[] {
  const migrations = path.join(base.root, "drizzle");
  const store = openStore(path.join(data, "banyan.db"), { migrations });
  const { sqlite } = store.client;
  try {
    const tally = createTally();
    occasionalChecks(store, tally)();
    decisionChecks(store, tally);
    if (isLast) finalChecks(store, true, tally);
    const bad = sqlite.prepare(
      "SELECT uid, title, status, reason FROM tasks WHERE ended_at_ms IS NOT NULL AND status <> 'succeeded'",
    );
    const rows = (bad.all() as Record<string, string>[]).map(
      ({ uid, title, status, reason }) => `the task ${uid} (${title}) ended as ${status} (${reason})`,
    );
    const damage = sqlite.pragma("integrity_check", { simple: true });
    const schema = schemaDifference(schemaMade(migrations), schemaOf(sqlite));
    return [
      ...tally.faults,
      ...rows,
      ...(damage === "ok" ? [] : [`the database is damaged: ${damage}`]),
      ...(schema === null ? [] : [`the schema is not that of the base with additions. ${schema}`]),
    ];
  } catch (error) {
    return [`the base cannot read the database: ${(error as Error).message}`];
  } finally {
    void store.close();
  }
}

function schemaMade(migrations: string): string[] {
  const sqlite = new Database(":memory:");
  try {
    applyMigrations(sqlite, "the base", readMigrations(migrations));
    return schemaOf(sqlite);
  } finally {
    sqlite.close();
  }
}

/** Depends only on the conversation, so that a repeated turn gets the same reply. */
function replyTo(request: ScriptedRequest): Reply {
  const title = request.instruction.split("\n", 1)[0] ?? "";
  if (request.agent === "task_evaluator") return passed();
  if (request.agent !== "worker") return endTask("noted");
  const [kind, number] = title.split(" ");
  if (kind === "leaf") {
    if (request.turn > 0) return endTask(`${title} is done`);
    return { calls: [{ name: "write_file", input: { path: `${number}.txt`, content: title } }] };
  }
  const leaves = LEAVES.map((leaf) => `leaf ${number}${leaf}`);
  if (request.turn === 0)
    return startSubtask(...leaves.map((leaf) => ({ instruction: leaf, title: leaf, agent: "worker" })));
  const told = JSON.stringify(request.messages);
  return leaves.every((leaf) => told.includes(`${leaf} is done`)) ? endTask("done") : { text: "I wait." };
}

function isError(line: string): boolean {
  try {
    return Number((JSON.parse(line) as { level?: number }).level) >= ERROR;
  } catch {
    return false;
  }
}

function lastOf({ stderr, stdout, status, signal }: Ended): string {
  return (`${stdout}\n${stderr}`.trim().split("\n").at(-1) ?? "").slice(0, 500) || `it ended with ${signal ?? status}`;
}
