import type { BarLook } from "@/components/trees/timeline";

export const BAR_WORDS: Record<BarLook, string> = {
  live: "Running",
  ran: "Ran",
  ok: "Ran, succeeded",
  bad: "Ran, failed",
  off: "Ran, stopped",
  tasks: "Waited for tasks",
  you: "Waited for you",
  parked: "Parked",
  queued: "Queued",
  paused: "Paused",
};

/** Each kind of bar has its own fill and border. Waiting for subtasks is a thin line. */
export const BAR_COLOURS: Record<BarLook, string> = {
  live: "border border-run bg-run",
  ran: "border border-run bg-run-bg",
  ok: "border border-ok bg-ok-bg",
  bad: "border border-fail bg-fail",
  off: "border border-ink-3 bg-idle-bg",
  tasks: "bg-ink-3",
  you: "border border-wait-mark bg-wait-bg",
  parked: "border border-dashed border-park bg-park-bg",
  queued: "border border-dashed border-ink-3",
  paused: "border border-dotted border-ink-3 bg-idle-bg",
};
