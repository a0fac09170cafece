import type { ReactNode } from "react";
import type { Review, Task, Tree } from "@/core/shapes/shapes";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";
import { Icon } from "./icon";

/**
 * Returns the status to show. `asked` holds the open reviews that a person has to decide. It omits a question that the
 * parent task answers, so a task with that question shows as waiting.
 */
export function shownStatusOf(task: Pick<Task, "status" | "waiting_for">, asked: ReadonlySet<string>): ShownStatus {
  const reviews = task.status === "waiting" ? (task.waiting_for?.reviews ?? []) : [];
  return reviews.some((id) => asked.has(id)) ? "you" : task.status;
}

/** Returns the ids of the open reviews that a person has to decide. */
export function askedOf(reviews: readonly Pick<Review, "id">[]): ReadonlySet<string> {
  return new Set(reviews.map((review) => review.id));
}

/** Returns the status to show for a tree. A tree is `waiting` only when it needs a person. */
export function shownStatusOfTree(tree: Pick<Tree, "status">): ShownStatus {
  return tree.status === "waiting" ? "you" : tree.status;
}

export const WORD_COLOURS: Record<ShownStatus, string> = {
  ready: "text-idle",
  running: "text-run",
  you: "text-wait",
  waiting: "text-idle",
  parked: "text-park",
  paused: "text-idle",
  succeeded: "text-ok",
  failed: "text-fail",
  stopped: "text-idle",
};

/** Returns the classes of a status icon. Its amber is stronger than in text, and a running icon turns. */
function glyphColour(status: ShownStatus): string {
  if (status === "you") return "text-wait-mark";
  return status === "running" ? "text-run motion-safe:animate-turn" : WORD_COLOURS[status];
}

interface StatusGlyphProps {
  status: ShownStatus;
  labelled?: boolean;
  className?: string;
}

export function StatusGlyph({ status, labelled = true, className = "size-3.5" }: StatusGlyphProps) {
  const label = labelled ? STATUS_WORDS[status] : undefined;
  return <Icon name={status} className={`flex-none ${className} ${glyphColour(status)}`} label={label} />;
}

/** Status icon and word in one colour. `children` replaces the word. */
export function StatusWord({ status, children }: { status: ShownStatus; children?: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1.5 align-bottom whitespace-nowrap ${WORD_COLOURS[status]}`}>
      <StatusGlyph status={status} labelled={false} />
      {children ?? STATUS_WORDS[status]}
    </span>
  );
}
