/** Commands that act on trees and tasks. Each prints one sentence that says what happens now. */
import { createIds } from "@/agents/queries/queries";
import type { Store } from "@/db/store";
import { type ActingApplication, type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { freeDeadWorkers, watchWorkers } from "@/scripts/cli/context/live-workers";
import { startOwnWorker } from "@/scripts/cli/context/own-worker";
import { readText } from "@/scripts/cli/context/task-text";
import { print, printJson, warn } from "@/scripts/cli/print/output";

export type Arguments = (string | undefined)[];

/** A command's answer. Only `--json` prints fields other than the sentence. */
export interface Answer {
  sentence: string;
}

interface ActOptions<A> {
  /** Whether the command takes effect only when a worker works on the tree. */
  needsWorker?: boolean | ((answer: A) => boolean);
  /** Whether only a server carries it out: a `run` works on its own tree only. */
  needsServer?: boolean;
  /** Makes the database when there is none: for what a person may do first. */
  migrate?: boolean;
  /** Returns lines to print below the sentence. */
  lines?(answer: A, acting: ActingApplication): Promise<string[]>;
}

export async function act<A extends Answer>(
  context: Context,
  what: (acting: ActingApplication) => Promise<A>,
  { needsWorker = false, needsServer = false, migrate = false, lines }: ActOptions<A> = {},
): Promise<number> {
  const run = async (acting: ActingApplication) => {
    const { store } = acting;
    await freeDeadWorkers(store);
    const answer = await what(acting);
    const workers = watchWorkers(store);
    const isWorked = needsServer ? workers.isLive() : workers.mayBeWorked();
    if (needsServer && !isWorked && !context.json)
      print(`${answer.sentence} No server runs: it does so when one starts, with \`npx banyan\`.`);
    else say(context, answer, isWorked, typeof needsWorker === "boolean" ? needsWorker : needsWorker(answer));
    if (!context.json && lines) for (const line of await lines(answer, acting)) print(line);
    return 0;
  };
  return withActing(context, run, { migrate });
}

function say(context: Context, answer: Answer, isWorked: boolean, needsWorker: boolean): void {
  if (context.json) printJson({ ...answer, worker: isWorked });
  else if (needsWorker && !isWorked)
    print(
      `${answer.sentence} No worker is running: this takes effect at the next start, or with \`npx banyan resume\`.`,
    );
  else print(answer.sentence);
}

/** Returns the task with this id, or the root task if the id is a tree's. Throws UserError. */
export function taskOf(store: Store, id: string): string {
  const ids = createIds(store);
  if (store.queries.trees.tasksLike(id).length > 0) return ids.task(id);
  const found = ids.treeOrTask(id);
  return found.kind === "tree" ? store.queries.trees.rootOf(found.uid) : found.uid;
}

const STOP_LIMIT_MS = 10_000;
const STOP_POLL_MS = 50;

/** Stops a task or tree. Without a worker it stops a whole tree itself, because nothing else would. */
export async function stop(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  return withActing(context, async (acting) => {
    const { application, store } = acting;
    await freeDeadWorkers(store);
    const { sentence } = await application.commands.stop({ id, reason: textFlag(flags, "reason") ?? "" });
    const isWorked = watchWorkers(store).mayBeWorked();
    const { kind, uid } = createIds(store).treeOrTask(id);
    const isStopped = kind === "tree" && !isWorked && (await carryOut(context, acting, uid));
    if (isStopped) say(context, { sentence: "The tree and all its tasks are stopped." }, isWorked, false);
    else say(context, { sentence }, isWorked, true);
    return 0;
  });
}

/** Runs a worker for the tree until the tree has ended. Resolves with false when that takes too long. */
async function carryOut(context: Context, { queries, store }: ActingApplication, treeId: string): Promise<boolean> {
  const worker = await startOwnWorker(context, store.queries.trees.treeKey(treeId), warn);
  try {
    const deadlineMs = performance.now() + STOP_LIMIT_MS;
    while (performance.now() < deadlineMs) {
      if ((await queries.getTree(treeId, { tasks: "none" })).ended_at !== null) return true;
      await new Promise((resolve) => setTimeout(resolve, STOP_POLL_MS));
    }
    return false;
  } finally {
    await worker.stop(0);
  }
}

export async function retry(context: Context, [id = "", given]: Arguments, flags: Flags): Promise<number> {
  const message = given === undefined ? undefined : await readText("message", given);
  const changes = { ...goesOnWith(flags), message };
  return act(context, ({ application, store }) => application.commands.retry({ id: taskOf(store, id), ...changes }), {
    needsWorker: true,
  });
}

/** Returns the flags that `retry` and `continue` share, in the form of the operations. */
export function goesOnWith(flags: Flags) {
  return { agent: textFlag(flags, "agent"), model: textFlag(flags, "model"), ...moreIn(flags) };
}

/** Returns what the flags add to a grant. */
function moreIn(flags: Flags) {
  const minutes = numberFlag(flags, "addMinutes", { least: 0 });
  return {
    cost_usd: numberFlag(flags, "addUsd", { least: 0 }),
    tokens: numberFlag(flags, "addTokens", { whole: true, least: 1 }),
    seconds: minutes === undefined ? undefined : minutes * 60,
  };
}

export async function change(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  const priority = numberFlag(flags, "priority", { whole: true, least: -100, most: 100 });
  const given = { agent: textFlag(flags, "agent"), model: textFlag(flags, "model"), priority };
  const alike = flags.alike === true;
  return act(
    context,
    ({ application, store }) => application.commands.change({ id: taskOf(store, id), ...given, alike }),
    { needsWorker: true },
  );
}

export async function grant(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  return act(context, ({ application }) => application.commands.grant({ id, ...moreIn(flags) }));
}

export async function steer(context: Context, [id = "", given]: Arguments): Promise<number> {
  const text = await readText("message", given);
  return act(context, ({ application, store }) => application.commands.steer({ id: taskOf(store, id), text }), {
    needsWorker: true,
  });
}
