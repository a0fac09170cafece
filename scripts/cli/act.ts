/** What a person does to trees and tasks: each command says in one sentence what follows. */
import type { Commands } from "@/agents/application";
import { actor, type Context, type Flags, withActing } from "./context";
import { freeDeadWorkers, watchWorkers } from "./live-workers";
import { print, printJson } from "./output";
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
    const isWorked = watchWorkers(store).isLive();
    if (context.json) printJson({ sentence, worker: isWorked });
    else if (needsWorker && !isWorked)
      print(`${sentence} Nothing works on it at present: it happens at the next start, or with \`npx banyan resume\`.`);
    else print(sentence);
    return 0;
  });
}

export const pause = (context: Context, [id = ""]: Arguments) =>
  act(context, false, (commands) => commands.pause(id, actor()));

export const stop = (context: Context, [id = ""]: Arguments, flags: Flags) =>
  act(context, true, (commands) => commands.stop(id, typeof flags.reason === "string" ? flags.reason : "", actor()));

export const retry = (context: Context, [id = ""]: Arguments) =>
  act(context, true, (commands) => commands.retry(id, actor()));

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
