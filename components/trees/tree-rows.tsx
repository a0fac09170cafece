"use client";

import Link from "next/link";
import { listedAddress } from "@/components/trees/listed-address";
import { Icon } from "@/components/ui/icon";
import { lazily } from "@/components/ui/page/lazily";
import { Meter } from "@/components/ui/parts";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { isEnded } from "@/core/log/terms";
import type { TreePlace } from "@/core/shapes/files";
import type { Tree } from "@/core/shapes/shapes";
import { listedCounts } from "@/core/words/counts";
import { count, money } from "@/core/words/figures";
import { progressText } from "@/core/words/goals";
import { STATUS_WORDS } from "@/core/words/status";
import { treeText } from "@/core/words/trees";

/** Trees in a fresh folder have none. */
const PlaceChip = lazily(() => import("@/components/trees/place-chip").then((file) => file.PlaceChip));

interface TreeRowProps {
  tree: Tree;
  /** Where it works; absent: in a fresh folder, or not known. */
  place?: TreePlace | undefined;
}

/** Row of a tree in two lines: its title, and what it does now or how it ended. */
export function TreeRow({ tree, place }: TreeRowProps) {
  const status = shownStatusOfTree(tree);
  const counts = listedCounts(tree);
  const text = treeText(tree);
  return (
    <Link
      className="-mx-2 grid grid-cols-[16px_minmax(0,1fr)_128px_132px_64px] items-center gap-x-3 gap-y-1 rounded-sm px-2 py-[7px] hover:bg-hover phone:grid-cols-[16px_minmax(0,1fr)_auto]"
      href={listedAddress(tree)}
      prefetch={false}
      data-tree={tree.id}
      data-row
    >
      <StatusGlyph status={status} labelled={false} />
      <span className="min-w-0">
        <span className="flex min-w-0 items-center gap-1.5">
          {/* Relative, so that the hidden status stays inside and does not widen the page. */}
          <b className="relative block truncate font-medium">
            {tree.title}
            <span className="sr-only">– {STATUS_WORDS[status]}.</span>
          </b>
          {tree.pinned ? <Pin by={tree.pinned.by} /> : null}
        </span>
        <span className="flex min-w-0 gap-x-2 text-ink-2 phone:flex-wrap">
          {tree.progress ? <span className="flex-none">{progressText(tree.progress)}</span> : null}
          {counts ? <span className="min-w-0 flex-none phone:flex-initial">{counts}</span> : null}
          <span className="min-w-0 truncate phone:line-clamp-2 phone:whitespace-normal">
            {text || (counts ? null : <span aria-hidden="true">{STATUS_WORDS[status]}</span>)}
          </span>
        </span>
      </span>
      <span className="flex min-w-0 phone:hidden">{place ? <PlaceChip place={place} isPlain /> : null}</span>
      <span className="inline-flex items-center justify-end gap-1.5 whitespace-nowrap text-ink-2">
        <Spent tree={tree} />
      </span>
      <span className="text-right whitespace-nowrap text-ink-2 phone:hidden">
        <Elapsed since={tree.created_at} until={tree.ended_at} />
      </span>
    </Link>
  );
}

/** Marks a pinned tree. */
export function Pin({ by }: { by: string }) {
  return (
    <span className="inline-flex flex-none text-ink-3" title={`Pinned by ${by}: retention keeps this tree`}>
      <Icon name="pin" label="Pinned" className="size-3.5" />
    </span>
  );
}

function Spent({ tree }: { tree: Tree }) {
  const { cost_usd, tokens_in, tokens_out } = tree.totals;
  const cap = tree.grant.cost_usd;
  const tokens = tokens_in + tokens_out;
  if (cap === null || isEnded(tree.status))
    return (
      <>
        {cost_usd === 0 && tokens > 0 ? `${count(tokens)} tokens` : money(cost_usd)}
        <span className="sr-only"> spent, </span>
      </>
    );
  return (
    <>
      {money(cost_usd)} of {money(cap)}
      <span className="sr-only"> spent, </span>
      <span className="phone:hidden" aria-hidden="true">
        <Meter part={cost_usd / cap} exhausted={cost_usd >= cap} />
      </span>
    </>
  );
}
