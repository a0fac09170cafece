"use server";

/** Reads for parts of a page, made when the parts are opened. */

import { type ActionResult, act } from "@/app/act";
import { enter } from "@/app/enter";
import type { Intervention } from "@/core/shapes/shapes";
import { text } from "./values";

const MOST_INTERVENTIONS = 200;

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
    agents: agents.flatMap(({ name, description }) => (name === "agent_selector" ? [] : [{ name, description }])),
    providers: status.models.flatMap(({ name, available }) => (available && name !== "runbook" ? [name] : [])),
    defaultModel: status.defaultModel,
  };
}

/** Returns the task's interventions, newest first. */
export async function readInterventions(taskId: string): Promise<Intervention[]> {
  const { queries } = await enter();
  return queries.listInterventions({ taskId: text(taskId), limit: MOST_INTERVENTIONS });
}
