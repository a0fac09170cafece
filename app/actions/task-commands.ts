"use server";

/** Commands on a task or a tree, for every page that shows one. */
import { type ActionResult, act } from "@/app/act";
import { optionalNumber, optionalText, text } from "./values";

/** `alone`: the task only, while its subtasks go on. */
export async function pauseTask(id: string, alone = false): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.pause(text(id), actor, { alone: alone === true }));
}

export async function resumeTask(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.resume(text(id), actor));
}

export async function stepTask(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.step(text(id), actor));
}

/** Absent or empty: as it is. */
export interface TaskChange {
  agent?: string;
  model?: string;
  priority?: number;
}

export async function changeTask(id: string, to: TaskChange): Promise<ActionResult> {
  const wanted = {
    agent: optionalText(to?.agent),
    model: optionalText(to?.model)?.trim(),
    priority: optionalNumber(to?.priority),
  };
  return act(({ actor, commands }) => commands.change(text(id), wanted, actor));
}

export async function stopTask(id: string, reason: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.stop(text(id), text(reason), actor));
}

export async function retryTask(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.retry(text(id), actor));
}

export async function steerTask(id: string, message: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.steer(text(id), text(message), actor));
}
