"use client";

import Link from "next/link";
import { memo, useMemo } from "react";
import type { Task, Tree } from "@/agents/core/shapes";
import { isEnded } from "@/agents/core/shapes";
import { countByStatus } from "@/components/trees/outline";
import { treeText } from "@/components/trees/sentences";
import type { ViewName } from "@/components/trees/tree-address";
import { count, exactCount, exactMoney, money, plural, spentPart } from "@/components/ui/format";
import { Meter, Separator } from "@/components/ui/parts";
import { type ShownStatus, STATUS_WORDS, shownStatusOf } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import { ForkedFrom, type ForkSource } from "./forked-from";
import { TreeControls } from "./tree-controls";
import { TreeMenu } from "./tree-menu";
import type { SetOutline } from "./use-tree-address";
import { ViewSwitch } from "./view-switch";

type Select = (id: string) => void;

interface TreeHeaderProps {
  tree: Tree;
  tasks: ReadonlyMap<string, Task>;
  /** Reviews before a person. */
  asked: ReadonlySet<string>;
  head: Task | null;
  view: ViewName;
  setView: (view: ViewName) => void;
  setOutline: SetOutline;
  select: Select;
  /** Whether who looks may pause, stop and start again. */
  canRun: boolean;
  source: ForkSource | null;
}

export const TreeHeader = memo(function TreeHeader(props: TreeHeaderProps) {
  const { tree, tasks, asked, head, view, setView, setOutline, select, canRun, source } = props;
  const counts = useMemo(() => countByStatus(tasks.values(), asked), [tasks, asked]);
  const { totals } = tree;
  const part = head ? spentPart({ ...head.spent, cost_usd: totals.cost_usd }, tree.grant) : null;
  const cap = tree.grant.cost_usd;
  return (
    <header className="treehead">
      <div className="line">
        <nav className="crumb" aria-label="Path">
          <Link href="/trees">Trees</Link>
        </nav>
        {tree.forked_from ? <ForkedFrom treeId={tree.id} from={tree.forked_from} source={source} /> : null}
      </div>
      <div className="line mt-0!">
        <h1 className="cut grow" title={tree.title}>
          {tree.title}
        </h1>
        <ViewSwitch view={view} setView={setView} />
        {head && canRun ? <TreeControls tree={tree} headId={head.id} /> : null}
        <TreeMenu tree={tree} setOutline={setOutline} canRun={canRun} />
      </div>
      <div className="line">
        <p className="grow">
          <TreeSentence tree={tree} tasks={tasks} asked={asked} counts={counts} select={select} />
        </p>
        <p className="dim facts1">
          {exactCount(totals.ended)} of {exactCount(totals.tasks)} done
          <Separator />
          <span title={`${exactMoney(totals.cost_usd)}, ${exactCount(totals.tokens_in + totals.tokens_out)} tokens`}>
            {money(totals.cost_usd)}
          </span>
          {cap === null ? "" : ` of ${money(cap)}`}
          {part === null ? null : (
            <>
              {" "}
              <Meter part={part} exhausted={part >= 1} />
            </>
          )}
          {totals.tokens_in + totals.tokens_out > 0 ? (
            <>
              <Separator />
              {count(totals.tokens_in + totals.tokens_out)} tokens
            </>
          ) : null}
          <Separator />
          <Elapsed since={tree.created_at} until={tree.ended_at} />
        </p>
      </div>
      <StatusStrip counts={counts} />
    </header>
  );
});

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

function StatusStrip({ counts }: { counts: Record<ShownStatus, number> }) {
  const parts = STRIP.filter((status) => counts[status] > 0);
  const words = parts.map((status) => `${counts[status]} ${STATUS_WORDS[status].toLowerCase()}`).join(", ");
  return (
    <div className="states" role="img" aria-label={words}>
      {parts.map((status) => (
        <i
          key={status}
          className={`s-${status}`}
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

/** What needs a person first, with a way to it; then what goes on without them. */
function TreeSentence({ tree, tasks, asked, counts, select }: TreeSentenceProps) {
  const first = (status: ShownStatus) =>
    [...tasks.values()].find((task) => shownStatusOf(task, asked) === status)?.id ?? "";
  const needs = [
    counts.you > 0 && (
      <button key="you" type="button" className="jump you" onClick={() => select(first("you"))}>
        {counts.you === 1 ? "1 task waits for you" : `${exactCount(counts.you)} tasks wait for you`}
      </button>
    ),
    counts.failed > 0 && (
      <button key="failed" type="button" className="jump bad" onClick={() => select(first("failed"))}>
        {exactCount(counts.failed)} failed
      </button>
    ),
  ].filter((one) => one !== false);
  return (
    <>
      {needs[0]}
      {needs.length > 1 ? ", " : null}
      {needs[1]}
      {needs.length > 0 ? ". " : null}
      <span className="dim">
        <TimedText text={restSentence(tree, counts, firstResume(tasks))} />
      </span>
    </>
  );
}

/** When the first of the parked tasks resumes; null where none is, or nobody knows. */
function firstResume(tasks: ReadonlyMap<string, Task>): string | null {
  const times = [...tasks.values()].flatMap(({ status, parked_until }) =>
    status === "parked" && parked_until ? [parked_until] : [],
  );
  return times.sort()[0] ?? null;
}

function restSentence(tree: Tree, counts: Record<ShownStatus, number>, resumes: string | null): string {
  if (isEnded(tree.status)) return [STATUS_WORDS[tree.status], treeText(tree)].filter(Boolean).join(": ");
  if (tree.status === "paused") return "Paused: nothing runs until you resume it.";
  const goOn = counts.running + counts.ready;
  const parts: string[] = [];
  if (goOn > 0)
    parts.push(
      `${plural(counts.running, "task")} ${counts.running === 1 ? "runs" : "run"}${counts.ready ? `, ${counts.ready} in the queue` : ""}`,
    );
  if (counts.parked > 0)
    parts.push(
      `${counts.parked} parked, ${counts.parked === 1 ? "resumes by itself" : "resume by themselves"}${resumes ? ` ${counts.parked === 1 ? "at" : "from"} ${resumes}${counts.parked === 1 ? "" : " on"}` : ""}`,
    );
  if (counts.paused > 0) parts.push(`${counts.paused} paused`);
  return parts.length > 0 ? `${parts.join("; ")}.` : "Nothing runs at this moment.";
}
