/** Pause, resume, step, stop and steer a task, or a tree. */
import { z } from "zod";
import { type Actor, UserError } from "@/agents/application";
import { doneOnce } from "@/agents/commands/world/done-once";
import { type CommandWorld, continuesWork, operation, reachesWork } from "@/agents/commands/world/operation";
import { refuseEnded, target } from "@/agents/commands/world/unit";
import { said } from "@/agents/operations/operation";
import { present, text, yesOrNo } from "@/agents/operations/parse";
import { refuseMissing } from "@/agents/providers/check-model";
import { chosenOf } from "@/agents/queries/continuation/chosen-task";
import { fold } from "@/core/evolve";
import { retriesText } from "@/core/words/tasks";
import type { FoundTask } from "@/db/records/found-task";
import type { Store } from "@/db/store";
import type { Stepped } from "@/db/trees/trees";
import { type ChangeContext, changeLetter } from "./change";
import { MAX_TASK_BYTES } from "./submit";

export const controlOperations = {
  pause: operation({
    right: "run",
    summary: "Pauses a tree, or a task and its subtasks, after the present turn.",
    on: "unit",
    reach: reachesWork,
    http: "POST :unit/:id/pause",
    /** `alone`: only the task; its subtasks keep running. */
    input: z.strictObject({ alone: yesOrNo.optional().describe("Pauses only this task; its subtasks go on.") }),
    audit: ["alone"],
    result: said,
    async run({ id, alone = false }, actor, { store, ids }) {
      const { task, scope } = target(store, ids, id);
      refuseEnded(task, "paused");
      const done = await store.trees.pause(task, actor.name, alone ? "task" : "branch");
      const what = alone ? "this task only" : scope;
      const sentence =
        done === "already" ? `Already paused: ${what}.` : `Paused: ${what}. Running calls finish; nothing new starts.`;
      return { sentence };
    },
  }),
  resume: operation({
    right: "run",
    summary: "Resumes a tree, or a task and its subtasks.",
    on: "unit",
    reach: continuesWork,
    http: "POST :unit/:id/resume",
    audit: [],
    result: said,
    run: resume,
  }),
  step: operation({
    right: "run",
    summary: "Runs one turn of a task, then pauses it again.",
    on: "unit",
    reach: continuesWork,
    http: "POST :unit/:id/step",
    /** Applied before the step. When the step is refused, this change is not made either. */
    input: z.strictObject({
      agent: text.optional().describe("Agent from the next turn on; absent: the same one."),
      model: text.optional().describe("Model from the next turn on, as `provider/model`; absent: the same one."),
      message: text.optional().describe("A message that the task reads at its next turn."),
    }),
    audit: ["agent", "model"],
    tells: ({ message }) => ({ characters: message?.length }),
    result: said,
    run: step,
  }),
  stop: operation({
    right: "run",
    summary: "Stops a tree, or a task and its subtasks. Finished work stays.",
    on: "unit",
    reach: reachesWork,
    http: "POST :unit/:id/stop",
    input: z.strictObject({ reason: text.optional().describe("Why, for the task's log.") }),
    audit: ["reason"],
    result: said,
    async run({ id, reason = "" }, actor, { store, ids }) {
      const { task, scope } = target(store, ids, id);
      refuseEnded(task, "stopped");
      await stopTask(store, task, reason.trim() ? `${actor.name}: ${reason.trim()}` : `By ${actor.name}.`);
      return { sentence: `Stopping ${scope}.` };
    },
  }),
  steer: operation({
    right: "run",
    summary: "Sends a message to a task, which reads it at its next turn.",
    on: "unit",
    reach: continuesWork,
    http: "POST :unit/:id/steer",
    input: z.strictObject({
      text: present.describe("A message that the task reads at its next turn."),
      once: text.optional().describe("A repeated request with the same value sends the message once."),
    }),
    audit: [],
    tells: ({ text: message }) => ({ characters: message.length }),
    result: said,
    run: ({ id, text: message, once }, actor, world) => steer(world, id, message, actor, once),
  }),
};

/** Tells a task, and the one that its agent_selector chose, to stop. Resolves with false when it had ended. */
export async function stopTask(store: Store, task: FoundTask, detail: string): Promise<boolean> {
  const chosen = chosenOf(store, task);
  const letter = { kind: "stop", status: "stopped", reason: "by_person", detail } as const;
  if (chosen) await store.trees.send(chosen.uid, letter);
  return store.trees.send(task.uid, letter);
}

async function resume(
  { id }: { id: string },
  actor: Actor,
  { store, ids }: Pick<CommandWorld, "store" | "ids">,
): Promise<{ sentence: string }> {
  const { trees } = store;
  const { task, scope } = target(store, ids, id);
  const near = trees.pausedNear(task);
  // A pause of the selector is also one of the task that it chose, so it is ended here instead of being a refusal.
  const selector = near.find((other) => other.id === task.parentId);
  refuseHeld(store, selector ?? task);
  const stepped = trees.maybeStepped(task).filter((task) => isStepped(store, task));
  let isResumed = await trees.resume(task, actor.name, stepped);
  if (selector) isResumed = (await trees.resume(selector, actor.name, [])) || isResumed;
  let unparked = await trees.unpark(task, actor.name);
  if (!isResumed && unparked === 0) {
    // Nothing at the task itself: it is paused by the pauses of tasks below it.
    for (const below of near) isResumed = (await trees.resume(below, actor.name, [])) || isResumed;
    unparked = await trees.unpark(task, actor.name);
  }
  if (unparked > 0) return { sentence: `Resumed: ${scope}. ${retriesText(unparked)} now.` };
  return { sentence: isResumed ? `Resumed: ${scope}.` : `Nothing to resume: ${scope} was not paused.` };
}

interface StepEdit {
  id: string;
  agent?: string | undefined;
  model?: string | undefined;
  message?: string | undefined;
}

async function step(
  { id, message, ...wanted }: StepEdit,
  actor: Actor,
  context: ChangeContext,
): Promise<{ sentence: string }> {
  const { store, ids } = context;
  const { task: found } = target(store, ids, id);
  const chosen = chosenOf(store, found);
  const task = chosen && found.holds === 0 ? chosen : found;
  refuseEnded(task, "stepped");
  if (message !== undefined) checkMessage(message);
  const isChanged = wanted.agent !== undefined || wanted.model !== undefined;
  const change = isChanged ? changeLetter(context, task, wanted, actor) : undefined;
  await refuseMissing(context.models, change?.letter.setup.model);
  refuseHeld(store, task);
  const isManual = isStepped(store, task);
  if (isManual && task.status === "running" && task.holds === 0)
    throw new UserError("conflict", "The task is in the middle of a turn and pauses after it: step it again then.");
  const given = { change: change?.letter, message, isStepped: isManual };
  const sentence = steppedText(await store.trees.step(task, actor.name, given));
  return { sentence: change ? `Changed: ${change.words}. ${sentence}` : sentence };
}

/** Throws UserError when a pause that is not the task's own covers it, because then it would not continue. */
function refuseHeld({ halts, trees }: Store, task: FoundTask): void {
  if (halts.current()) throw new UserError("conflict", "Everything is paused: resume everything first.");
  const above = trees.pausedAbove(task);
  if (above !== null)
    throw new UserError("conflict", `The task “${above}” above it is paused: step or resume that task first.`);
}

function steppedText({ isRunning, withSubtasks }: Stepped): string {
  const also = withSubtasks ? " Its subtasks pause before their next turns, too." : "";
  if (isRunning) return `It finishes its current turn, then pauses.${also}`;
  return `It takes one turn, then pauses.${also}`;
}

/** Sends the message as the actor's own. */
export async function steer(
  { store, ids }: Pick<CommandWorld, "store" | "ids">,
  id: string,
  text: string,
  actor: Actor,
  once?: string,
): Promise<{ sentence: string }> {
  const { task: found } = target(store, ids, id);
  return doneOnce(store, actor, { what: "steer", subject: found.uid, once, input: { text } }, said, async (first) => {
    const task = chosenOf(store, found) ?? found;
    refuseEnded(task, "steered", ": continue it instead");
    checkMessage(text);
    const answer = { sentence: `Sent. The task reads the message ${whenRead(store, task)}.` };
    if (!(await store.trees.send(task.uid, { kind: "steer", text, by: actor.name }, first(answer))))
      throw new UserError(
        "conflict",
        "The task ended before it read the message: retry the task, then send the message again.",
      );
    return answer;
  });
}

/** Says when the task reads what is sent to it now. */
function whenRead({ halts }: Store, { holds }: FoundTask): string {
  return holds > 0 || halts.current() ? "when it is resumed" : "at its next turn";
}

/** Returns whether the task is under manual stepping, by its log and its unread letters. */
export function isStepped({ loader }: Store, task: FoundTask): boolean {
  const unread = loader.letters(task.id).findLast((letter) => letter.kind === "stepping");
  if (unread) return unread.mode === "manual";
  return fold(loader.entries(task.id, loader.lengthOf(task.id))).assignment.stepping === "manual";
}

export function checkMessage(text: string): void {
  if (!text.trim()) throw new UserError("invalid", "The message is empty: write what the task should know.");
  if (Buffer.byteLength(text) > MAX_TASK_BYTES)
    throw new UserError(
      "too_large",
      "The message is larger than 1 MB: put it into a workspace file and name the file.",
    );
}
