"use client";

import Link from "next/link";
import { type ListStart, useListFeed } from "@/components/feed/use-list-feed";
import { TreeRows } from "@/components/trees/tree-rows";

/** The rows of one page. New trees join only the first page; a row keeps its place while it changes. */
export function TreesView({ start, first }: { start: ListStart; first: boolean }) {
  const { trees } = useListFeed(start);
  const own = new Set(start.trees.map((tree) => tree.id));
  const newest = start.trees[0]?.created_at ?? "";
  const isNew = (created: string) => first && created >= newest;
  const shown = [...trees.values()]
    .filter((tree) => own.has(tree.id) || isNew(tree.created_at))
    .sort((a, b) => b.created_at.localeCompare(a.created_at));
  if (shown.length === 0) {
    return (
      <p className="dim">
        Trees appear here, newest first, as soon as a task is submitted. <Link href="/#new">Submit one</Link>
      </p>
    );
  }
  return (
    <section className="sect" aria-label="All trees">
      <TreeRows trees={shown} />
    </section>
  );
}
