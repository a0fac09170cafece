"use server";

/** What the parts of a page read when they are opened. */
import { application } from "@/agents/application";
import type { Intervention } from "@/agents/core/shapes";
import { type ActionResult, act } from "@/app/act";
import { requireSession } from "@/lib/auth/require-session";
import { text } from "./values";

const MOST_INTERVENTIONS = 200;

export async function readNextAction(taskId: string): Promise<ActionResult> {
  return act(() => application().queries.nextAction(text(taskId)));
}

export interface WorkerChoices {
  agents: { name: string; description: string }[];
  /** Providers that can be used as configured. */
  providers: string[];
  defaultModel: string;
}

/** Who may do a task, and with what. */
export async function readWorkerChoices(): Promise<WorkerChoices> {
  await requireSession();
  const { queries } = application();
  const [agents, status] = await Promise.all([queries.listAgents(), queries.getStatus()]);
  return {
    agents: agents.flatMap(({ name, description }) => (name === "agent_selector" ? [] : [{ name, description }])),
    providers: status.models.flatMap(({ name, available }) => (available && name !== "runbook" ? [name] : [])),
    defaultModel: status.defaultModel,
  };
}

/** Of one task, the newest first. */
export async function readInterventions(taskId: string): Promise<Intervention[]> {
  await requireSession();
  return application().queries.listInterventions({ taskId: text(taskId), limit: MOST_INTERVENTIONS });
}
