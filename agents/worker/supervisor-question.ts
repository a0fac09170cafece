/** Asks the supervisor agent about one case, with evidence from the log. */
import { join } from "node:path";
import { rootAssignment } from "@/agents/commands/submit";
import type { Configuration } from "@/agents/configuration/configuration";
import { logOf, personsWords } from "@/core/compact";
import { fold } from "@/core/evolve";
import { idOf } from "@/core/ids";
import { NO_CAPS } from "@/core/log/amounts";
import type { FoundTask } from "@/db/records/found-task";
import type { OpenCase } from "@/db/reviews/interventions";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { prepareWorkspace } from "@/lib/workspace/prepare";

export interface ConsultSources {
  configuration: Configuration;
  dataDir: string;
  checkout: string;
  defaultModel: string;
  /** Returns null when the model has no price. */
  priceOf(model: string): number | null;
  /** Tokens that the supervisor agent may use per day. */
  tokensPerDay: number;
  now(): number;
  /** Returns why a task cannot get the model now, as a sentence, or null. */
  refusalOf(model: string): string | null;
  /** Returns what a task can be given to: agents for subtasks, and models that can be used now. */
  choices(): Choices;
}

interface Choices {
  agents: readonly { name: string; description: string }[];
  models: readonly string[];
}

const SUPERVISOR = "supervisor";
/** The name under which the daily cap counts the supervisor's spend. */
const SUPERVISOR_PERSON = "supervisor";
/** The tokens that one question may cost. */
const TOKENS_PER_QUESTION = 40_000;
const LOG_CHARS = 16_000;

/** Returns the evidence. The log is quoted, so that nothing in it is taken for an order. */
export async function evidenceOf(choices: Choices, store: Store, task: FoundTask, openCase: OpenCase): Promise<string> {
  const state = fold(store.loader.entries(task.id, store.loader.lengthOf(task.id)));
  const { cap, spent, given } = await store.trees.grantOf(task);
  const words = personsWords(state);
  const caps =
    cap.tokens === null ? "no cap on tokens" : `${spent.tokens + given.tokens} of ${cap.tokens} tokens are spent`;
  return [
    `Rule: ${openCase.rule}. ${openCase.evidence}`,
    `Task ${task.uid} “${task.title}”, agent ${state.setup.agent}, model ${state.setup.model}, status ${task.status}, attempt ${state.attempt}, turn ${state.turn}, ${caps}.`,
    quoted("instruction", beginningOf(state.assignment.instruction, LOG_CHARS / 4)),
    ...(words === null ? [] : [quoted("words_of_people", beginningOf(words, LOG_CHARS / 4))]),
    ...logOf(state, LOG_CHARS, quoted),
    quoted("choices", choicesText(choices)),
  ].join("\n\n");
}

/** Returns what `replace` can name. */
function choicesText({ agents, models }: Choices): string {
  const named = agents.map(({ name, description }) => `- ${name}: ${description}`);
  return ["Agents:", ...named, `Models: ${models.join(", ") || "only the one that the task has"}`].join("\n");
}

function beginningOf(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)} […]`;
}

function quoted(what: string, text: string): string {
  return `<${what}>\n${text.replaceAll(`</${what}>`, `<\\/${what}>`)}\n</${what}>`;
}

/**
 * Opens a tree with the question and returns its public id, or why the agent cannot be asked. Returns null when running
 * questions may still use the rest of the day's tokens, so this one has to wait.
 */
export async function openConsult(
  sources: ConsultSources,
  store: Store,
  task: FoundTask,
  openCase: OpenCase,
  evidence: string,
): Promise<{ tree: string } | { why: string } | null> {
  const { configuration, defaultModel } = sources;
  if (defaultModel === "runbook") return { why: "There is no language model to judge the case." };
  if (!configuration.agents().some((agent) => agent.name === SUPERVISOR))
    return { why: "There is no supervisor agent to judge the case." };
  const { spent, reserved } = store.supervision.tokensToday(SUPERVISOR_PERSON, sources.now());
  if (spent + TOKENS_PER_QUESTION > sources.tokensPerDay)
    return { why: "The supervisor agent has used up its tokens for today." };
  if (spent + reserved + TOKENS_PER_QUESTION > sources.tokensPerDay) return null;
  const uid = newId();
  const instruction = `Task ${task.uid} may be stuck. Judge it by the evidence, and say what to do.\n\n${evidence}`;
  const setup = configuration.setupFor(SUPERVISOR, { model: defaultModel, rights: ["read"], instruction });
  const caps = { ...NO_CAPS, tokens: TOKENS_PER_QUESTION, tasks: 1 };
  prepareWorkspace({ ...sources, treeId: uid, request: {} });
  await store.trees.insert({
    uid,
    rootUid: idOf(uid, { turn: 0, id: "root" }, "task"),
    title: `Is “${task.title}” stuck?`.slice(0, 200),
    workspace: join(sources.dataDir, "workspaces", uid),
    inPlace: false,
    isSystem: true,
    priority: 50,
    createdBy: SUPERVISOR_PERSON,
    caps,
    setup: { ...setup, finishing: { evaluate: "never", summarize: "never", document: "never" } },
    assignment: rootAssignment({
      instruction,
      title: openCase.rule,
      grant: caps,
      workspace: "none",
      criteria: null,
      stepping: "automatic",
    }),
    events: [],
  });
  return { tree: uid };
}
