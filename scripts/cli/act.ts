/** What a person does to trees and tasks: each command says in one sentence what follows. */
import type { Acting } from "@/agents/acting";
import type { Commands } from "@/agents/application";
import { createIds } from "@/agents/queries";
import { actor, type Context, type Flags, withActing } from "./context";
import { freeDeadWorkers, watchWorkers } from "./live-workers";
import { print, printJson, warn } from "./output";
import { startOwnWorker } from "./own-worker";
import { readText } from "./task-text";

type Arguments = (string | undefined)[];

/** `needsWorker`: nothing comes of it until somebody works on the tree. */
async function act(
  context: Context,
  needsWorker: boolean,
  what: (commands: Commands) => Promise<{ sentence: string }>,
): Promise<number> {
  return withActing(context, async ({ application, store }) => {
    await freeDeadWorkers(store);
    const { sentence } = await what(application.commands);
    const isWorked = watchWorkers(store).mayBeWorked();
    say(context, sentence, isWorked, needsWorker);
    return 0;
  });
}

function say(context: Context, sentence: string, isWorked: boolean, needsWorker: boolean): void {
  if (context.json) printJson({ sentence, worker: isWorked });
  else if (needsWorker && !isWorked)
    print(`${sentence} Nothing works on it at present: it happens at the next start, or with \`npx banyan resume\`.`);
  else print(sentence);
}

export const pause = (context: Context, [id = ""]: Arguments) =>
  act(context, false, (commands) => commands.pause(id, actor()));

const STOP_LIMIT_MS = 10_000;
const STOP_POLL_MS = 50;

/** A whole tree is stopped even when nobody works on it: there is nothing to wait for. */
export async function stop(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  return withActing(context, async (acting) => {
    const { application, store } = acting;
    await freeDeadWorkers(store);
    const reason = typeof flags.reason === "string" ? flags.reason : "";
    const { sentence } = await application.commands.stop(id, reason, actor());
    const isWorked = watchWorkers(store).mayBeWorked();
    const { kind, uid } = createIds(store).treeOrTask(id);
    const isStopped = kind === "tree" && !isWorked && (await carryOut(context, acting, uid));
    if (isStopped) say(context, "The tree is stopped, with everything in it.", isWorked, false);
    else say(context, sentence, isWorked, true);
    return 0;
  });
}

/** Works on the tree until what was stopped has ended. */
async function carryOut(context: Context, { queries, store }: Acting, treeId: string): Promise<boolean> {
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

export const retry = (context: Context, [id = ""]: Arguments) =>
  act(context, true, (commands) => commands.retry(id, actor()));

const decide =
  (decision: "approved" | "rejected") =>
  (context: Context, [id = ""]: Arguments, flags: Flags) =>
    act(context, false, (commands) => {
      return commands.decide(id, decision, typeof flags.reason === "string" ? flags.reason : "", actor());
    });
export const approve = decide("approved");
export const reject = decide("rejected");

export const grant = (context: Context, [id = ""]: Arguments, flags: Flags) =>
  act(context, false, (commands) => {
    const amount = (flag: string) => (flags[flag] === undefined ? undefined : Number(flags[flag]));
    return commands.grant(id, { usd: amount("addUsd"), tokens: amount("addTokens") }, actor());
  });

export const step = (context: Context, [id = ""]: Arguments) =>
  act(context, true, (commands) => commands.step(id, actor()));

export const deleteTree = (context: Context, [id = ""]: Arguments) =>
  act(context, false, (commands) => commands.deleteTree(id, actor()));

export async function steer(context: Context, [id = "", given]: Arguments): Promise<number> {
  const text = await readText("message", given);
  return act(context, true, (commands) => commands.steer(id, text, actor()));
}

export async function answer(context: Context, [id = "", given]: Arguments): Promise<number> {
  const text = await readText("answer", given);
  return act(context, true, (commands) => commands.answer(id, text, actor()));
}
