import type { Task } from "@/core/shapes/shapes";

/** What will follow from a change, before it is made. Pure. */
export function followsText(
  task: Pick<Task, "status" | "agent" | "model">,
  worker: { agent?: string; model?: string },
  priority: string,
): string {
  const parts: string[] = [];
  if (worker.agent) {
    parts.push(`${worker.agent} takes over from ${task.agent}, with its own tools and documents.`);
    if (!worker.model) parts.push("The model stays, unless that agent names one of its own.");
  }
  if (worker.model)
    parts.push(`${worker.model} reads the conversation so far from its beginning, so its first turn costs more.`);
  const [times, word] = priority === "10" ? ["first", "before"] : priority === "-10" ? ["last", "after"] : ["", ""];
  if (times)
    parts.push(`When slots are short it is served ${times}: ${word} tasks with normal priority. So are its subtasks.`);
  else if (priority === "0") parts.push("When slots are short it is served in its turn, and so are its subtasks.");
  if (parts.length === 0) return "Nothing changes yet: choose another agent, model or priority.";
  if (!worker.agent && !worker.model) return parts.join(" ");
  const when: Partial<Record<Task["status"], string>> = {
    running: "The turn that runs now ends first.",
    parked: `It is parked and tries at once${isSameProvider(task.model, worker.model) ? "; the same provider may park it again" : ""}.`,
    paused: "It stays paused until you resume it.",
  };
  return [...parts, "What it has said and done stays.", when[task.status] ?? "It holds from its next turn on."].join(
    " ",
  );
}

function isSameProvider(now: string, next: string | undefined): boolean {
  return next === undefined || next.split("/", 1)[0] === now.split("/", 1)[0];
}
