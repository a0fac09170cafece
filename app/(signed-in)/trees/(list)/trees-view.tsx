"use client";

import { useEffect, useState } from "react";
import { type ListStart, type TreesAddress, useListFeed } from "@/components/feed/use-list-feed";
import { useGo } from "@/components/going/use-go";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useSaid } from "@/components/reviews/use-said";
import { useRowKeys } from "@/components/ui/hooks/use-row-keys";
import { Button } from "@/components/ui/parts";
import { useDayWords } from "@/components/ui/time";
import type { TreePlace } from "@/core/shapes/files";
import type { Tree } from "@/core/shapes/shapes";
import { money, plural } from "@/core/words/figures";
import { beginChoosing, useChosenTrees } from "./chosen-trees";
import { ColumnHeads } from "./columns";
import { CompareBar } from "./compare-bar";
import { type Day, daysOf, hasDays, rowsOf, spentIn } from "./days";
import { DeleteDialog } from "./delete-dialog";
import { EmptyList } from "./empty-list";
import { addressOf, isFiltered, type ListState } from "./list-address";
import { ListedTree } from "./listed-tree";
import { useChooseKey } from "./use-choose-key";

interface TreesViewProps {
  start: ListStart;
  state: ListState;
  /** Where the trees work; null for a fresh folder. */
  places: readonly { id: string; place: TreePlace | null }[];
  /** Path of these rows in the API. */
  list: TreesAddress;
  mayDelete: boolean;
  /** Several people have submitted trees. */
  hasPeople: boolean;
  isLastPage: boolean;
  /** The address asks to choose two trees. */
  isChoosing: boolean;
}

/** One page of trees. A row keeps its place while its tree changes; new trees appear only when the reader asks. */
export function TreesView(props: TreesViewProps) {
  const { start, state, list, mayDelete, hasPeople, isLastPage, isChoosing } = props;
  const { trees } = useListFeed(start, [list]);
  const [deleting, setDeleting] = useState<Tree | null>(null);
  const { line, say } = useSaid();
  const chosen = useChosenTrees();
  useRowKeys();
  useChooseKey(start.trees);
  useEffect(() => {
    if (isChoosing) beginChoosing();
  }, [isChoosing]);
  const { replace } = useGo();
  const dayOf = useDayWords();
  const places = new Map(props.places.map(({ id, place }) => [id, place]));
  const listedIds = new Set(start.trees.map((tree) => tree.id));
  const shown = start.trees.map((tree) => trees.get(tree.id)).filter((tree) => tree !== undefined);
  const isByDay = hasDays(state.sort);
  const rows = rowsOf(shown);
  const days = isByDay
    ? daysOf(rows, { dayOf, isFirstPage: !state.after, isLastPage }).map((day) => ({ ...day, name: dayOf(day.at) }))
    : [{ at: "", name: "", rows, isWhole: false }];
  const isPlain = !isFiltered(state) && !state.after && state.sort === "newest";
  const newest = start.trees[0]?.created_at ?? "";
  // A fork would stand below its origin, maybe on a later page.
  const isNew = ({ forked_from: from, created_at: at }: Tree) => (from ? listedIds.has(from.tree_id) : at >= newest);
  const newTrees = isPlain ? [...trees.values()].filter((tree) => !listedIds.has(tree.id) && isNew(tree)).length : 0;
  return (
    <section className="flex-auto" aria-label="Trees">
      <div className="px-6 phone:px-4">{line}</div>
      {newTrees > 0 ? (
        <p className="px-6 py-2 phone:px-4" role="status">
          <Button onClick={refreshPage}>Show {plural(newTrees, "new tree")}</Button>
        </p>
      ) : null}
      {shown.length === 0 && newTrees === 0 ? <EmptyList state={state} /> : null}
      {shown.length > 0 ? (
        <ColumnHeads sort={state.sort} choose={(sort) => replace(addressOf({ ...state, sort, after: "" }))} />
      ) : null}
      {days.map((day) => (
        <section key={day.at} aria-label={day.name || undefined}>
          {day.name ? <DayHead day={day} /> : null}
          <ul className="*:border-b *:border-line">
            {day.rows.map((row) => (
              <ListedTree
                key={row.tree.id}
                {...row}
                place={places.get(row.tree.id) ?? null}
                hasDays={isByDay}
                hasPeople={hasPeople}
                chosen={chosen}
                remove={mayDelete && !chosen ? () => setDeleting(row.tree) : null}
              />
            ))}
          </ul>
        </section>
      ))}
      {chosen ? <CompareBar chosen={chosen} /> : null}
      {deleting ? <DeleteDialog tree={deleting} onClosed={() => setDeleting(null)} onDeleted={say} /> : null}
    </section>
  );
}

/** Heading of a day, which stays in view, with what its trees spent once all of them are here. */
function DayHead({ day }: { day: Day & { name: string } }) {
  return (
    <h2 className="sticky top-7 z-2 flex h-7 items-center gap-2 border-line border-b bg-sunk px-6 text-small phone:top-0 phone:h-8 phone:px-4">
      <b className="font-semibold">{day.name}</b>
      {day.isWhole ? (
        <span className="font-normal text-ink-2">
          {plural(day.rows.length, "tree")} · {money(spentIn(day.rows))}
        </span>
      ) : null}
    </h2>
  );
}
