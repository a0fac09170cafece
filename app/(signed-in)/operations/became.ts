import type { TaskStatus } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";

const WORDS: Record<TaskStatus, string> = {
  ready: "continues",
  running: "continues",
  waiting: "continues",
  parked: "now parked",
  paused: "now paused",
  succeeded: "succeeded",
  failed: "failed",
  stopped: "was stopped",
};

/** Returns in words what each task does now, after the supervisor intervened. */
export function becameOf(tasks: ReadonlyMap<string, Task>): Map<string, string> {
  return new Map([...tasks].map(([id, { status }]) => [id, WORDS[status]]));
}

export function titlesOf(tasks: ReadonlyMap<string, Task>): Map<string, string> {
  return new Map([...tasks].map(([id, { title }]) => [id, title]));
}
