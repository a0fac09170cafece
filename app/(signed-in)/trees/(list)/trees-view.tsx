"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Tree } from "@/agents/core/shapes";
import { type ListStart, useListFeed } from "@/components/feed/use-list-feed";
import { useSaid } from "@/components/reviews/use-said";
import { TreeRow } from "@/components/trees/tree-rows";
import { plural } from "@/components/ui/format";
import { Button } from "@/components/ui/parts";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { DeleteDialog } from "./delete-dialog";
import { EmptyList } from "./empty-list";
import { isFiltered, type ListState } from "./list-address";

interface TreesViewProps {
  start: ListStart;
  state: ListState;
  /** Where the API has these rows. */
  list: string;
  mayDelete: boolean;
}

/** The rows of one page: each keeps its place while it changes; what is new comes when somebody asks for it. */
export function TreesView({ start, state, list, mayDelete }: TreesViewProps) {
  const { trees } = useListFeed(start, [list]);
  const router = useRouter();
  const [leaving, setLeaving] = useState<Tree | null>(null);
  const { line, say } = useSaid();
  useRowKeys();
  const own = new Set(start.trees.map((tree) => tree.id));
  const shown = start.trees.map((tree) => trees.get(tree.id)).filter((tree) => tree !== undefined);
  const isPlain = !isFiltered(state) && !state.after && state.sort === "newest";
  const newest = start.trees[0]?.created_at ?? "";
  const fresh = isPlain
    ? [...trees.values()].filter((tree) => !own.has(tree.id) && tree.created_at >= newest).length
    : 0;
  return (
    <section className="sect" aria-label="Trees">
      {line}
      {fresh > 0 ? (
        <p className="py-2" role="status">
          <Button onClick={() => router.refresh()}>Show {plural(fresh, "new tree")}</Button>
        </p>
      ) : null}
      {shown.length === 0 && fresh === 0 ? <EmptyList state={state} /> : null}
      <ul className="rows">
        {shown.map((tree) => (
          <li key={tree.id} className="listed">
            <TreeRow tree={tree} by />
            {mayDelete ? (
              <Button look="quiet" className="icon del" icon="x" onClick={() => setLeaving(tree)}>
                <span className="sr">Delete {tree.title}</span>
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {leaving ? <DeleteDialog tree={leaving} onClosed={() => setLeaving(null)} onDeleted={say} /> : null}
      {shown.length > 0 ? (
        <p className="keys hint">
          <kbd>j</kbd> <kbd>k</kbd> next, previous <span className="sep" /> <kbd>↵</kbd> open
        </p>
      ) : null}
    </section>
  );
}
