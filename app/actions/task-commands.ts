"use server";

/** Commands on a task or a tree, for every page that shows one. */
import { application } from "@/agents/application";
import { type ActionResult, act } from "@/app/act";

export async function pauseTask(id: string): Promise<ActionResult> {
  return act((actor) => application().commands.pause(text(id), actor));
}

export async function resumeTask(id: string): Promise<ActionResult> {
  return act((actor) => application().commands.resume(text(id), actor));
}

export async function stopTask(id: string, reason: string): Promise<ActionResult> {
  return act((actor) => application().commands.stop(text(id), text(reason), actor));
}

export async function retryTask(id: string): Promise<ActionResult> {
  return act((actor) => application().commands.retry(text(id), actor));
}

export async function steerTask(id: string, message: string): Promise<ActionResult> {
  return act((actor) => application().commands.steer(text(id), text(message), actor));
}

export async function answerReview(id: string, answer: string): Promise<ActionResult> {
  return act((actor) => application().commands.answer(text(id), text(answer), actor));
}

export async function decideReview(id: string, decision: string, reason: string): Promise<ActionResult> {
  const decided = decision === "approved" ? "approved" : "rejected";
  return act((actor) => application().commands.decide(text(id), decided, text(reason), actor));
}

/** An action is an open door: whoever calls it may send anything. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
