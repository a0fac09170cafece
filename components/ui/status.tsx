import type { Task, TaskStatus, Tree } from "@/agents/core/shapes";
import { Icon } from "./icon";

/** A status as people see it: waiting for a person is its own, because it is the one that needs them. */
export type ShownStatus = TaskStatus | "you";

export const STATUS_WORDS: Record<ShownStatus, string> = {
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

export function shownStatusOf(task: Pick<Task, "status" | "waiting_for">): ShownStatus {
  const kind = task.status === "waiting" ? task.waiting_for?.kind : undefined;
  return kind === "answer" || kind === "approval" ? "you" : task.status;
}

/** A tree waits only when a person is needed; waiting for tasks is running. */
export function shownStatusOfTree(tree: Pick<Tree, "status">): ShownStatus {
  return tree.status === "waiting" ? "you" : tree.status;
}

export function StatusGlyph({ status, labelled = true }: { status: ShownStatus; labelled?: boolean }) {
  return <Icon name={status} className={`g s-${status}`} label={labelled ? STATUS_WORDS[status] : undefined} />;
}

export function StatusWord({ status }: { status: ShownStatus }) {
  return (
    <span className={`st s-${status}`}>
      <StatusGlyph status={status} labelled={false} />
      {STATUS_WORDS[status]}
    </span>
  );
}
