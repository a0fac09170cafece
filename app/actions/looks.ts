"use server";

/** Reads for parts of a page, made when the parts are opened. */
import { type ActionResult, act } from "@/app/act";
import { enter } from "@/app/enter";
import { text } from "./values";

export async function readNextAction(taskId: string): Promise<ActionResult> {
  return act(({ queries }) => queries.nextAction(text(taskId)));
}

export interface WorkerChoices {
  agents: { name: string; description: string }[];
  /** Providers that can be used as configured. */
  providers: string[];
  defaultModel: string;
}

/** Returns the agents and providers that a person can choose for a task. */
export async function readWorkerChoices(): Promise<WorkerChoices> {
  const { queries } = await enter();
  const [agents, status] = await Promise.all([queries.listAgents(), queries.getStatus()]);
  return {
    agents: agents.flatMap(({ name, description, inner }) => (inner ? [] : [{ name, description }])),
    providers: status.models.flatMap(({ name, available }) => (available && name !== "runbook" ? [name] : [])),
    defaultModel: status.defaultModel,
  };
}
