import type { ServerStart } from "@/core/shapes/operations";

/** Returns how a start of the server ended, in a few words. */
export function endWords({ end, ended_by }: Pick<ServerStart, "end" | "ended_by">): string {
  if (end === null) return "Running";
  if (end === "signal") return `Stopped by the signal ${ended_by}`;
  if (end === "asked") return `Stopped by ${ended_by}`;
  if (end === "machine") return "The machine went down or restarted";
  if (end === "restored") return "The database was restored from a backup";
  return "Crashed, or was killed";
}
