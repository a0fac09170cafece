"use client";

import Link from "next/link";
import { memo, type ReactNode, useMemo } from "react";
import { countByStatus } from "@/components/feed/outline";
import type { ViewName } from "@/components/trees/tree-address";
import { Crumbs } from "@/components/ui/page/crumbs";
import { lazily } from "@/components/ui/page/lazily";
import { Meter, Separator } from "@/components/ui/parts";
import { shownStatusOf } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import { isEnded } from "@/core/log/terms";
import type { Task, Tree } from "@/core/shapes/shapes";
import { exactCount, exactMoney, money, plural, spentPart, tokensText } from "@/core/words/figures";
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
  /** On a phone the open task covers the header; screen readers still read its heading. */
  isCovered: boolean;
}

export const TreeHeader = memo(function TreeHeader(props: TreeHeaderProps) {
  const { tree, tasks, asked, head, view, setView, setOutline, select, canRun, canKeep, source, isCovered } = props;
  const counts = useMemo(() => countByStatus(tasks.values(), asked), [tasks, asked]);
  const { totals } = tree;
  const all = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const done = counts.succeeded + counts.failed + counts.stopped;
  const part = head ? spentPart({ ...head.spent, cost_usd: totals.cost_usd }, tree.grant) : null;
  const cap = tree.grant.cost_usd;
  return (
    <header
      className={`border-b border-line px-4 pt-3 pb-2 ${isCovered ? "phone:sr-only phone:[&_:is(a,button)]:hidden" : ""}`}
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
          className="min-w-0 flex-auto truncate narrow:basis-60 phone:basis-[calc(100%-var(--spacing-control)-12px)] phone:whitespace-normal"
          title={tree.title}
        >
          {tree.title}
        </h1>
        {tree.is_system || tree.pinned || tree.from_archive ? <TreeBadges tree={tree} /> : null}
        <ViewSwitch view={view} isGoal={tree.progress !== undefined} setView={setView} />
        {head && canRun ? <TreeControls id={tree.id} status={tree.status} ended_at={tree.ended_at} /> : null}
        <TreeMenu tree={tree} setOutline={setOutline} canKeep={canKeep} />
      </Line>
      <Line className="mt-1.5">
        <p className="min-w-0 flex-auto phone:basis-full">
          <TreeSentence tree={tree} tasks={tasks} asked={asked} counts={counts} select={select} />
        </p>
        <p className="whitespace-nowrap text-ink-2 phone:basis-full phone:whitespace-normal">
          {exactCount(done)} of {exactCount(all)} done
          <Separator />
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
      <StatusStrip counts={counts} />
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

const STRIP: ShownStatus[] = [
  "succeeded",
  "running",
  "you",
  "failed",
  "parked",
  "waiting",
  "paused",
  "ready",
  "stopped",
];

const STRIP_COLOURS: Partial<Record<ShownStatus, string>> = {
  succeeded: "bg-ok",
  running: "bg-run",
  you: "bg-wait-mark",
  failed: "bg-fail",
  parked: "bg-park",
};

function StatusStrip({ counts }: { counts: Record<ShownStatus, number> }) {
  const parts = STRIP.filter((status) => counts[status] > 0);
  const words = parts.map((status) => `${counts[status]} ${STATUS_WORDS[status].toLowerCase()}`).join(", ");
  return (
    <div className="mt-2.5 flex min-w-0 h-1 items-stretch gap-px" role="img" aria-label={words}>
      {parts.map((status) => (
        <i
          key={status}
          className={`block rounded-[1px] ${STRIP_COLOURS[status] ?? "bg-line-strong"}`}
          style={{ flex: counts[status] }}
          title={`${counts[status]} ${STATUS_WORDS[status]}`}
        />
      ))}
    </div>
  );
}

interface TreeSentenceProps {
  tree: Tree;
  tasks: ReadonlyMap<string, Task>;
  asked: ReadonlySet<string>;
  counts: Record<ShownStatus, number>;
  select: Select;
}

/** Says what needs a person, with a link to it, then what runs without them. */
function TreeSentence({ tree, tasks, asked, counts, select }: TreeSentenceProps) {
  const first = (status: ShownStatus) =>
    [...tasks.values()].find((task) => shownStatusOf(task, asked) === status)?.id ?? "";
  const needs = [
    // The number of items, as on Home and in Review: several may be of one task, and a flag blocks none.
    asked.size > 0 &&
      (counts.you > 0 ? (
        <Jump key="you" className="text-wait" go={() => select(first("you"))}>
          {exactCount(asked.size)} to decide
        </Jump>
      ) : (
        <Link key="you" className="font-semibold text-wait underline underline-offset-2" href="/review">
          {exactCount(asked.size)} to decide
        </Link>
      )),
    counts.failed > 0 && (
      <Jump key="failed" className="text-fail" go={() => select(first("failed"))}>
        {exactCount(counts.failed)} failed
      </Jump>
    ),
  ].filter((need) => need !== false);
  return (
    <>
      {needs[0]}
      {needs.length > 1 ? ", " : null}
      {needs[1]}
      {needs.length > 0 ? ". " : null}
      <span className="text-ink-2">
        <TimedText text={restSentence(tree, counts, firstResume(tasks))} />
      </span>
    </>
  );
}

function Jump({ className, go, children }: { className: string; go: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className={`cursor-pointer font-semibold underline underline-offset-2 ${className}`}
      onClick={go}
    >
      {children}
    </button>
  );
}

/** Returns when the first parked task resumes, or null if no task is parked or no time is known. */
function firstResume(tasks: ReadonlyMap<string, Task>): string | null {
  const times = [...tasks.values()].flatMap(({ status, parked_until }) =>
    status === "parked" && parked_until ? [parked_until] : [],
  );
  return times.sort()[0] ?? null;
}

function restSentence(tree: Tree, counts: Record<ShownStatus, number>, resumes: string | null): string {
  if (isEnded(tree.status)) return [STATUS_WORDS[tree.status], treeText(tree)].filter(Boolean).join(": ");
  if (tree.status === "paused") return "Paused: nothing runs until you resume the tree.";
  const parts: string[] = [];
  if (counts.running > 0)
    parts.push(`${plural(counts.running, "task")} running${counts.ready ? `, ${counts.ready} queued` : ""}`);
  else if (counts.ready > 0) parts.push(`${plural(counts.ready, "task")} queued`);
  if (counts.parked > 0) parts.push(parkedText(counts.parked, resumes));
  if (counts.paused > 0) parts.push(`${counts.paused} paused`);
  return parts.length > 0 ? `${parts.join("; ")}.` : "Nothing is running now.";
}

function parkedText(parked: number, resumes: string | null): string {
  if (resumes === null) return `${parked} parked, ${parked === 1 ? "resumes" : "resume"} automatically`;
  return `${parked} parked, ${parked === 1 ? "resumes" : "the first resumes"} automatically at ${resumes}`;
}
