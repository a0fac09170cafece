/** Commands for an existing task: message, pause, step, stop, change, grant. */

import { type Actor, type Commands, type StepEdit, UserError } from "@/agents/application";
import type { CommandSources } from "@/agents/commands/world/sources";
import { checkModel, refuseMissing, WRONG_MODEL } from "@/agents/providers/check-model";
import { chosenOf } from "@/agents/queries/continuation/chosen-task";
import type { Ids } from "@/agents/queries/ids";
import { fold } from "@/core/evolve";
import type { LetterBody } from "@/core/facts";
import type { GrantAmounts, Setup } from "@/core/log/entries";
import { isEnded } from "@/core/log/terms";
import { isProgram } from "@/core/programs/names";
import { isSelector } from "@/core/selection";
import { plural } from "@/core/words/figures";
import { pricelessSentence } from "@/core/words/spend-caps";
import type { FoundTask } from "@/db/records/found-task";
import type { Store } from "@/db/store";
import type { Stepped } from "@/db/trees/trees";
import { checkAgent, MAX_TASK_BYTES, priorityOf } from "./submit";

type ControlCommands = Pick<Commands, "pause" | "resume" | "step" | "stop" | "steer" | "change" | "grant">;

export interface ControlContext extends ChangeSources {
  ids: Ids;
  models: CommandSources["models"];
}

export function createControlCommands(
  { store, configuration, priceOf, models }: CommandSources,
  ids: Ids,
): ControlCommands & { changeGoal(taskId: string, letter: LetterBody): Promise<{ sentence: string }> } {
  const context: ControlContext = { store, configuration, priceOf, models, ids };
  return {
    pause: (id, actor, options = {}) => pause(context, id, actor, options),
    resume: (id, actor) => resume(context, id, actor),
    step: (taskId, actor, edit = {}) => step(context, taskId, actor, edit),
    stop: (id, reason, actor) => stop(context, id, reason, actor),
    steer: (taskId, text, actor) => steer(context, taskId, text, actor),
    changeGoal: (taskId, letter) => changeGoal(context, taskId, letter),
    change: (taskId, wanted, actor, options = {}) => change(context, taskId, wanted, actor, options),
    grant: (id, more, actor) => grant(context, id, more, actor),
  };
}

async function pause(
  { store, ids }: ControlContext,
  id: string,
  actor: Actor,
  { alone = false }: { alone?: boolean },
): Promise<{ sentence: string }> {
  const { task, scope } = target(store, ids, id);
  refuseEnded(task, "paused");
  const done = await store.trees.pause(task, actor.name, alone ? "task" : "branch");
  const what = alone ? "this task only" : scope;
  const sentence =
    done === "already" ? `Already paused: ${what}.` : `Paused: ${what}. Running calls finish; nothing new starts.`;
  return { sentence };
}

async function resume({ store, ids }: ControlContext, id: string, actor: Actor): Promise<{ sentence: string }> {
  const { task, scope } = target(store, ids, id);
  const stepped = store.trees.maybeStepped(task).filter((one) => isStepped(store, one));
  const isResumed = await store.trees.resume(task, actor.name, stepped);
  const unparked = await store.trees.unpark(task, actor.name);
  if (unparked > 0)
    return {
      sentence: `Resumed: ${scope}. ${unparked === 1 ? "1 parked task retries" : `${unparked} parked tasks retry`} now.`,
    };
  return { sentence: isResumed ? `Resumed: ${scope}.` : `Nothing to resume: ${scope} was not paused.` };
}

async function step(
  context: ControlContext,
  taskId: string,
  actor: Actor,
  { message, ...wanted }: StepEdit,
): Promise<{ sentence: string }> {
  const { store, ids } = context;
  const found = store.queries.trees.findTask(ids.task(taskId));
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

/** Throws UserError when a pause that does not belong to the task itself holds it: a step would not begin. */
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

async function stop(
  { store, ids }: ControlContext,
  id: string,
  reason: string,
  actor: Actor,
): Promise<{ sentence: string }> {
  const { task, scope } = target(store, ids, id);
  refuseEnded(task, "stopped");
  const detail = reason.trim() ? `${actor.name}: ${reason.trim()}` : `By ${actor.name}.`;
  const chosen = chosenOf(store, task);
  for (const one of chosen ? [chosen, task] : [task]) {
    await store.trees.send(one.uid, { kind: "stop", status: "stopped", reason: "by_person", detail });
  }
  return { sentence: `Stopping ${scope}.` };
}

async function steer(
  { store, ids }: ControlContext,
  taskId: string,
  text: string,
  actor: Actor,
): Promise<{ sentence: string }> {
  const found = store.queries.trees.findTask(ids.task(taskId));
  const task = chosenOf(store, found) ?? found;
  refuseEnded(task, "steered", ": continue it instead");
  checkMessage(text);
  if (!(await store.trees.send(task.uid, { kind: "steer", text, by: actor.name })))
    throw new UserError(
      "conflict",
      "The task ended before it read the message: retry the task, then send the message again.",
    );
  return { sentence: "Sent. The task reads the message at its next turn." };
}

async function changeGoal(
  { store, ids }: ControlContext,
  taskId: string,
  letter: LetterBody,
): Promise<{ sentence: string }> {
  const task = store.queries.trees.findTask(ids.task(taskId));
  refuseEnded(task, "changed", ": continue it first");
  if (!(await store.trees.send(task.uid, letter)))
    throw new UserError("conflict", "The goal ended before it read the change: continue it first.");
  return { sentence: "Changed. It counts from the next round on." };
}

async function change(
  context: ControlContext,
  taskId: string,
  wanted: { agent?: string; model?: string; priority?: number },
  actor: Actor,
  { alike = false }: { alike?: boolean | undefined },
): Promise<{ sentence: string }> {
  const { store, ids } = context;
  const found = store.queries.trees.findTask(ids.task(taskId));
  const task = chosenOf(store, found) ?? found;
  refuseEnded(task, "changed");
  if (alike && wanted.model === undefined)
    throw new UserError("invalid", "Name the model that the tasks should switch to.");
  const others = alike ? parkedAlike(store, task) : [];
  const { letter, words } = changeLetter(context, task, wanted, actor);
  await refuseMissing(context.models, letter.setup.model);
  if (!(await store.trees.change(task, letter)))
    throw new UserError("conflict", "The task ended before the change took effect: retry the task first.");
  const switched = await switchAll(context, others, { model: wanted.model }, actor);
  const more = switched > 0 ? ` ${plural(switched, "other task")} of the tree got the same model.` : "";
  return { sentence: `Changed: ${words}. From its next turn.${more}` };
}

/** Returns the other tasks of the tree that are parked because they have the same model, and it is gone. */
function parkedAlike({ queries }: Store, task: FoundTask): FoundTask[] {
  const { tasks } = queries.trees.getTree(task.treeUid, "rows", 0);
  return tasks
    .filter((one) => one.parked_by === "model_gone" && one.model === task.model && one.id !== task.uid)
    .map((one) => queries.trees.findTask(one.id));
}

/** Returns how many of the tasks were changed. One that ended meanwhile needs no change. */
async function switchAll(
  context: ControlContext,
  tasks: readonly FoundTask[],
  to: { model?: string },
  actor: Actor,
): Promise<number> {
  let switched = 0;
  for (const task of tasks)
    if (await context.store.trees.change(task, changeLetter(context, task, to, actor).letter)) switched += 1;
  return switched;
}

export function changeLetter(
  context: ControlContext,
  task: FoundTask,
  wanted: { agent?: string; model?: string; priority?: number },
  actor: Actor,
) {
  const { setup, priority, changes } = changeOf(context, task, wanted);
  const words = changes.map(({ what, to }) => `the ${what} to ${to}`).join(" and ");
  const text = `${actor.name} changed ${words} of this task.`;
  const letter = { kind: "change", by: actor.name, setup, ...(priority !== undefined && { priority }), text } as const;
  return { letter, words };
}

async function grant(
  { store, ids }: ControlContext,
  id: string,
  more: { usd?: number; tokens?: number },
  actor: Actor,
): Promise<{ sentence: string }> {
  const { task: found } = target(store, ids, id);
  const task = chosenOf(store, found) ?? found;
  const letter = await grantLetter(store, task, more, actor.name);
  await store.trees.grant(task, letter, letter);
  const next = isEnded(task.status) ? " The task has ended: retry it to continue." : "";
  return { sentence: `${letter.text}${next}` };
}

export type ChangeSources = Pick<CommandSources, "store" | "configuration" | "priceOf">;

/** One change that a person made to a task. */
interface Changed {
  what: "agent" | "model" | "priority";
  to: string;
}

/** Returns the letter's content: the changed parts of the setup, with the version of the agent that its tree uses. Throws UserError. */
export function changeOf(
  sources: ChangeSources,
  task: Pick<FoundTask, "id" | "agent" | "model" | "treeUid">,
  wanted: { agent?: string; model?: string; priority?: number },
): { setup: Partial<Setup>; priority?: number; changes: Changed[] } {
  const changes: Changed[] = [];
  let setup: Partial<Setup> = {};
  if (wanted.model !== undefined) {
    checkModel(wanted.model);
    setup = { model: wanted.model };
    changes.push({ what: "model", to: `${wanted.model}` });
  }
  if (wanted.agent !== undefined) {
    setup = { ...setupOf(sources, task, wanted.agent, wanted.model) };
    changes.push({ what: "agent", to: `${wanted.agent}` });
  }
  if (setup.model !== undefined) refuseModel(sources, task, setup.model);
  const priority = wanted.priority === undefined ? undefined : priorityOf(wanted.priority);
  if (priority !== undefined) changes.push({ what: "priority", to: `${priority}` });
  if (changes.length === 0) throw new UserError("invalid", "Say what to change: the agent, the model or the priority.");
  return { setup, priority, changes };
}

/** Returns the agent's part of the setup. It has no model unless the agent names one, so a pending change is kept. */
function setupOf(
  { store, configuration }: ChangeSources,
  task: Pick<FoundTask, "agent" | "model" | "treeUid">,
  wanted: string,
  wantedModel: string | undefined,
): Partial<Setup> {
  checkAgent(configuration, wanted);
  if (isSelector(wanted) || isSelector(task.agent))
    throw new UserError("invalid", "agent_selector only chooses agents: name the agent that should do the task.");
  // The tree keeps the versions that it began with, also for another agent.
  const pinned = store.queries.setups.ofTree(task.treeUid)[0]?.pinned;
  const inherited = { model: wantedModel ?? task.model, rights: [], instruction: "", ...(pinned && { pinned }) };
  const {
    agent,
    agentVersion,
    tools,
    documents,
    finishing,
    maxTurns,
    timeoutMs,
    askTimeoutMs,
    askDefault,
    outputTokens,
    effort,
  } = configuration.setupFor(wanted, inherited);
  const own = configuration.agents().find((one) => one.name === wanted)?.model ?? "inherit";
  const model = wantedModel ?? (own === "inherit" ? undefined : own);
  const setup = {
    agent,
    agentVersion,
    tools,
    documents,
    finishing,
    maxTurns,
    timeoutMs,
    askTimeoutMs,
    askDefault,
    outputTokens,
    effort,
  };
  return model === undefined ? setup : { ...setup, model };
}

/** Throws UserError when the task cannot switch to the model, named or from the agent's own settings. */
function refuseModel(sources: ChangeSources, task: Pick<FoundTask, "id" | "model">, model: string): void {
  if (model === task.model) return;
  if (isProgram(model) || isProgram(task.model))
    throw new UserError(
      "invalid",
      "A task cannot switch between a program, such as a runbook or a goal, and a language model: submit a new task.",
      WRONG_MODEL,
    );
  refusePriceless(sources, task, model);
}

/** Throws UserError when the tree caps money and nobody knows what the model costs. */
export function refusePriceless(
  { store, priceOf }: Pick<ChangeSources, "store" | "priceOf">,
  task: Pick<FoundTask, "id">,
  model: string,
): void {
  if (store.trees.isMoneyCapped(task.id) && priceOf(model) === null)
    throw new UserError("invalid", pricelessSentence(model, "tree"), WRONG_MODEL);
}

/** Returns the amounts to add. Each must be positive and of something that is capped. Throws UserError. */
function moreOf(more: { usd?: number; tokens?: number }, cap: GrantAmounts): { tokens: number; microUsd: number } {
  const amount = { tokens: Math.round(more.tokens ?? 0), microUsd: Math.round((more.usd ?? 0) * 1_000_000) };
  for (const [name, given, value, most] of [
    ["tokens", more.tokens, amount.tokens, cap.tokens],
    ["dollars", more.usd, amount.microUsd, cap.microUsd],
  ] as const) {
    if (given === undefined) continue;
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new UserError("invalid", `The ${name} to add cannot be ${given}: give a positive number.`);
    }
    if (most === null) throw new UserError("conflict", `The tree has no cap on ${name}, so there is nothing to raise.`);
    if (!Number.isSafeInteger(most + value))
      throw new UserError("invalid", `The ${name} to add cannot be ${given}: the cap would be too large.`);
  }
  if (amount.tokens + amount.microUsd === 0)
    throw new UserError("invalid", "Say what to add: dollars, tokens, or both.");
  return amount;
}

function target(store: Store, ids: Ids, id: string): { task: FoundTask; scope: string } {
  const found = ids.treeOrTask(id);
  const uid = found.kind === "tree" ? store.queries.trees.rootOf(found.uid) : found.uid;
  return {
    task: store.queries.trees.findTask(uid),
    scope: found.kind === "tree" ? "the tree" : "this task and its subtasks",
  };
}

/** Returns whether the task is under manual stepping, by its log and its unread letters. */
export function isStepped({ loader }: Store, task: FoundTask): boolean {
  const unread = loader.letters(task.id).findLast((letter) => letter.kind === "stepping");
  if (unread) return unread.mode === "manual";
  return fold(loader.entries(task.id, loader.lengthOf(task.id))).assignment.stepping === "manual";
}

function refuseEnded(task: FoundTask, what: string, instead = ""): void {
  if (!isEnded(task.status)) return;
  throw new UserError("conflict", `The task has ${task.status}, so it cannot be ${what}${instead}.`);
}

export function checkMessage(text: string): void {
  if (!text.trim()) throw new UserError("invalid", "The message is empty: write what the task should know.");
  if (Buffer.byteLength(text) > MAX_TASK_BYTES)
    throw new UserError(
      "too_large",
      "The message is larger than 1 MB: put it into a workspace file and name the file.",
    );
}

/** Returns the letter that adds to the grant. Throws UserError for an amount that cannot be added. */
export async function grantLetter(store: Store, task: FoundTask, more: { usd?: number; tokens?: number }, by: string) {
  const amount = moreOf(more, (await store.trees.grantOf(task)).cap);
  const words = [
    amount.microUsd > 0 && `$${amount.microUsd / 1_000_000}`,
    amount.tokens > 0 && `${amount.tokens} ${amount.tokens === 1 ? "token" : "tokens"}`,
  ].filter(Boolean);
  return { kind: "granted", by, text: `${by} granted ${words.join(" and ")} more.`, ...amount } as const;
}
