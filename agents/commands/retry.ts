/** Commands for an ended task: retry it, or continue it with a person's words. */
import { z } from "zod";
import { type Actor, UserError } from "@/agents/application";
import { doneOnce, type First } from "@/agents/commands/world/done-once";
import { type CommandWorld, continuesWork, operation } from "@/agents/commands/world/operation";
import { target } from "@/agents/commands/world/unit";
import { said, shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { checkModel, refuseMissing } from "@/agents/providers/check-model";
import { chosenOf } from "@/agents/queries/continuation/chosen-task";
import { continuationOf } from "@/agents/queries/continuation/continuation";
import { isProgram } from "@/core/programs/names";
import type { Continued } from "@/core/shapes/continuation";
import type { FoundTask } from "@/db/records/found-task";
import type { RetriedWith } from "@/db/trees/trees";
import { changeLetter, refusePriceless } from "./change";
import { checkMessage } from "./control";
import { fork, forkedTaskOf } from "./fork";
import { grantLetter, type More, moreFields } from "./grant";
import { makeTree } from "./trees";

/** The changes with which an ended task continues. */
const goesOnWith = {
  agent: text.optional().describe("Agent that continues; absent: the same one."),
  model: text.optional().describe("Model that continues, as `provider/model`; absent: the same one."),
  ...moreFields,
};

type Said = z.infer<typeof said>;
type GoesOnWith = z.infer<z.ZodObject<typeof goesOnWith>>;

export const endedOperations = {
  /** When the retry is refused, nothing changes. */
  retry: operation({
    right: "run",
    summary: "Retries an ended task with a new conversation. All fields are optional.",
    on: "unit",
    reach: continuesWork,
    http: "POST :unit/:id/retry",
    /** `message`: read before everything else. */
    input: z.strictObject({
      message: text.optional().describe("A message that the task reads first."),
      once: text.optional().describe("A repeated request with the same value begins one attempt."),
      ...goesOnWith,
    }),
    audit: ["agent", "model", "tokens", "seconds"],
    tells: ({ message, cost_usd: usd }) => ({ usd, characters: message?.length }),
    result: said,
    async run({ id, once, ...given }, actor, world) {
      const { task } = target(world.store, world.ids, id);
      const asked = { what: "retry", subject: task.uid, once, input: given };
      return doneOnce(world.store, actor, asked, said, (first) => retry(world, task, given, actor, first));
    },
  }),
  /**
   * The task itself continues with its conversation and folder, or a fork does if the task cannot be retried. A task
   * that runs already reads the words as a message. A fork takes no grant.
   */
  continueTask: operation({
    right: "run",
    summary:
      "Continues an ended task with the words as its newest instruction: itself, or in a fork where it cannot be retried.",
    on: "unit",
    reach: continuesWork,
    http: "POST :unit/:id/continue",
    input: z.strictObject({
      text: text.optional().describe("What the task should do now. Exactly one of `text` and `message` is given."),
      message: text.optional().describe("The same as `text`."),
      once: text.optional().describe("A repeated request with the same value continues the task once."),
      ...goesOnWith,
    }),
    audit: ["agent", "model", "tokens", "seconds"],
    tells: ({ text: words, message = "", cost_usd: usd }) => ({ usd, characters: (words ?? message).length }),
    result: shape<Continued>("Continued"),
    async run({ id, text: words, message, once, ...given }, actor, world) {
      const { task } = target(world.store, world.ids, id);
      const one = onlyOf(words, message);
      const asked = { what: "continue", subject: task.uid, once, input: { ...given, text: one } };
      return doneOnce(world.store, actor, asked, shape<Continued>("Continued"), (first, name) =>
        continueTask(world, task, one, actor, { ...given, name, first }),
      );
    },
  }),
};

/** Returns the words that a request gives under one of two names. Throws UserError for none and for both. */
function onlyOf(words: string | undefined, message: string | undefined): string {
  const given = words ?? message;
  if (given === undefined || (words !== undefined && message !== undefined))
    throw new UserError("invalid", 'Say what the task should do now, either as "text" or as "message".');
  return given;
}

async function retry(
  context: CommandWorld,
  found: FoundTask,
  given: { message?: string | undefined } & GoesOnWith,
  actor: Actor,
  first: First<Said>,
): Promise<Said> {
  const { store } = context;
  const chosen = chosenOf(store, found);
  const task = chosen && !isOpen(store.trees.refusalOfRetry(chosen)) ? chosen : found;
  const { message } = given;
  if (message !== undefined) checkMessage(message);
  const { along, said: changes } = await alongOf(context, task, given, actor);
  const told = (attempt: string): Said => {
    const sentences = [...changes, attempt, message !== undefined && "It reads the message first."];
    return { sentence: sentences.filter(Boolean).join(" ") };
  };
  const all = { ...along, ...(message !== undefined && { message }) };
  const answer = told("The next attempt starts.");
  const outcome = await store.trees.retry(task, actor.name, all, first(answer));
  // The same request was faster, and stored this answer.
  if (outcome === "done") return answer;
  if (outcome === "not_ended")
    throw new UserError("conflict", "The task has not ended: only an ended task can be retried.");
  if (outcome === "read" || outcome === "parent_ended") {
    const why = outcome === "read" ? "has already read its result" : "has ended";
    throw new UserError(
      "conflict",
      `The task's parent ${why}, so it cannot be retried. Fork the tree at the task's first message instead: banyan fork ${task.uid}.`,
      { code: "result_was_read" },
    );
  }
  if (typeof outcome === "object") throw new UserError("conflict", lockedText(outcome.lockedBy));
  const { tries } = store.queries.trees.getTask(task.uid, context.now());
  return told(`Attempt ${tries} starts.`);
}

const isOpen = (refusal: unknown) => refusal === "not_ended";

function lockedText(title: string): string {
  return `The tree “${title}” works in this folder now: wait until it has ended, stop it, or fork this task, which copies the files.`;
}

const isMore = ({ cost_usd: usd, tokens, seconds }: More) =>
  [usd, tokens, seconds].some((amount) => amount !== undefined);

/** Returns the changes that begin with the new attempt, and sentences about them. Throws UserError. */
async function alongOf(
  context: CommandWorld,
  task: FoundTask,
  { agent, model, ...more }: GoesOnWith,
  actor: Actor,
): Promise<{ along: RetriedWith; said: string[] }> {
  const { store, models } = context;
  const isChanged = agent !== undefined || model !== undefined;
  const change = isChanged ? changeLetter(context, task, { agent, model }, actor) : undefined;
  await refuseGone(models, change?.letter.setup.model ?? task.model);
  const letter = isMore(more) ? await grantLetter(store, task, more, actor.name) : undefined;
  return {
    along: { ...(letter && { letter }), ...(change && { change: change.letter }) },
    said: [change ? `Changed: ${change.words}.` : "", letter?.text ?? ""],
  };
}

/** A runbook reads no words, so a language model continues its conversation, with the same agent. */
async function fromRunbook(
  context: CommandWorld,
  task: FoundTask,
  { agent: _, model = context.providers.defaultModel(), ...more }: GoesOnWith,
  actor: Actor,
): ReturnType<typeof alongOf> {
  const { along, said } = await alongOf(context, task, more, actor);
  checkModel(model);
  await refuseGone(context.models, model);
  refusePriceless(context, task, model);
  const text = `${actor.name} continues this task with ${model}, instead of its runbook.`;
  const change = { kind: "change", by: actor.name, setup: { model, runbook: null }, text } as const;
  return { along: { ...along, change }, said };
}

async function continueTask(
  context: CommandWorld,
  found: FoundTask,
  words: string,
  actor: Actor,
  { name, first, ...given }: GoesOnWith & { name: string | undefined; first: First<Continued> },
): Promise<Continued> {
  const { store, models } = context;
  const task = chosenOf(store, found) ?? found;
  checkMessage(words);
  const { by, why, needs } = continuationOf(context, task);
  if (by === null) throw new UserError("conflict", why ?? "This task cannot be continued.");
  if (by === "message") return sendInstead(context, task, words, actor, first);
  await refuseGone(models, given.model ?? (isProgram(task.model) ? undefined : task.model));
  const inItsFork = () => inFork(context, task, words, actor, { ...given, name });
  if (by === "fork") return inItsFork();
  if (needs && !isMore(given) && why) throw new UserError("conflict", why, { code: "grant_used_up", ...needs });
  const { along, said } = await (task.model === "runbook" ? fromRunbook : alongOf)(context, task, given, actor);
  const sentence = [...said, "The conversation continues."].filter(Boolean).join(" ");
  const answer: Continued = { sentence, by: "retry", tree_id: task.treeUid, task_id: task.uid };
  const outcome = await store.trees.retry(task, actor.name, { ...along, words }, first(answer));
  // Another person, the parent or another tree was faster.
  if (outcome === "not_ended") return sendInstead(context, task, words, actor, first);
  if (typeof outcome !== "number" && outcome !== "done") return inItsFork();
  return answer;
}

/** Throws UserError when the provider no longer has the model. A person then names another one. */
async function refuseGone(models: CommandWorld["models"], model: string | undefined): Promise<void> {
  try {
    await refuseMissing(models, model);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.kind, error.message, { code: "model_missing" });
  }
}

/** The task runs already, so the words reach it as a message. */
async function sendInstead(
  { store }: CommandWorld,
  task: FoundTask,
  text: string,
  actor: Actor,
  first: First<Continued>,
): Promise<Continued> {
  const sentence = "The task runs already, so it reads your words at its next turn.";
  const answer: Continued = { sentence, by: "message", tree_id: task.treeUid, task_id: task.uid };
  if (!(await store.trees.send(task.uid, { kind: "steer", text, by: actor.name }, first(answer))))
    throw new UserError("conflict", "The task ended again before it read the message: continue it once more.");
  return answer;
}

async function inFork(
  world: CommandWorld,
  task: FoundTask,
  words: string,
  actor: Actor,
  { agent, model, name }: GoesOnWith & { name: string | undefined },
): Promise<Continued> {
  const at = world.store.forks.log(task.id).at(-1)?.seq;
  const tree = await makeTree(world, name, (uid) => fork(world, task, { at, agent, model, steer: words }, actor, uid));
  const sentence = "A fork continues from the end of this task, with a copy of the files. This tree stays as it is.";
  return { sentence, by: "fork", tree_id: tree.id, task_id: forkedTaskOf(tree.id) };
}
