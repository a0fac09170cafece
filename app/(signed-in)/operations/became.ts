import type { TaskStatus } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";

const WORDS: Record<TaskStatus, string> = {
  ready: "goes on",
  running: "goes on",
  waiting: "goes on",
  parked: "now parked",
  paused: "now paused",
  succeeded: "succeeded",
  failed: "failed",
  stopped: "was stopped",
};

/** What became of each task after the supervisor did something about it. */
export function becameOf(tasks: ReadonlyMap<string, Task>): Map<string, string> {
  return new Map([...tasks].map(([id, { status }]) => [id, WORDS[status]]));
}

export function titlesOf(tasks: ReadonlyMap<string, Task>): Map<string, string> {
  return new Map([...tasks].map(([id, { title }]) => [id, title]));
}
