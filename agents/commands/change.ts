/** Another agent, model or priority for a task. */
import { z } from "zod";
import { type Actor, UserError, wrongField } from "@/agents/application";
import { type CommandWorld, continuesWork, operation } from "@/agents/commands/world/operation";
import type { CommandSources } from "@/agents/commands/world/sources";
import { refuseEnded, target } from "@/agents/commands/world/unit";
import { said } from "@/agents/operations/operation";
import { text, typedNumber, yesOrNo } from "@/agents/operations/parse";
import { checkModel, refuseMissing, WRONG_MODEL } from "@/agents/providers/check-model";
import { chosenOf } from "@/agents/queries/continuation/chosen-task";
import type { Setup } from "@/core/log/entries";
import type { PinnedVersion } from "@/core/log/versions";
import { isProgram } from "@/core/programs/names";
import { isSelector } from "@/core/selection";
import { plural } from "@/core/words/figures";
import { pricelessSentence } from "@/core/words/spending/spend-caps";
import type { FoundTask } from "@/db/records/found-task";
import type { Store } from "@/db/store";
import { checkAgent, priorityOf } from "./submit";

export const changeOperations = {
  change: operation({
    right: "run",
    summary: "Changes the agent, model or priority from the next turn on.",
    on: "unit",
    reach: continuesWork,
    http: "POST :unit/:id/change",
    /** `alike`: the tree's other tasks that are parked because their model, the same one, is gone get the model too. */
    input: z.strictObject({
      agent: text.optional().describe("Agent from the next turn on."),
      model: text.optional().describe("Model from the next turn on, as `provider/model`."),
      // A form may send a text that is no number.
      priority: typedNumber.optional().describe("Higher runs first; 0 is normal."),
      alike: yesOrNo
        .optional()
        .describe("Changes the model of the tree's other tasks, too, that are parked because the same model is gone."),
    }),
    audit: ["agent", "model", "priority", "alike"],
    result: said,
    run: change,
  }),
};

export type ChangeContext = Pick<CommandWorld, "store" | "configuration" | "priceOf" | "models" | "ids">;

interface Change extends Wanted {
  id: string;
  alike?: boolean | undefined;
}

async function change(
  { id, alike = false, ...wanted }: Change,
  actor: Actor,
  context: ChangeContext,
): Promise<{ sentence: string }> {
  const { store, ids } = context;
  const { task: found } = target(store, ids, id);
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
    .filter((other) => other.parked_by === "model_gone" && other.model === task.model && other.id !== task.uid)
    .map((task) => queries.trees.findTask(task.id));
}

/** Returns how many of the tasks were changed. One that ended meanwhile needs no change. */
async function switchAll(
  context: ChangeContext,
  tasks: readonly FoundTask[],
  to: Wanted,
  actor: Actor,
): Promise<number> {
  let switched = 0;
  for (const task of tasks)
    if (await context.store.trees.change(task, changeLetter(context, task, to, actor).letter)) switched += 1;
  return switched;
}

export function changeLetter(context: ChangeContext, task: FoundTask, wanted: Wanted, actor: Actor) {
  const { setup, priority, changes } = changeOf(context, task, wanted);
  const words = changes.map(({ what, to }) => `the ${what} to ${to}`).join(" and ");
  const text = `${actor.name} changed ${words} of this task.`;
  const letter = { kind: "change", by: actor.name, setup, ...(priority !== undefined && { priority }), text } as const;
  return { letter, words };
}

interface Wanted {
  agent?: string | undefined;
  model?: string | undefined;
  priority?: number | undefined;
}

export type ChangeSources = Pick<CommandSources, "store" | "configuration" | "priceOf">;

/** One change that a person made to a task. */
interface Changed {
  what: "agent" | "model" | "priority";
  to: string;
}

/**
 * Returns the letter's content: the changed parts of the setup, with the version of the agent that its tree uses. Throws
 * UserError.
 */
export function changeOf(
  sources: ChangeSources,
  task: Pick<FoundTask, "id" | "agent" | "model" | "treeUid">,
  wanted: Wanted,
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

/** What a task takes over from another agent. It keeps the rest: its rights, runbook, servers and pinned versions. */
const OF_THE_AGENT = [
  "agent",
  "agentVersion",
  "tools",
  "documents",
  "finishing",
  "maxTurns",
  "timeoutMs",
  "askTimeoutMs",
  "askDefault",
  "outputTokens",
  "effort",
] as const satisfies (keyof Setup)[];

/** Returns the agent's part of the setup. It has no model unless the agent names one, so a pending change is kept. */
function setupOf(
  { store, configuration }: ChangeSources,
  task: Pick<FoundTask, "agent" | "model" | "treeUid">,
  wanted: string,
  wantedModel: string | undefined,
): Partial<Setup> {
  checkAgent(configuration, wanted);
  if (isSelector(wanted) || isSelector(task.agent))
    throw wrongField("agent", "agent_selector only chooses agents: name the agent that should do the task.");
  // The tree keeps the versions that it began with, also for another agent.
  const pinned = store.queries.setups.ofTree(task.treeUid)[0]?.setup.pinned;
  return partsOfAgent({ configuration }, wanted, wantedModel, task, pinned);
}

/** Returns the agent's part of a setup, in the versions that are pinned, else as it is live. */
export function partsOfAgent(
  { configuration }: Pick<ChangeSources, "configuration">,
  wanted: string,
  wantedModel: string | undefined,
  task: Pick<FoundTask, "model">,
  pinned: readonly PinnedVersion[] | undefined,
): Partial<Setup> {
  const inherited = { model: wantedModel ?? task.model, rights: [], instruction: "", ...(pinned && { pinned }) };
  const all: Setup = configuration.setupFor(wanted, inherited);
  const own = configuration.agentBody(wanted, pinned)?.model ?? "inherit";
  const model = wantedModel ?? (own === "inherit" ? undefined : own);
  const setup = Object.fromEntries(OF_THE_AGENT.map((key) => [key, all[key]])) as Partial<Setup>;
  return model === undefined ? setup : { ...setup, model };
}

/** Throws UserError when the task cannot switch to the model, named or from the agent's own settings. */
export function refuseModel(sources: ChangeSources, task: Pick<FoundTask, "id" | "model">, model: string): void {
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
