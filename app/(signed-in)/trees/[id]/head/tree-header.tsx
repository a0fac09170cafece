"use client";

import Link from "next/link";
import { Fragment, memo, type ReactNode, useMemo } from "react";
import { countOfTree } from "@/components/feed/outline";
import type { ViewName } from "@/components/trees/tree-address";
import { Icon } from "@/components/ui/icon";
import { Crumbs } from "@/components/ui/page/crumbs";
import { lazily } from "@/components/ui/page/lazily";
import { Meter, Separator } from "@/components/ui/parts";
import { shownStatusOf } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import { isEnded } from "@/core/log/terms";
import type { TreePlace } from "@/core/shapes/files";
import type { Task, Tree } from "@/core/shapes/shapes";
import { type CountPart, countParts, type StatusCounts } from "@/core/words/counts";
import { exactCount, exactMoney, money, spentPart, tokensText } from "@/core/words/figures";
import { sentence } from "@/core/words/sentence";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";
import { treeText } from "@/core/words/trees";
import type { SetOutline } from "../view/use-tree-address";
import type { ForkSource } from "./forked-from";
import { TreeControls } from "./tree-controls";
import { TreeMenu } from "./tree-menu";
import { ViewSwitch } from "./view-switch";

/** Few trees have one of these. */
const BegunBy = lazily(() => import("./begun-by").then((file) => file.BegunBy));
const ForkedFrom = lazily(() => import("./forked-from").then((file) => file.ForkedFrom));
const TreeBadges = lazily(() => import("./tree-badges").then((file) => file.TreeBadges));

type Select = (id: string) => void;

interface TreeHeaderProps {
  tree: Tree;
  tasks: ReadonlyMap<string, Task>;
  /** Reviews that wait for a person. */
  asked: ReadonlySet<string>;
  head: Task | null;
  view: ViewName;
  setView: (view: ViewName) => void;
  setOutline: SetOutline;
  select: Select;
  /** Whether the person may pause, stop and retry. */
  canRun: boolean;
  /** Whether the person may pin and delete the tree, also one from an archive. */
  canKeep: boolean;
  source: ForkSource | null;
  place: TreePlace | null;
  /** The tree has one task, and pursues no goal. */
  isAlone: boolean;
  /** On a phone the open task covers the header; screen readers still read its heading. */
  isCovered: boolean;
}

export const TreeHeader = memo(function TreeHeader(props: TreeHeaderProps) {
  const {
    tree,
    tasks,
    asked,
    head,
    view,
    setView,
    setOutline,
    select,
    canRun,
    canKeep,
    source,
    place,
    isAlone,
    isCovered,
  } = props;
  const counts = useMemo(() => countOfTree(tasks.values(), head, asked), [tasks, head, asked]);
  const { totals } = tree;
  const part = head ? spentPart({ ...head.spent, cost_usd: totals.cost_usd }, tree.grant) : null;
  const cap = tree.grant.cost_usd;
  return (
    <header
      className={`border-b border-line px-4 pt-3 pb-2 low:py-1 ${isCovered ? "phone:sr-only phone:[&_:is(a,button)]:hidden!" : ""}`}
    >
      <Line>
        <Crumbs className="phone:hidden" aria-label="Path">
          <Link href="/trees">Trees</Link>
        </Crumbs>
        {tree.schedule ? <BegunBy schedule={tree.schedule} /> : null}
        {tree.forked_from ? <ForkedFrom treeId={tree.id} from={tree.forked_from} source={source} /> : null}
      </Line>
      <Line className="min-h-control">
        {/* On a phone, the menu is beside the title, so that the views and controls fit into one line. */}
        <h1
          className="min-w-0 flex-auto truncate narrow:basis-60 phone:basis-[calc(100%-var(--spacing-control)-12px)] phone:whitespace-normal low:basis-0 low:whitespace-nowrap"
          title={tree.title}
        >
          {tree.title}
        </h1>
        {place ? <PlaceChip place={place} /> : null}
        {tree.is_system || tree.pinned || tree.not_kept || tree.from_archive ? <TreeBadges tree={tree} /> : null}
        <ViewSwitch view={view} isGoal={tree.progress !== undefined} isAlone={isAlone} setView={setView} />
        {head && canRun ? <TreeControls id={tree.id} status={tree.status} ended_at={tree.ended_at} /> : null}
        <TreeMenu tree={tree} setOutline={setOutline} canKeep={canKeep} />
      </Line>
      <Line className="mt-1.5 low:mt-1">
        <p className="min-w-0 flex-auto phone:basis-full low:basis-0">
          <TreeSentence tree={tree} tasks={tasks} asked={asked} counts={counts} select={select} />
        </p>
        <p className="whitespace-nowrap text-ink-2 phone:basis-full phone:whitespace-normal low:basis-auto low:whitespace-nowrap">
          <span title={exactMoney(totals.cost_usd)}>{money(totals.cost_usd)}</span>
          {cap === null ? "" : ` of ${money(cap)}`}
          {part === null ? null : (
            <>
              {" "}
              <Meter part={part} exhausted={part >= 1} />
            </>
          )}
          {totals.tokens_in + totals.tokens_out > 0 ? (
            <span className="phone:hidden">
              <Separator />
              <span
                title={`${exactCount(totals.tokens_in)} tokens read and ${exactCount(totals.tokens_out)} written by models`}
              >
                {tokensText(totals.tokens_in, totals.tokens_out)}
              </span>
            </span>
          ) : null}
          <Separator />
          <Elapsed since={tree.created_at} until={tree.ended_at} />
        </p>
      </Line>
    </header>
  );
});

function Line({ className = "", children }: { className?: string; children: ReactNode }) {
  return (
    <div
      className={`flex min-w-0 items-center gap-3 narrow:flex-wrap narrow:gap-x-3 narrow:gap-y-1 phone:gap-y-2 ${className}`}
    >
      {children}
    </div>
  );
}

/** The folder and its branch, as people write them: shop@main. */
function PlaceChip({ place: { name, address, branch, is_copy } }: { place: TreePlace }) {
  return (
    <span
      className="inline-flex h-6 max-w-56 min-w-0 flex-none items-center gap-1.5 rounded-control border border-line px-2 text-small font-medium text-ink-2 phone:order-3 phone:max-w-full"
      title={is_copy ? `A copy of ${address}` : address}
      data-testid="place"
    >
      <Icon name="folder" className="size-3.5 flex-none text-ink-3" />
      <span className="min-w-0 truncate">
        {name}
        {branch ? <span className="text-ink-3">@</span> : null}
        {branch}
      </span>
      {is_copy ? <span className="sr-only">, in a copy</span> : null}
    </span>
  );
}

interface TreeSentenceProps {
  tree: Tree;
  tasks: ReadonlyMap<string, Task>;
  asked: ReadonlySet<string>;
  counts: StatusCounts;
  select: Select;
}

/** Says what became of the tree and how many of its tasks are in each state, with links to those that need a person. */
function TreeSentence({ tree, tasks, asked, counts, select }: TreeSentenceProps) {
  const parts = partsOf(tree, tasks, counts);
  const resumes = isEnded(tree.status) ? null : firstResume(tasks);
  return (
    <span className="text-ink-2">
      <TimedText text={stateText(tree)} />
      {/* Home and Review count items: a flag blocks no task, and a task may have several. */}
      {asked.size > counts.you ? (
        <>
          <Link className="font-semibold text-wait underline underline-offset-2" href="/review">
            {exactCount(asked.size)} to decide
          </Link>
          .{" "}
        </>
      ) : null}
      {parts.map(({ status, text }, index) => (
        <Fragment key={status}>
          {index > 0 ? ", " : null}
          {LINKED[status] ? (
            <button
              type="button"
              className={`cursor-pointer font-semibold underline underline-offset-2 ${LINKED[status]}`}
              onClick={() => select(firstWith(status, tasks, asked))}
            >
              {text}
            </button>
          ) : (
            text
          )}
        </Fragment>
      ))}
      {parts.length > 0 ? "." : null}
      {resumes ? <TimedText text={` ${resumesText(counts.parked, resumes)}`} /> : null}
    </span>
  );
}

/** The states of tasks to which the sentence leads. */
const LINKED: Partial<Record<ShownStatus, string>> = { you: "text-wait", failed: "text-fail" };

function partsOf(tree: Tree, tasks: ReadonlyMap<string, Task>, counts: StatusCounts): CountPart[] {
  const parts = countParts(counts);
  const isAlone = [...tasks.values()].filter((task) => task.role === "work").length === 1;
  if (!isAlone) return parts;
  // The state of a paused or ended tree is that of its only task, and is said.
  if (isEnded(tree.status) || tree.status === "paused") return [];
  return parts.map(({ status }) => ({ status, text: STATUS_WORDS[status] }));
}

/** What became of an ended tree, and why nothing runs in a paused one; "" while the counts say it all. */
function stateText(tree: Tree): string {
  if (tree.status === "paused") return "Paused: nothing runs until you resume the tree. ";
  if (!isEnded(tree.status)) return "";
  const text = treeText(tree);
  return text ? `${STATUS_WORDS[tree.status]}: ${sentence(text)} ` : `${STATUS_WORDS[tree.status]}. `;
}

/** Returns the first task in the state; the root task, which stands for the tree, only if there is no other. */
function firstWith(status: ShownStatus, tasks: ReadonlyMap<string, Task>, asked: ReadonlySet<string>): string {
  const found = [...tasks.values()].filter((task) => task.role === "work" && shownStatusOf(task, asked) === status);
  return (found.find((task) => task.depth > 0) ?? found[0])?.id ?? "";
}

/** Returns when the first parked task resumes, or null if no task is parked or no time is known. */
function firstResume(tasks: ReadonlyMap<string, Task>): string | null {
  const times = [...tasks.values()].flatMap(({ status, parked_until }) =>
    status === "parked" && parked_until ? [parked_until] : [],
  );
  return times.sort()[0] ?? null;
}

function resumesText(parked: number, at: string): string {
  return `The ${parked === 1 ? "parked" : "first parked"} task resumes at ${at}.`;
}
