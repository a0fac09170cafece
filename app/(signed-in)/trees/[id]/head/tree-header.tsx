"use client";

import { memo, useMemo } from "react";
import { countOfTree } from "@/components/feed/outline";
import { lazily } from "@/components/ui/page/lazily";
import { Meter, Separator } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import type { TreePlace } from "@/core/shapes/files";
import type { Task, Tree } from "@/core/shapes/shapes";
import { exactCount, exactMoney, money, spentPart } from "@/core/words/figures";
import type { SetOutline } from "../view/use-tree-address";
import type { ForkSource } from "./forked-from";
import { TreeControls } from "./tree-controls";
import { TreeMenu } from "./tree-menu";
import { TreeSentence } from "./tree-sentence";
import { ViewSwitch, type Views } from "./view-switch";
import { CheckedOn, WorksOn } from "./works-on";

/** Few trees have one of these. */
const PlaceChip = lazily(() => import("@/components/trees/place-chip").then((file) => file.PlaceChip));
const BegunBy = lazily(() => import("./begun-by").then((file) => file.BegunBy));
const ForkedFrom = lazily(() => import("./forked-from").then((file) => file.ForkedFrom));
const ResolvesIssue = lazily(() => import("./resolves-issue").then((file) => file.ResolvesIssue));
const TreeBadges = lazily(() => import("./tree-badges").then((file) => file.TreeBadges));

interface TreeHeaderProps {
  tree: Tree;
  tasks: ReadonlyMap<string, Task>;
  /** Reviews that wait for a person. */
  asked: ReadonlySet<string>;
  head: Task | null;
  views: Views;
  setOutline: SetOutline;
  select: (id: string) => void;
  /** Whether the person may pause, stop and retry. */
  canRun: boolean;
  /** Whether the person may pin and delete the tree, also one from an archive. */
  canKeep: boolean;
  source: ForkSource | null;
  place: TreePlace | null;
  /** The page shows the conversation with the tree's only task. */
  isTalk: boolean;
  /** On a phone the open task covers the header; screen readers still read its heading. */
  isCovered: boolean;
}

export const TreeHeader = memo(function TreeHeader(props: TreeHeaderProps) {
  const { tree, tasks, asked, head, views, setOutline, select, canRun, canKeep, source, place, isTalk, isCovered } =
    props;
  const counts = useMemo(() => countOfTree(tasks.values(), head, asked), [tasks, head, asked]);
  const part = head ? spentPart({ ...head.spent, cost_usd: tree.totals.cost_usd }, tree.grant) : null;
  const cap = tree.grant.cost_usd;
  return (
    <header
      className={`border-b border-line px-4 py-2 phone:py-2.5 low:py-1 ${isCovered ? "phone:sr-only phone:[&_:is(a,button)]:hidden!" : ""}`}
    >
      <div className="flex min-h-9 min-w-0 items-center gap-2.5 narrow:flex-wrap narrow:gap-y-1 phone:gap-x-2 phone:gap-y-1.5">
        <h1
          className="min-w-30 flex-[0_1_auto] truncate text-[15px]/5 font-semibold tracking-normal narrow:flex-[1_1_0] phone:min-w-40 phone:text-[17px]/5.5 phone:whitespace-normal low:whitespace-nowrap"
          title={tree.title}
        >
          {tree.title}
        </h1>
        {place ? <PlaceChip place={place} /> : null}
        {tree.is_system || tree.pinned || tree.not_kept || tree.from_archive ? <TreeBadges tree={tree} /> : null}
        <p className="min-w-0 flex-[1_1_160px] truncate text-ink-2 narrow:order-2 narrow:basis-[55%] narrow:whitespace-normal phone:basis-full low:whitespace-nowrap">
          <TreeSentence tree={tree} tasks={tasks} asked={asked} counts={counts} select={select} />
        </p>
        <p className="flex-none whitespace-nowrap text-ink-2 narrow:order-2 narrow:ml-auto phone:order-3">
          <span title={spentTitle(tree)}>{money(tree.totals.cost_usd)}</span>
          {cap === null ? "" : ` of ${money(cap)}`}
          {part === null ? null : (
            <>
              {" "}
              <Meter part={part} exhausted={part >= 1} />
            </>
          )}
          <span className="phone:hidden">
            <Separator />
            <Elapsed since={tree.created_at} until={tree.ended_at} />
          </span>
        </p>
        {/* Elsewhere the views stand beside the filters. */}
        {isTalk ? <ViewSwitch {...views} className="narrow:order-1 phone:order-4" /> : null}
        {head && canRun ? <TreeControls id={tree.id} status={tree.status} ended_at={tree.ended_at} /> : null}
        <TreeMenu tree={tree} setOutline={setOutline} canKeep={canKeep} />
      </div>
      {tree.schedule || tree.issue || tree.forked_from || tree.place || tree.checks_pool ? (
        <div className="mt-0.5 flex min-w-0 flex-wrap items-center gap-x-3">
          {tree.schedule ? <BegunBy schedule={tree.schedule} /> : null}
          {tree.issue ? <ResolvesIssue issue={tree.issue} /> : null}
          {tree.forked_from ? <ForkedFrom treeId={tree.id} from={tree.forked_from} source={source} /> : null}
          {tree.place ? <WorksOn place={tree.place} isOver={tree.ended_at !== null} /> : null}
          {tree.checks_pool ? <CheckedOn pool={tree.checks_pool} /> : null}
        </div>
      ) : null}
    </header>
  );
});

function spentTitle({ totals: { cost_usd, tokens_in, tokens_out } }: Tree): string {
  const tokens = `${exactCount(tokens_in)} tokens read and ${exactCount(tokens_out)} written by models`;
  return tokens_in + tokens_out > 0 ? `${exactMoney(cost_usd)}, ${tokens}` : exactMoney(cost_usd);
}
