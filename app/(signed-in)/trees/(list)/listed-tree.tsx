"use client";

import Link from "next/link";
import type { MouseEvent } from "react";
import { listedAddress } from "@/components/trees/listed-address";
import { Pin } from "@/components/trees/tree-rows";
import { Button } from "@/components/ui/parts";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { Clock, Elapsed, TimeOfDay } from "@/components/ui/time";
import type { TreePlace } from "@/core/shapes/files";
import type { Tree } from "@/core/shapes/shapes";
import { listedCounts } from "@/core/words/counts";
import { exactMoney, money } from "@/core/words/figures";
import { forkPointText, forkTitle } from "@/core/words/forks";
import { progressText } from "@/core/words/goals";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";
import { treeText } from "@/core/words/trees";
import { type ChosenTree, toggleChosen } from "./chosen-trees";
import { COLUMNS } from "./columns";
import type { ListedRow } from "./days";

interface ListedTreeProps extends ListedRow {
  /** Where it works; null: in a fresh folder, or not known. */
  place: TreePlace | null;
  /** The list has days, so that a row says only the time. */
  hasDays: boolean;
  /** Several people have submitted trees. */
  hasPeople: boolean;
  /** The trees chosen to compare; null: the row opens its tree. */
  chosen: readonly ChosenTree[] | null;
  /** null: without a button to delete it. */
  remove: (() => void) | null;
}

/** A tree's row. While a person chooses trees, a click anywhere on the row chooses it. */
export function ListedTree({ tree, origin, place, hasDays, hasPeople, chosen, remove }: ListedTreeProps) {
  const choose = (event: MouseEvent) => {
    if (!chosen || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    event.stopPropagation();
    toggleChosen(tree);
  };
  return (
    <li
      className={`group relative ${chosen ? "grid grid-cols-[24px_minmax(0,1fr)] items-center pl-6 phone:pl-4" : "[@media(hover:none)]:[&>a]:pr-[calc(var(--spacing-control)+8px)]"}`}
      onClickCapture={choose}
    >
      {chosen ? (
        <label className="grid size-6 cursor-pointer place-items-center">
          <span className="sr-only">Compare {tree.title}</span>
          <input
            type="checkbox"
            checked={chosen.some((one) => one.id === tree.id)}
            onChange={() => toggleChosen(tree)}
          />
        </label>
      ) : null}
      <Row tree={tree} origin={origin} place={place} hasDays={hasDays} hasPeople={hasPeople} />
      {remove ? (
        <Button
          look="quiet"
          className="absolute top-0.5 right-1 w-control bg-hover! px-0! opacity-0 group-hover:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:bg-transparent! [@media(hover:none)]:opacity-100"
          icon="x"
          onClick={remove}
        >
          <span className="sr-only">Delete {tree.title}</span>
        </Button>
      ) : null}
    </li>
  );
}

function Row({ tree, origin, place, hasDays, hasPeople }: Omit<ListedTreeProps, "chosen" | "remove">) {
  const status = shownStatusOfTree(tree);
  const { cost_usd } = tree.totals;
  return (
    <Link
      // Its margins keep a row that a key leads to clear of the heads and the foot, which stay in view.
      className={`${COLUMNS} min-h-9 scroll-mt-14 scroll-mb-12 py-1 hover:bg-hover focus-visible:-outline-offset-2 phone:py-2`}
      href={listedAddress(tree)}
      prefetch={false}
      data-tree={tree.id}
      data-row
    >
      {/* Relative, so that the hidden words stay inside and do not widen the page. */}
      <span className="relative flex min-w-0 items-center gap-2">
        {origin ? <span className={ELBOW} aria-hidden="true" /> : null}
        <StatusGlyph status={status} labelled={false} />
        <Name tree={tree} origin={origin} status={status} />
        {hasPeople ? <span className="flex-none text-ink-3 text-small phone:hidden">by {tree.created_by}</span> : null}
        {tree.not_kept ? (
          <span className="flex-none text-ink-3 text-small" title={`${tree.not_kept.by} kept another tree instead.`}>
            not kept
          </span>
        ) : null}
        {tree.pinned ? <Pin by={tree.pinned.by} /> : null}
      </span>
      <span
        className={`min-w-0 truncate text-ink-2 phone:col-start-1 phone:row-start-2 ${origin ? "phone:pl-[46px]" : "phone:pl-6"}`}
      >
        {resultOf(tree) || <span aria-hidden="true">{STATUS_WORDS[status]}</span>}
      </span>
      <span className="truncate text-ink-2 narrow:hidden" title={place?.address}>
        <Place place={place} />
      </span>
      <span className="text-right text-ink-2 whitespace-nowrap phone:hidden">
        {hasDays ? <TimeOfDay at={tree.created_at} /> : <Clock at={tree.created_at} />}
      </span>
      <span className="text-right text-ink-2 whitespace-nowrap phone:hidden">
        <span className="sr-only">, ran </span>
        <Elapsed since={tree.created_at} until={tree.ended_at} />
      </span>
      <span
        className="text-right text-ink-2 whitespace-nowrap phone:col-start-2 phone:row-start-1"
        title={exactMoney(cost_usd)}
      >
        <span className="sr-only">, </span>
        {money(cost_usd)}
        <span className="sr-only"> spent</span>
      </span>
    </Link>
  );
}

/** Leads from the row above to a fork. */
const ELBOW = "-mt-3.5 ml-1.5 h-4.5 w-2.5 flex-none rounded-bl-sm border-line-strong border-b border-l";

/** The title. A fork that stands below its origin, and says no more than that one, is named by where it began. */
function Name({ tree, origin, status }: Pick<ListedTreeProps, "tree" | "origin"> & { status: ShownStatus }) {
  const { title, forked_from: from, not_kept: notKept } = tree;
  const point = from && origin && title === forkTitle(origin.title, from) ? forkPointText(from) : null;
  return (
    <>
      <b className={`truncate font-medium ${notKept ? "text-ink-2" : ""}`} title={title}>
        {point ?? title}
      </b>
      <span className="sr-only"> – {STATUS_WORDS[status]}. </span>
      {from && point === null ? <span className="flex-none text-ink-3 text-small">fork</span> : null}
    </>
  );
}

/**
 * What the tree does, what it waits for, or how it ended: the states of its tasks while there are several, else its own
 * words.
 */
function resultOf(tree: Tree): string {
  const goal = tree.progress ? progressText(tree.progress) : "";
  // Of a tree that waits for one decision the row says which.
  if (tree.status === "waiting" && tree.counts.you === 1) {
    const others = listedCounts({ ...tree, counts: { ...tree.counts, you: 0 } });
    return [goal, `Waits for you: ${treeText(tree)}`, others].filter(Boolean).join(" · ");
  }
  const parts = [goal, listedCounts(tree)];
  // The states of many tasks say more than what one of them does at this moment.
  const isTold = tree.ended_at === null && parts.some(Boolean) && tree.status !== "waiting";
  return [...parts, isTold ? "" : treeText(tree)].filter(Boolean).join(" · ");
}

/** The folder and its branch: shop@main. Empty for a folder that Banyan made. */
function Place({ place }: { place: TreePlace | null }) {
  if (place === null) return null;
  return (
    <>
      {place.name}
      {place.branch ? <span className="text-ink-3">@</span> : null}
      {place.branch}
    </>
  );
}
