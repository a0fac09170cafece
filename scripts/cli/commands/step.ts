/** `step` lets a task take one turn and shows what it would do next; `next` only shows it. */
import { isStepped } from "@/agents/commands/control";
import type { Task } from "@/core/shapes/shapes";
import {
  type ActingApplication,
  type Context,
  type Flags,
  withActing,
  withReadRuntime,
} from "@/scripts/cli/context/context";
import { INTERRUPTED, type Interrupt, listenForInterrupt, needsReader } from "@/scripts/cli/context/interrupt";
import { freeDeadWorkers, watchWorkers } from "@/scripts/cli/context/live-workers";
import { type OwnWorker, startOwnWorker } from "@/scripts/cli/context/own-worker";
import { print, printJson, warn } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { short, stateOf } from "@/scripts/cli/print/words";
import { type Arguments, taskOf } from "./act";

const POLL_MS = 50;
/** No worker takes a task that is still queued after this time: a live `run` may belong to another tree. */
const TAKEN_WITHIN_MS = 1_000;
const GRACE_MS = 5_000;

/** Shows the next action of a task, or of a tree's root task. */
export async function next(context: Context, [id = ""]: Arguments): Promise<number> {
  return withReadRuntime(context, async ({ queries, store }) => {
    const answer = await queries.nextAction(taskOf(store, id));
    if (context.json) printJson(answer);
    else print(answer.sentence);
    return 0;
  });
}

export async function step(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  return withActing(context, async (acting) => {
    const { application, queries, store } = acting;
    await freeDeadWorkers(store);
    const uid = taskOf(store, id);
    const { treeUid } = store.queries.trees.findTask(uid);
    const waits = flags.detach !== true;
    // A manually stepped task that is still queued, such as before its first turn, must pause first, because a step
    // needs a pause.
    if (waits && (await queries.getTask(uid)).status === "ready" && isStepped(store, store.queries.trees.findTask(uid)))
      await untilItRests(context, acting, uid);
    const paused = await pausedIn(acting, treeUid);
    const { sentence } = await application.commands.step({ id: uid });
    // A step for agent_selector's task steps the task that it chose, so this finds the task that is no longer paused.
    const left = new Set((await pausedIn(acting, treeUid)).map((task) => task.id));
    const stepped = paused.find((task) => !left.has(task.id))?.id ?? null;
    if (!context.json) print(sentence);
    const isDone = !waits || (await untilItRests(context, acting, stepped ?? uid));
    const task = await queries.getTask(stepped ?? uid);
    const { sentence: after } = await queries.nextAction(task.id);
    const others = (await pausedIn(acting, treeUid)).filter((other) => other.id !== task.id);
    if (context.json)
      printJson({ sentence, worker: watchWorkers(store).mayBeWorked(), status: task.status, next: after });
    else {
      print(`${stateOf(task.status).word}. Next: ${after}`);
      for (const other of others) print(`Also paused: ${oneLine(other.title)} (npx banyan step ${short(other.id)})`);
    }
    return isDone ? 0 : INTERRUPTED;
  });
}

async function pausedIn({ queries }: ActingApplication, treeId: string): Promise<Task[]> {
  return (await queries.getTree(treeId)).tasks.filter((task) => task.status === "paused");
}

/** Waits until the turn has been taken, in this process when no other worker takes it. Resolves with false when interrupted. */
async function untilItRests(context: Context, acting: ActingApplication, taskId: string): Promise<boolean> {
  const { queries, store } = acting;
  const { treeId } = store.queries.trees.findTask(taskId);
  needsReader();
  const interrupt: Interrupt = listenForInterrupt();
  const workers = watchWorkers(store);
  const beganMs = performance.now();
  let own: OwnWorker | null = null;
  try {
    for (;;) {
      const { status } = await queries.getTask(taskId);
      if (status !== "ready" && status !== "running") return true;
      if (interrupt.isRequested()) return false;
      const isLate = status === "ready" && performance.now() - beganMs > TAKEN_WITHIN_MS;
      if (!own && !workers.isLive() && (isLate || !workers.mayBeWorked()))
        own = await startOwnWorker(context, treeId, warn);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    interrupt.close();
    await own?.stop(GRACE_MS);
  }
}
