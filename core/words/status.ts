import type { TaskStatus } from "@/core/log/terms";

/** A status as people see it: waiting for a person is a status of its own, because it is the one that needs them. */
export type ShownStatus = TaskStatus | "you";

export const STATUS_WORDS: Readonly<Record<ShownStatus, string>> = {
  ready: "Ready",
  running: "Running",
  you: "Waiting for you",
  waiting: "Waiting",
  parked: "Parked",
  paused: "Paused",
  succeeded: "Succeeded",
  failed: "Failed",
  stopped: "Stopped",
};
