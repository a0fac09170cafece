import type { IconName } from "@/components/ui/icon";
import type { TaskEvent } from "@/core/log/entries";

const ICONS: Partial<Record<TaskEvent["type"], IconName>> = {
  subtasks_started: "tree",
  subtask_ended: "tree",
  predecessors_ended: "tree",
  correction: "tri",
  question: "question",
  answered: "comment",
  approval_decided: "approval",
  call_asked: "approval",
  call_answered: "approval",
  call_set_aside: "pause",
  executor_started: "plus",
  executor_call: "doc",
  repeated: "retry",
  stalled: "tri",
  restarted: "retry",
  daily_cap: "parked",
  changed: "change",
  goal_changed: "change",
  forked: "fork",
  files_saved: "doc",
  files_copied: "doc",
  files_merged: "doc",
  placed: "tree",
  model_failed: "tri",
  grant_low: "tri",
  lessons_shown: "memory",
  lesson_proposed: "memory",
  overrun: "tri",
  unconfirmed: "tri",
  tool_charged: "plus",
  too_long: "tri",
  outputs_shortened: "doc",
  compacted: "doc",
  tools_changed: "plus",
  configured: "plus",
  claims_checked: "judged",
  sent_back: "flag",
  unparked: "retry",
  granted: "plus",
  borrowed: "plus",
  held: "pause",
  stepping: "pause",
  retried: "retry",
};

/** Returns the icon of an event's entry in the log. */
export function eventIcon(event: TaskEvent): IconName {
  if (event.type === "ended") return event.status;
  if (event.type === "subtasks_started" && event.subtasks.every((one) => one.role === "finishing")) return "judged";
  return ICONS[event.type] ?? "info";
}
