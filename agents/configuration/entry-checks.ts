/** Whether an entry can become live, or stop being so: what it names is there, and nothing needs what goes. */

import { type ImportedEntry, UserError } from "@/agents/application";
import { checkModel } from "@/agents/providers/check-model";
import { nameOfServerTool } from "@/agents/tools/outside/server-tools";
import { FINISHING_AGENTS } from "@/core/ending";
import type { AgentBody } from "@/core/rules/configuration";
import { SELECTOR } from "@/core/selection";
import type { EntryKind } from "@/core/shapes/configuration";
import { parseRunbook } from "@/lib/models/runbook/parse";
import type { Configuration } from "./configuration";

export type Known = Pick<Configuration, "agents" | "documents" | "tools" | "runbooks">;

/** The runtime starts these by name. */
const NEEDED_AGENTS: ReadonlySet<string> = new Set([
  SELECTOR,
  ...Object.values(FINISHING_AGENTS),
  "task_breakdown",
  "context_addition",
  "tool_addition",
  "supervisor",
  "worker",
]);

/** Throws UserError. `entries` become live together with it. */
export function checkReferences(known: Known, entry: ImportedEntry, entries: readonly ImportedEntry[] = []): void {
  if (entry.kind !== "agent") return;
  const { name, model, tools, documents, finishing } = entry.body;
  if (model !== "inherit") checkModel(model);
  const judges = Object.values(FINISHING_AGENTS).includes(name);
  if (judges && Object.values(finishing).some((choice) => choice !== "never"))
    throw new UserError(
      "invalid",
      `The agent ${name} runs when other tasks end, so nothing may run when its own end: set evaluate, summarize and document to never.`,
    );
  const documentNames = new Set([
    ...known.documents().map((one) => one.name),
    ...entries.flatMap((one) => (one.kind === "document" ? [one.body.name] : [])),
  ]);
  const noDocument = documents.find((one) => !documentNames.has(one));
  if (noDocument !== undefined)
    throw new UserError("invalid", `The agent ${name} lists the document ${noDocument}, which is not there.`);
  for (const wanted of tools) checkTool(known, entry.body, wanted);
}

function checkTool(known: Known, { name }: AgentBody, wanted: string): void {
  const tool = known
    .tools()
    .find(
      (one) => one.name === wanted || one.server?.tools.some((own) => nameOfServerTool(one.name, own.name) === wanted),
    );
  if (!tool)
    throw new UserError(
      "invalid",
      `The agent ${name} lists the tool ${wanted}, which is not there (core tools are given to every agent and not listed).`,
    );
  if (!tool.availability.available)
    throw new UserError(
      "invalid",
      `The agent ${name} lists the tool ${wanted}, which is off: ${tool.availability.reason}`,
    );
}

/** Throws UserError when something that stays needs it. */
export function checkRemoval(known: Known, kind: EntryKind, name: string): void {
  if (kind === "agent" && NEEDED_AGENTS.has(name))
    throw new UserError("conflict", `The system itself starts the agent ${name}, so it stays: change it instead.`);
  const readers = kind === "document" ? known.agents().filter((agent) => agent.documents.includes(name)) : [];
  if (readers.length > 0)
    throw new UserError(
      "conflict",
      `The document ${name} is read by ${readers.map((agent) => agent.name).join(", ")}: take it off their lists first.`,
    );
  const callers = kind === "runbook" ? (callersOf(known.runbooks()).get(name) ?? []) : [];
  if (callers.length > 0)
    throw new UserError("conflict", `The runbook ${name} is started by ${callers.join(", ")}: change that first.`);
}

/** By the name of a runbook: others that start it in a subtask. */
export function callersOf(runbooks: readonly { name: string; text: string }[]): Map<string, string[]> {
  const callers = new Map<string, string[]>();
  for (const { name, text } of runbooks) {
    const steps = parseRunbook(text).runbook?.steps ?? [];
    const started = steps.flatMap(({ action }) => (action.verb === "start_subtasks" ? [action.runbook] : []));
    for (const one of new Set(started)) if (one && one !== name) callers.set(one, [...(callers.get(one) ?? []), name]);
  }
  return callers;
}
