import type { Task } from "@/core/shapes/shapes";

/** Returns sentences that say what a change will do, for a person to read before making it. Pure. */
export function followsText(
  task: Pick<Task, "status" | "agent" | "model">,
  worker: { agent?: string; model?: string },
  priority: string,
): string {
  const parts: string[] = [];
  if (worker.agent) {
    parts.push(`${worker.agent} takes over from ${task.agent}, with its own tools and documents.`);
    if (!worker.model) parts.push("The model stays the same unless the new agent names its own model.");
  }
  if (worker.model) parts.push(`${worker.model} rereads the whole conversation, so its first turn costs more.`);
  const order = ORDERS[priority];
  if (order) parts.push(`When slots are short, this task and its subtasks run ${order}.`);
  if (parts.length === 0) return "No changes yet. Choose another agent, model or priority.";
  if (!worker.agent && !worker.model) return parts.join(" ");
  const when: Partial<Record<Task["status"], string>> = {
    running: "The current turn finishes first.",
    parked: `The parked task resumes now${isSameProvider(task.model, worker.model) ? "; the same provider may park it again" : ""}.`,
    paused: "It stays paused until you resume it.",
  };
  const start = when[task.status] ?? "The change applies from its next turn.";
  return [...parts, "The work so far is kept.", start].join(" ");
}

const ORDERS: Record<string, string> = {
  "10": "before tasks with normal priority",
  "0": "in the normal order",
  "-10": "after tasks with normal priority",
};

function isSameProvider(now: string, next: string | undefined): boolean {
  return next === undefined || next.split("/", 1)[0] === now.split("/", 1)[0];
}
