"use server";

/** Commands on a task or a tree, for every page that shows one. */

import { type ActionResult, act } from "@/app/act";
import { optionalNumber, optionalText, text } from "./values";

/** Pauses a task and its subtasks. With `alone`, its subtasks keep running. */
export async function pauseTask(id: string, alone = false): Promise<ActionResult> {
  return act(({ commands }) => commands.pause({ id: text(id), alone: alone === true }));
}

export async function resumeTask(id: string): Promise<ActionResult> {
  return act(({ commands }) => commands.resume({ id: text(id) }));
}

export async function stepTask(id: string): Promise<ActionResult> {
  return act(({ commands }) => commands.step({ id: text(id) }));
}

/** An absent or empty field changes nothing. */
export interface TaskChange {
  agent?: string;
  model?: string;
  priority?: number;
}

/** `alike`: the model also for the tree's other tasks that are parked because theirs, the same one, is gone. */
export async function changeTask(id: string, to: TaskChange, alike = false): Promise<ActionResult> {
  const wanted = {
    agent: optionalText(to?.agent),
    model: optionalText(to?.model)?.trim(),
    priority: optionalNumber(to?.priority),
  };
  return act(({ commands }) => commands.change({ id: text(id), ...wanted, alike: alike === true }));
}

export async function stopTask(id: string, reason: string): Promise<ActionResult> {
  return act(({ commands }) => commands.stop({ id: text(id), reason: text(reason) }));
}

export async function steerTask(id: string, message: string): Promise<ActionResult> {
  return act(({ commands }) => commands.steer({ id: text(id), text: text(message) }));
}

/** Changes for the next step. An absent or empty field changes nothing. */
export interface StepEdit extends TaskChange {
  message?: string;
}

/** Changes the task and sends it a message, each if given, then runs it for one turn. */
export async function stepEdited(id: string, edit: StepEdit): Promise<ActionResult> {
  return act(({ commands }) => {
    const to = { agent: optionalText(edit?.agent), model: optionalText(edit?.model)?.trim() };
    const message = optionalText(edit?.message);
    return commands.step({ id: text(id), ...to, message });
  });
}
