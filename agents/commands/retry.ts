/** Commands for an ended task: retry it, or continue it with a person's words. */

import { type Actor, type ContinueWith, type EndedCommands, type RetryWith, UserError } from "@/agents/application";
import type { CommandSources } from "@/agents/commands/world/sources";
import { checkModel, refuseMissing } from "@/agents/providers/check-model";
import { chosenOf } from "@/agents/queries/continuation/chosen-task";
import { continuationOf } from "@/agents/queries/continuation/continuation";
import { isProgram } from "@/core/programs/names";
import { personOf } from "@/core/rules/roles";
import type { Continued } from "@/core/shapes/continuation";
import type { FoundTask } from "@/db/records/found-task";
import type { RetriedWith } from "@/db/trees/trees";
import { newId } from "@/lib/new-id";
import { type ControlContext, changeLetter, checkMessage, grantLetter, refusePriceless } from "./control";
import { fork } from "./fork";

interface RetryContext extends ControlContext {
  sources: CommandSources;
}

export function createRetryCommands(sources: CommandSources, ids: ControlContext["ids"]): EndedCommands {
  const context: RetryContext = { ...sources, ids, sources };
  return {
    retry: (taskId, actor, given = {}) => retry(context, taskId, actor, given),
    continueTask: (taskId, words, actor, given = {}) => continueTask(context, taskId, words, actor, given),
  };
}

async function retry(
  context: RetryContext,
  taskId: string,
  actor: Actor,
  given: RetryWith,
): Promise<{ sentence: string }> {
  const { store, ids } = context;
  const found = store.queries.trees.findTask(ids.task(taskId));
  const chosen = chosenOf(store, found);
  const task = chosen && !isOpen(store.trees.refusalOfRetry(chosen)) ? chosen : found;
  const { message } = given;
  if (message !== undefined) checkMessage(message);
  const { along, said } = await alongOf(context, task, given, actor);
  const outcome = await store.trees.retry(task, actor.name, { ...along, ...(message !== undefined && { message }) });
  if (outcome === "not_ended")
    throw new UserError("conflict", "The task has not ended: only an ended task can be retried.");
  if (outcome === "read") {
    throw new UserError(
      "conflict",
      `The task's parent has already read its result, so it cannot be retried. Fork the tree at the task's first message instead: banyan fork ${task.uid}.`,
      { code: "result_was_read" },
    );
  }
  if (typeof outcome === "object") throw new UserError("conflict", lockedText(outcome.lockedBy));
  const sentences = [...said, `Attempt ${outcome} starts.`, message !== undefined && "It reads the message first."];
  return { sentence: sentences.filter(Boolean).join(" ") };
}

const isOpen = (refusal: unknown) => refusal === "not_ended";

function lockedText(title: string): string {
  return `The tree “${title}” works in this folder now: wait until it has ended, stop it, or fork this task, which copies the files.`;
}

/** Returns what begins with the new attempt, and its sentences. Throws UserError. */
async function alongOf(
  context: RetryContext,
  task: FoundTask,
  { more, agent, model }: ContinueWith,
  actor: Actor,
): Promise<{ along: RetriedWith; said: string[] }> {
  const { store, models } = context;
  const isChanged = agent !== undefined || model !== undefined;
  const change = isChanged ? changeLetter(context, task, { agent, model }, actor) : undefined;
  await refuseGone(models, change?.letter.setup.model ?? task.model);
  const letter = more && (await grantLetter(store, task, more, actor.name));
  return {
    along: { ...(letter && { letter }), ...(change && { change: change.letter }) },
    said: [change ? `Changed: ${change.words}.` : "", letter?.text ?? ""],
  };
}

/** A runbook reads no words, so a language model continues its conversation, with the same agent. */
async function fromRunbook(
  context: RetryContext,
  task: FoundTask,
  { more, model = context.sources.providers.defaultModel() }: ContinueWith,
  actor: Actor,
): ReturnType<typeof alongOf> {
  const { along, said } = await alongOf(context, task, { more }, actor);
  checkModel(model);
  await refuseGone(context.models, model);
  refusePriceless(context, task, model);
  const text = `${actor.name} continues this task with ${model}, instead of its runbook.`;
  const change = { kind: "change", by: actor.name, setup: { model, runbook: null }, text } as const;
  return { along: { ...along, change }, said };
}

async function continueTask(
  context: RetryContext,
  taskId: string,
  words: string,
  actor: Actor,
  given: ContinueWith,
): Promise<Continued> {
  const { store, ids, models } = context;
  const found = store.queries.trees.findTask(ids.task(taskId));
  const task = chosenOf(store, found) ?? found;
  checkMessage(words);
  const { by, why, needs } = continuationOf(context.sources, task);
  if (by === null) throw new UserError("conflict", why ?? "This task cannot be continued.");
  if (by === "message") return sendInstead(context, task, words, actor);
  await refuseGone(models, given.model ?? (isProgram(task.model) ? undefined : task.model));
  if (by === "fork") return inFork(context, task, words, actor, given);
  if (needs && !given.more && why) throw new UserError("conflict", why, { code: "grant_used_up", ...needs });
  const { along, said } = await (task.model === "runbook" ? fromRunbook : alongOf)(context, task, given, actor);
  const outcome = await store.trees.retry(task, actor.name, { ...along, words });
  // Another person, the parent or another tree came first.
  if (outcome === "not_ended") return sendInstead(context, task, words, actor);
  if (typeof outcome !== "number") return inFork(context, task, words, actor, given);
  const sentence = [...said, `Attempt ${outcome} continues the conversation.`].filter(Boolean).join(" ");
  return { sentence, by: "retry", tree_id: task.treeUid, task_id: task.uid };
}

/** Throws UserError when the provider no longer has the model. A person then names another one. */
async function refuseGone(models: RetryContext["models"], model: string | undefined): Promise<void> {
  try {
    await refuseMissing(models, model);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.kind, error.message, { code: "model_missing" });
  }
}

/** The task runs already, so the words reach it as a message. */
async function sendInstead({ store }: RetryContext, task: FoundTask, text: string, actor: Actor): Promise<Continued> {
  if (!(await store.trees.send(task.uid, { kind: "steer", text, by: actor.name })))
    throw new UserError("conflict", "The task ended again before it read the message: continue it once more.");
  const sentence = "The task runs already, so it reads your words at its next turn.";
  return { sentence, by: "message", tree_id: task.treeUid, task_id: task.uid };
}

async function inFork(
  { sources, store }: RetryContext,
  task: FoundTask,
  words: string,
  actor: Actor,
  { agent, model }: ContinueWith,
): Promise<Continued> {
  const at = store.forks.log(task.id).at(-1)?.seq;
  const tree_id = newId();
  const task_id = await fork(sources, task, { at, agent, model, steer: words }, personOf(actor.name), tree_id);
  const sentence = "A fork continues from the end of this task, with a copy of the files. This tree stays as it is.";
  return { sentence, by: "fork", tree_id, task_id };
}
