import type { Review, Task, TaskStatus, Tree } from "@/agents/core/shapes";
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

/**
 * `asked` holds the reviews that are before a person. A question that its parent answers is in none of them: such a
 * task waits like any other.
 */
export function shownStatusOf(task: Pick<Task, "status" | "waiting_for">, asked: ReadonlySet<string>): ShownStatus {
  const reviews = task.status === "waiting" ? (task.waiting_for?.reviews ?? []) : [];
  return reviews.some((id) => asked.has(id)) ? "you" : task.status;
}

/** Ids of the open reviews before a person. */
export function askedOf(reviews: readonly Pick<Review, "id">[]): ReadonlySet<string> {
  return new Set(reviews.map((review) => review.id));
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
