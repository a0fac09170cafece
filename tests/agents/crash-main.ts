/**
 * A worker in a process of its own that kills itself, for the crash sweep. It works on the tree of a data folder until
 * the tree has ended, and prints the kinds of the boundaries that it passed: the moments after each commit, model call
 * and tool call. The moments before them are the same: between a commit and the next effect, or an effect and its
 * commit, nothing changes.
 *   BANYAN_DATA_DIR, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL: as the server reads them
 *   BANYAN_TEST_TREE: the tree's id; BANYAN_TEST_KILL_AT: the boundary at which the process dies by SIGKILL (0: none)
 *   BANYAN_TEST_BOUNDARIES: "files": only those of checkouts and merges, and the commits after one of them; "trials":
 *   only commits that change trials, their replays, or the number of trees
 *   BANYAN_TEST_TRIAL: a trial's id: it works until that trial has no replays left and its results decide nothing more,
 *   instead of until a tree has ended. BANYAN_TEST_DIE: it dies within the transaction that does this, as "UPDATE ON trials"
 * BANYAN_TEST_TOOLS: "all": the real tools, and the person changes nothing.
 *   BANYAN_TEST_SCHEDULE: a schedule's id: it works until each of its times has begun and the trees have ended
 * Each effect of a tool is a line in effects.log of the data folder. The process also plays a person, who approves
 * calls, answers questions, and once changes the root's model and grants more: each of these is a commit as well.
 */

import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { createRuntime } from "@/agents/boot/runtime";
import type { Runtime, SupervisedWorker } from "@/agents/boot/runtime-parts";
import type { WorldTool } from "@/agents/tools/contract/tool";
import { writeFile } from "@/agents/tools/files/write-file";
import { isEnded } from "@/core/log/terms";
import { ownerCalled } from "@/core/rules/roles";
import { readSettings } from "@/lib/env";
import { toldSandbox } from "@/lib/sandbox/testing/tested";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { seenInCommits } from "./commits";
import { dieWithin } from "./limits/die-within";
import { worldToolFor } from "./world-tool";

const settings = readSettings(process.env, process.cwd());
const treeId = process.env.BANYAN_TEST_TREE ?? "";
const killAt = Number(process.env.BANYAN_TEST_KILL_AT ?? "0");
const isOnlyFiles = process.env.BANYAN_TEST_BOUNDARIES === "files";
const isOnlyTrials = process.env.BANYAN_TEST_BOUNDARIES === "trials";
const scheduleId = process.env.BANYAN_TEST_SCHEDULE ?? "";
const trialId = process.env.BANYAN_TEST_TRIAL ?? "";
const isOfGoal = process.env.BANYAN_TEST_TOOLS === "all";
/** The kind of each passed boundary: an effect by its name, or a commit by the entries that it stored. */
const passed: string[] = [];
/** A commit is a boundary of files if a checkout or merge ran since the last commit. */
let hasTouchedFiles = false;

function boundary(kind: string, isOfFiles = false): void {
  if (isOnlyFiles && !isOfFiles && !hasTouchedFiles) return;
  hasTouchedFiles = isOfFiles;
  passed.push(kind);
  if (passed.length === killAt) process.kill(process.pid, "SIGKILL");
}

/** An effect with the boundary after it. */
function bounded<A extends unknown[], R>(
  name: string,
  effect: (...args: A) => Promise<R>,
  isOfFiles = false,
): (...args: A) => Promise<R> {
  return async (...args) => {
    const result = await effect(...args);
    if (!isOnlyTrials) boundary(name, isOfFiles);
    return result;
  };
}

function toolWithEffect(name: string, afterCrash: "repeat" | "report_interrupted") {
  return worldToolFor(name, afterCrash, ({ what }, { taskId }) => {
    appendFileSync(join(settings.dataDir, "effects.log"), `${name} ${taskId} ${what}\n`);
  });
}

/** Returns a function that returns the state of the trials and their replays. */
function stepOfTrials({ client }: Runtime["store"]): () => string {
  const read = client.sqlite
    .prepare(`
    SELECT (SELECT json_group_array(status || ifnull(replays, '')) FROM trials) || (SELECT count(*) FROM trees)
      || (SELECT json_group_array(status || tree) FROM trial_replays)`)
    .pluck();
  return () => read.get() as string;
}

/** Returns a function that returns the kinds of the entries, and the letters, since its last call. */
function newEntries({ client }: Runtime["store"]): () => string {
  const read = client.sqlite.prepare(`
    SELECT (SELECT max(id) FROM messages) AS last, (SELECT count(*) FROM letters) > 0 AS hasLetters,
      (SELECT group_concat(kind, ' ') FROM (
        SELECT DISTINCT kind || ifnull(body ->> '$.type', '') AS kind FROM messages WHERE id > ? ORDER BY 1)) AS kinds`);
  let last = 0;
  return () => {
    const found = read.get(last) as { last: number | null; hasLetters: number; kinds: string | null };
    last = found.last ?? 0;
    return `commit ${found.kinds ?? ""} ${found.hasLetters}`;
  };
}

/** Each effect of the runtime is a boundary. */
function mark({ world: { log, models, tools, snapshots }, store }: Runtime): void {
  const stepOf = stepOfTrials(store);
  const entries = newEntries(store);
  entries();
  let step = stepOf();
  // Counted before the callers that waited for the commit continue.
  log.onCommit(() => {
    const before = step;
    step = isOnlyTrials ? stepOf() : "";
    if (!isOnlyTrials || step !== before) boundary(entries());
  });
  models.respond = bounded("model call", models.respond.bind(models));
  tools.call = bounded("tool call", tools.call.bind(tools));
  for (const effect of ["checkOut", "merge", "apply", "copy"] as const)
    Object.assign(snapshots, {
      [effect]: bounded(effect, (snapshots as SnapshotStore)[effect] as (...args: unknown[]) => Promise<unknown>, true),
    });
}

/** Ignores a refusal: the item was decided by somebody else, or the task has ended. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof UserError)) throw error;
}

/** Returns the function that does the person's part at each check. */
function createPerson({ application: { queries, commands }, store }: Runtime): (root: string) => Promise<void> {
  const person = ownerCalled("person");
  const isSent = store.client.sqlite
    .prepare(`
  SELECT EXISTS (SELECT 1 FROM letters WHERE body ->> '$.kind' = @letter)
    OR EXISTS (SELECT 1 FROM messages WHERE kind = 6 AND body ->> '$.type' = @event)`)
    .pluck();
  return async (root) => {
    const { items } = await queries.listReviews({ open: true });
    for (const { id, kind } of items) {
      const decided =
        kind === "question"
          ? commands.answer({ id, text: "Large." }, person)
          : commands.decide({ id, decision: "approved", reason: "" }, person);
      await decided.catch(ignoreRefusal);
    }
    const { turns, ended_at } = await queries.getTask(root);
    if (turns < 1 || ended_at || isOfGoal) return;
    if (isSent.get({ letter: "change", event: "changed" }) === 0)
      await commands.change({ id: root, model: "anthropic/claude-haiku-4-5" }, person).catch(ignoreRefusal);
    if (isSent.get({ letter: "granted", event: "granted" }) === 0)
      await commands.grant({ id: root, tokens: 1_000 }, person).catch(ignoreRefusal);
  };
}

/** Does the work of the timers, so that nothing waits for them. */
async function isTrialDone({ application }: Runtime, worker: SupervisedWorker): Promise<boolean> {
  await worker.replays.check();
  await worker.supervisor.check();
  await new Promise((resolve) => setTimeout(resolve, 5));
  return (await application.queries.getTrial(trialId)).status !== "replaying";
}

async function isScheduleDone({ application, store }: Runtime, worker: SupervisedWorker): Promise<boolean> {
  await worker.schedules.check();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { runs } = await application.queries.getSchedule(scheduleId);
  const isPending = store.schedules.pending().length > 0;
  return !isPending && runs.length > 0 && runs.every(({ tree }) => tree && isEnded(tree.status));
}

export async function main(): Promise<void> {
  const runtime = await createRuntime({
    settings,
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
    ...toldSandbox(),
    // A goal is checked by the real tools.
    ...(!isOfGoal && {
      worldTools: [
        toolWithEffect("once", "report_interrupted"),
        toolWithEffect("often", "repeat"),
        toolWithEffect("asked", "report_interrupted"),
        writeFile as WorldTool,
      ],
    }),
    report: (message, error) => process.stderr.write(`${message} ${error instanceof Error ? error.stack : ""}\n`),
  });
  mark(runtime);
  const worker = await runtime.startWorker({ role: "worker", pollMs: 20 });
  if (process.env.BANYAN_TEST_DIE) dieWithin(runtime.store, process.env.BANYAN_TEST_DIE);
  const actAsPerson = createPerson(runtime);
  if (scheduleId !== "") while (!(await isScheduleDone(runtime, worker)));
  else if (trialId !== "") while (!(await isTrialDone(runtime, worker)));
  else
    await seenInCommits(runtime.store.log, async () => {
      const tree = await runtime.application.queries.getTree(treeId, { tasks: "none" });
      if (tree.ended_at) return tree;
      await actAsPerson(tree.root_task_id);
      return null;
    });
  process.stdout.write(`${JSON.stringify({ passed: passed.length, kinds: passed })}\n`, () => process.exit(0));
}
