import Link from "next/link";
import type { Tree } from "@/core/shapes/shapes";

/** The tree that this one was forked from, while it exists. */
export interface ForkSource {
  title: string;
  /** The task that holds the message of the fork point. */
  taskId: string | null;
}

interface ForkedFromProps {
  treeId: string;
  from: NonNullable<Tree["forked_from"]>;
  source: ForkSource | null;
}

export function ForkedFrom({ treeId, from, source }: ForkedFromProps) {
  if (!source)
    return <p className="text-small text-ink-3 phone:basis-full">forked from a deleted tree at message {from.seq}</p>;
  const task = source.taskId ? `?task=${source.taskId}` : "";
  return (
    <p className="flex min-w-0 items-center gap-2 text-small text-ink-3 phone:basis-full">
      <span className="min-w-0 truncate">
        forked from{" "}
        <Link className="link" href={`/trees/${from.tree_id}${task}`} title={source.title}>
          {source.title}
        </Link>{" "}
        at message {from.seq}
      </span>
      <Link className="link whitespace-nowrap" href={`/trees/${from.tree_id}/compare/${treeId}`}>
        Compare
      </Link>
    </p>
  );
}
