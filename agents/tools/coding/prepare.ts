/** What one piece of work has settled before its agent starts, or the sentence why it cannot be done. */
import type { ToolContext } from "@/agents/tools/contract/tool";
import { isProgram } from "@/core/programs/names";
import type { FirstRequests } from "@/db/capabilities/first-requests";
import type { SpokenProtocols } from "@/db/capabilities/spoken-protocols";
import { AGENT_PROVIDERS, type ConfiguredAgent } from "@/lib/env/coding-agents";
import { providerLabel } from "@/lib/models/providers/labels";
import type { Workplace } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { type Way, waysTo } from "./drive";
import { type Executor, executorsWith } from "./executors";
import type { Piece } from "./input";
import { type AgentFolder, agentFolder, type LastSession } from "./sessions";

export interface CodingAgents {
  /** Agents of the settings, in addition to the known ones. */
  configured: readonly ConfiguredAgent[];
  /** Where programs are looked for, in the form of PATH. */
  searchPath: string;
  /** Absent: the size of an agent's first request is not known before it is sent. */
  firstRequests?: FirstRequests;
  /** Absent: the protocol of an agent of the settings is not known before it has sent a request. */
  spokenProtocols?: SpokenProtocols;
  /** How long an agent may take to open a session. */
  startTimeoutMs?: number;
}

export interface Prepared {
  agents: CodingAgents;
  given: Piece;
  context: ToolContext;
  workplace: Workplace;
  executor: Executor;
  ways: [Way, ...Way[]];
  /** Which of the agent's homes. */
  place: number;
  folder: AgentFolder;
  last: LastSession | null;
  /** The name of the task's model, and its provider's. */
  model: { model: string; provider: string };
  /** How many agents work in the call. */
  sharers: number;
}

/** Which of the homes of an agent a piece of work takes, and how many agents work in the call. */
export interface Place {
  place: number;
  sharers: number;
}

/** Rejects with a `WorkspaceError` when the agent cannot be used. */
export async function prepare(
  agents: CodingAgents,
  given: Piece,
  context: ToolContext,
  workplace: Workplace,
  { place, sharers }: Place,
): Promise<Prepared> {
  const executor = executorNamed(agents, given.agent);
  const status = await workplace.commands.status();
  if (!status.available) throw new WorkspaceError(status.reason);
  const ways = await waysOf(executor, agents, workplace);
  const learnt = agents.spokenProtocols?.providersOf(executor.name, ways[0].executable) ?? null;
  const model = modelOf(context, executor, executor.providers ?? learnt);
  const folder = agentFolder(workplace, executor.name, place);
  const last = given.session === undefined && !context.resumed ? null : await folder.last();
  return { agents, given, context, workplace, executor, ways, place, folder, last, model, sharers };
}

function executorNamed({ configured }: CodingAgents, name: string): Executor {
  const all = executorsWith(configured);
  const found = all.find((executor) => executor.name === name);
  if (found) return found;
  const names = all.map((executor) => executor.name).join(", ");
  throw new WorkspaceError(`There is no coding agent ${JSON.stringify(name)}; name one of these: ${names}.`);
}

async function waysOf(
  executor: Executor,
  { searchPath }: CodingAgents,
  { codingAgents, folder }: Workplace,
): Promise<[Way, ...Way[]]> {
  const [best, ...others] = await waysTo(executor, (names) => codingAgents.find(names, searchPath));
  if (best !== undefined) return [best, ...others];
  const machine = folder.isElsewhere ? "the runner that has this tree" : "this machine";
  throw new WorkspaceError(
    `${executor.title} is not installed on ${machine}, so ask a person to install it (${executor.install}), or do the work with your other tools.`,
  );
}

/** `providers`: whose models the agent can use; null: not known. */
function modelOf({ model: full = "" }: ToolContext, { title }: Executor, providers: readonly string[] | null) {
  const at = full.indexOf("/");
  const [provider, model] = [full.slice(0, Math.max(0, at)), full.slice(at + 1)];
  const served: readonly string[] = providers ?? AGENT_PROVIDERS;
  if (isProgram(full) || !served.includes(provider))
    throw new WorkspaceError(`${unfitSentence(title, served, full)} Nothing was started.`);
  return { model, provider };
}

/** Returns that an agent cannot use a model, and what helps, as a sentence. */
export function unfitSentence(title: string, providers: readonly string[], model: string): string {
  const speaks = providers.map((name) => providerLabel(name) ?? name).join(" or ");
  return `${title} speaks the protocol of ${speaks}, and this task's model is ${model}: name another coding agent, or give the work to a subtask with a model of ${speaks}.`;
}
