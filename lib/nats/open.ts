/**
 * The door to NATS: its packages are loaded when the first link is opened, so that a process without NATS has none of
 * them. Other files of this folder without packages are `port`, `wire`, `names`, `errors`, and `key-file` and `pools` of
 * `credentials`.
 */
import type { CellLink, CellOptions, LinkOptions, RunnerLink } from "./port";

/** Connects the server to its cell, and makes what the cell needs in NATS. Throws NatsError. */
export async function openCell(options: CellOptions): Promise<CellLink> {
  return (await import("./cell")).connectCell(options);
}

/** Connects the runner of this name to its cell. Throws NatsError. */
export async function openRunner(options: LinkOptions & { runner: string }): Promise<RunnerLink> {
  return (await import("./runner")).connectRunner(options);
}
