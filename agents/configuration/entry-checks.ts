/** Checks whether an entry can go live or be removed: its references exist, and nothing else needs a removed entry. */
import { type ImportedEntry, UserError } from "@/agents/application";
import { checkModel } from "@/agents/providers/check-model";
import { toolOfServerNamed } from "@/agents/tools/outside/server-tools";
import { FINISHING_AGENTS } from "@/core/ending";
import { executorOf, needsModel } from "@/core/programs/names";
import type { AgentBody } from "@/core/rules/configuration";
import { SELECTOR } from "@/core/selection";
import type { ConfigKind } from "@/db/configuration/configuration";
import { parseRunbook } from "@/lib/models/runbook/parse";
import type { Configuration } from "./configuration";

export type Known = Pick<Configuration, "agents" | "documents" | "tools" | "runbooks">;

/** Agents that the runtime starts by name. */
const NEEDED_AGENTS: ReadonlySet<string> = new Set([
  SELECTOR,
  ...Object.values(FINISHING_AGENTS),
  "task_breakdown",
  "context_addition",
  "tool_addition",
  "supervisor",
  "worker",
  "goal",
  "iteration",
  "goal_planner",
  "goal_strategist",
  "specification_writer",
]);

/** Throws UserError for a missing reference. `entries` go live together with this entry. */
export function checkReferences(known: Known, entry: ImportedEntry, entries: readonly ImportedEntry[] = []): void {
  if (entry.kind !== "agent") return;
  const { name, model, tools, documents, finishing } = entry.body;
  if (model !== "inherit" && !needsModel(model)) checkModel(model);
  if (executorOf(model) !== null && !tools.includes("run_coding_agent"))
    throw new UserError("invalid", `The agent ${name} has the model ${model}, so it needs the tool run_coding_agent.`);
  const judges = Object.values(FINISHING_AGENTS).includes(name);
  if (judges && Object.values(finishing).some((choice) => choice !== "never"))
    throw new UserError(
      "invalid",
      `The agent ${name} runs when other tasks end, so its own tasks need no finishing: set evaluate, summarize and document to never.`,
    );
  const documentNames = new Set([
    ...known.documents().map((document) => document.name),
    ...entries.flatMap((entry) => (entry.kind === "document" ? [entry.body.name] : [])),
  ]);
  const noDocument = documents.find((document) => !documentNames.has(document));
  if (noDocument !== undefined)
    throw new UserError("invalid", `The agent ${name} lists the document ${noDocument}, which does not exist.`);
  for (const wanted of tools) checkTool(known, entry.body, wanted);
}

function checkTool(known: Known, { name }: AgentBody, wanted: string): void {
  const tool = known.tools().find((tool) => tool.name === wanted || toolOfServerNamed(tool, wanted) !== undefined);
  if (!tool)
    throw new UserError(
      "invalid",
      `The agent ${name} lists the tool ${wanted}, which does not exist (every agent has the core tools without listing them).`,
    );
  if (!tool.availability.available)
    throw new UserError(
      "invalid",
      `The agent ${name} lists the tool ${wanted}, which is unavailable: ${tool.availability.reason}`,
    );
}

/** Throws UserError when something else needs the entry. */
export function checkRemoval(known: Known, kind: ConfigKind, name: string): void {
  if (kind === "agent" && NEEDED_AGENTS.has(name))
    throw new UserError(
      "conflict",
      `The system starts the agent ${name} itself, so it cannot be removed: change it instead.`,
    );
  const readers = kind === "document" ? known.agents().filter((agent) => agent.documents.includes(name)) : [];
  if (readers.length > 0)
    throw new UserError(
      "conflict",
      `Agents read the document ${name}: remove it from ${readers.map((agent) => agent.name).join(", ")} first.`,
    );
  const users = kind === "tool" ? known.agents().filter((agent) => agent.tools.includes(name)) : [];
  if (users.length > 0)
    throw new UserError(
      "conflict",
      `Agents have the tool ${name}: remove it from ${users.map((agent) => agent.name).join(", ")} first.`,
    );
  const callers = kind === "runbook" ? (callersOf(known.runbooks()).get(name) ?? []) : [];
  if (callers.length > 0)
    throw new UserError("conflict", `Other runbooks start the runbook ${name}: change ${callers.join(", ")} first.`);
}

/** Returns, by the name of a runbook, the other runbooks that start it in a subtask. */
export function callersOf(runbooks: readonly { name: string; text: string }[]): Map<string, string[]> {
  const callers = new Map<string, string[]>();
  for (const { name, text } of runbooks) {
    const steps = parseRunbook(text).runbook?.steps ?? [];
    const started = steps.flatMap(({ action }) => (action.verb === "start_subtasks" ? [action.runbook] : []));
    for (const agent of new Set(started))
      if (agent && agent !== name) callers.set(agent, [...(callers.get(agent) ?? []), name]);
  }
  return callers;
}
