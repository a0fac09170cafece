import type { ServerStart, WorkerState } from "@/core/shapes/operations";

/** What a process does, by its role. */
export const PROCESS_ROLES: Record<WorkerState["role"], string> = {
  all: "web and worker",
  web: "web",
  worker: "worker",
  run: "worker of a command",
};

/** Returns how a start of the server ended, in a few words. */
export function endWords({ end, ended_by }: Pick<ServerStart, "end" | "ended_by">): string {
  if (end === null) return "Running";
  if (end === "signal") return `Stopped by the signal ${ended_by}`;
  if (end === "asked") return `Stopped by ${ended_by}`;
  if (end === "machine") return "The machine went down or restarted";
  if (end === "restored") return "The database was restored from a backup";
  return "Crashed, or was killed";
}
