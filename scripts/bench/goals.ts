/** Measures goals: the overhead of a round with real files and commands, and what a thousand rounds cost. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fold } from "@/core/evolve";
import { ownerCalled } from "@/core/rules/roles";
import type { Submission } from "@/core/shapes/submission";
import { median } from "@/lib/statistics/paired-ratio";
import { heapMb } from "@/tests/agents/goal-day/heap";
import { instantGoalModel, instantGoalTools } from "@/tests/agents/goal-day/instant";
import { INSTANT_MODEL } from "@/tests/agents/instant";
import { percentile, type Row, row } from "./rows/row";
import { type BenchTrial, startBenchTrial } from "./trial";

const REAL_ROUNDS = 30;
/** The first rounds warm up. */
const WARM_UP = 5;
const MANY_ROUNDS = 1_000;
const FILES = 200;

export async function goalRows(): Promise<Row[]> {
  return [...(await realRounds()), ...(await manyRounds())];
}

interface Times {
  /** From the call that starts a round to the next question to the goal's program, per round. */
  roundMs: number[];
  /** What the program itself took, per question. */
  replyMs: number[];
}

/** Notes the times of a goal. `outside` returns what models and commands have taken so far. */
function watchRounds(outside: () => number) {
  const times: Times = { roundMs: [], replyMs: [] };
  let asked = 0;
  let round: { at: number; outside: number } | null = null;
  return {
    times,
    watch: {
      onAsked() {
        asked = performance.now();
        if (round) times.roundMs.push(asked - round.at - (outside() - round.outside));
        round = null;
      },
      onAnswered(callId: string) {
        const now = performance.now();
        times.replyMs.push(now - asked);
        if (/-round-\d+$/.test(callId)) round = { at: now, outside: outside() };
      },
    },
  };
}

/** Rounds with the server's own tools: snapshots, a clean copy of 200 files, and one command in the sandbox. */
async function realRounds(): Promise<Row[]> {
  const folder = workspace();
  let commandMs = 0;
  const { times, watch } = watchRounds(() => commandMs);
  const models = instantGoalModel(watch, (round) => report(round));
  const trial = await startBenchTrial({ models, tools: "real" });
  const { sandbox } = trial.runtime;
  const { run } = sandbox;
  sandbox.run = async (options) => {
    const startedAt = performance.now();
    try {
      return await run(options);
    } finally {
      commandMs += performance.now() - startedAt;
    }
  };
  const goal = { validation_command: "cat report.txt; false", max_iterations: REAL_ROUNDS, reflect_every: 1_000 };
  await pursue(trial, { task: "Make all tests pass", workspace: folder, goal });
  await trial.close();
  rmSync(folder, { recursive: true, force: true });
  const roundMs = times.roundMs.slice(WARM_UP);
  const name = "round of a goal";
  const note = `${roundMs.length} rounds of plan, work and check, ${FILES} files; without the command itself`;
  return [
    row(name, "overhead, p50", median(roundMs), "ms", undefined, note),
    row(name, "overhead, p95", percentile(roundMs, 0.95), "ms", 150),
    row(name, "its commands", commandMs / times.roundMs.length, "ms", undefined, "per round, not in the overhead"),
  ];
}

function workspace(): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-bench-goal-"));
  mkdirSync(join(folder, "src"));
  for (let file = 0; file < FILES; file += 1)
    writeFileSync(join(folder, "src", `part-${file}.js`), `export const part = ${file};\n`.repeat(40));
  return folder;
}

/** Returns the report of a test run in which this many of 1,000 tests pass. */
function report(passed: number): string {
  const tests = Array.from(
    { length: MANY_ROUNDS },
    (_, at) => `${at < passed ? "ok" : "not ok"} ${at + 1} - part ${at + 1}`,
  );
  return ["TAP version 13", `1..${MANY_ROUNDS}`, ...tests, ""].join("\n");
}

/** A thousand rounds without files and commands: the runtime and the goal's programs alone. */
async function manyRounds(): Promise<Row[]> {
  const { times, watch } = watchRounds(() => 0);
  const models = instantGoalModel(watch, (round) => `Round ${round}.`);
  // The disk decides the cost of a commit, which other workloads measure.
  const tools = instantGoalTools(5 * MANY_ROUNDS);
  const trial = await startBenchTrial({ models, tools, synchronous: "NORMAL" });
  const before = await heapMb();
  const goal = { validation_command: "npm test", max_iterations: MANY_ROUNDS, max_minutes: 100_000 };
  const tree = await pursue(trial, { task: "Make all tests pass", goal });
  const heap = (await heapMb()) - before;
  const { store } = trial.runtime;
  const root = store.client.sqlite
    .prepare(
      `SELECT id, length, (SELECT sum(length(CAST(body AS BLOB))) FROM messages WHERE task_id = tasks.id) AS bytes
        FROM tasks WHERE parent_id IS NULL AND tree_id = (SELECT id FROM trees WHERE uid = ?)`,
    )
    .get(tree) as { id: number; length: number; bytes: number };
  const foldMs = Array.from({ length: 5 }, () => {
    const startedAt = performance.now();
    fold(store.loader.entries(root.id, root.length));
    return performance.now() - startedAt;
  });
  const rounds = times.roundMs.length;
  await trial.close();
  const name = "goal of 1,000 rounds, NORMAL";
  if (rounds !== MANY_ROUNDS) throw new Error(`The goal took ${rounds} rounds.`);
  const last = times.replyMs.slice(-50);
  return [
    row(name, "load and fold", median(foldMs) / 1_000, "s", 1, "of the goal's own task"),
    row(name, "its log", root.bytes / 1e6, "MB", 2),
    row(name, "reply of the program, p95", percentile(last, 0.95), "ms", undefined, "of the last 50"),
    row(name, "first rounds, p50", median(times.roundMs.slice(10, 60)), "ms", undefined, "50 rounds, no files"),
    row(name, "last rounds, p50", median(times.roundMs.slice(-50)), "ms"),
    row(name, "heap afterwards", heap, "MB", undefined, "more than before, after a garbage collection"),
  ];
}

async function pursue(trial: BenchTrial, submission: Submission): Promise<string> {
  const submitted = await trial.runtime.application.commands.submitTree(
    { ...submission, model: INSTANT_MODEL },
    ownerCalled("bench"),
  );
  await trial.work();
  await trial.ended([submitted.id]);
  return submitted.id;
}
