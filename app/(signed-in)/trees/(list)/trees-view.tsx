"use client";

import { useEffect, useState } from "react";
import { type ListStart, useListFeed } from "@/components/feed/use-list-feed";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useSaid } from "@/components/reviews/use-said";
import { Hint } from "@/components/ui/hint";
import { useRowKeys } from "@/components/ui/hooks/use-row-keys";
import { Button, Separator } from "@/components/ui/parts";
import type { Tree } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { beginChoosing, useChosenTrees } from "./chosen-trees";
import { CompareBar } from "./compare-bar";
import { DeleteDialog } from "./delete-dialog";
import { EmptyList } from "./empty-list";
import { isFiltered, type ListState } from "./list-address";
import { ListedTree } from "./listed-tree";
import { useChooseKey } from "./use-choose-key";

interface TreesViewProps {
  start: ListStart;
  state: ListState;
  /** Path of these rows in the API. */
  list: string;
  mayDelete: boolean;
  /** The address asks to choose two trees. */
  isChoosing: boolean;
}

/** One page of trees. A row keeps its place while its tree changes; new trees appear only when the reader asks. */
export function TreesView({ start, state, list, mayDelete, isChoosing }: TreesViewProps) {
  const { trees } = useListFeed(start, [list]);
  const [deleting, setDeleting] = useState<Tree | null>(null);
  const { line, say } = useSaid();
  const chosen = useChosenTrees();
  useRowKeys();
  useChooseKey(start.trees);
  useEffect(() => {
    if (isChoosing) beginChoosing();
  }, [isChoosing]);
  const listedIds = new Set(start.trees.map((tree) => tree.id));
  const shown = start.trees.map((tree) => trees.get(tree.id)).filter((tree) => tree !== undefined);
  const isPlain = !isFiltered(state) && !state.after && state.sort === "newest";
  const newest = start.trees[0]?.created_at ?? "";
  const newTrees = isPlain
    ? [...trees.values()].filter((tree) => !listedIds.has(tree.id) && tree.created_at >= newest).length
    : 0;
  return (
    <section aria-label="Trees">
      {line}
      {newTrees > 0 ? (
        <p className="py-2" role="status">
          <Button onClick={refreshPage}>Show {plural(newTrees, "new tree")}</Button>
        </p>
      ) : null}
      {shown.length === 0 && newTrees === 0 ? <EmptyList state={state} /> : null}
      <ul className="*:border-b *:border-line">
        {shown.map((tree) => (
          <ListedTree
            key={tree.id}
            tree={tree}
            chosen={chosen}
            remove={mayDelete && !chosen ? () => setDeleting(tree) : null}
          />
        ))}
      </ul>
      {chosen ? <CompareBar chosen={chosen} /> : null}
      {deleting ? <DeleteDialog tree={deleting} onClosed={() => setDeleting(null)} onDeleted={say} /> : null}
      {shown.length > 0 ? (
        <Hint className="mt-3! phone:hidden">
          <kbd>j</kbd> <kbd>k</kbd> next, previous <Separator /> <kbd>↵</kbd> open <Separator /> <kbd>x</kbd> choose to
          compare
        </Hint>
      ) : null}
    </section>
  );
}
