import Link from "next/link";
import type { ForkOrigin } from "@/core/shapes/shapes";
import { turnText } from "@/core/words/forks";

/** The tree that this one was forked from, while it exists. */
export interface ForkSource {
  title: string;
  /** The task that holds the message of the fork point. */
  taskId: string | null;
}

interface ForkedFromProps {
  treeId: string;
  from: ForkOrigin;
  source: ForkSource | null;
}

/** Says from which tree and turn this one continues, with a link to that place and one to the comparison. */
export function ForkedFrom({ treeId, from, source }: ForkedFromProps) {
  const turn = turnText(from);
  const point = turn ? `, from ${turn}` : "";
  if (!source) return <p className="text-small text-ink-3">Forked from a deleted tree{point}</p>;
  const place = source.taskId ? `?task=${source.taskId}&seq=${from.seq}` : "";
  return (
    <p className="flex min-w-0 items-center gap-2 text-small text-ink-3">
      <span className="min-w-0 truncate">
        Forked from{" "}
        <Link className="link" href={`/trees/${from.tree_id}${place}`} title={source.title}>
          {source.title}
        </Link>
        {point}
      </span>
      <Link className="link whitespace-nowrap" href={`/trees/${from.tree_id}/compare/${treeId}`}>
        Compare
      </Link>
    </p>
  );
}
