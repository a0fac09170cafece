"use client";

import Link from "next/link";
import { Fragment } from "react";
import { shownStatusOf } from "@/components/ui/status";
import { useNow } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import { isEnded } from "@/core/log/terms";
import type { Task, Tree } from "@/core/shapes/shapes";
import { type CountPart, countParts, type StatusCounts } from "@/core/words/counts";
import { duration, exactCount } from "@/core/words/figures";
import { sentence } from "@/core/words/sentence";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";
import { treeText } from "@/core/words/trees";

interface TreeSentenceProps {
  tree: Tree;
  tasks: ReadonlyMap<string, Task>;
  asked: ReadonlySet<string>;
  counts: StatusCounts;
  select: (id: string) => void;
}

/**
 * Says what state the tree is in and how many of its tasks are in each state, with links to those that need a person.
 */
export function TreeSentence({ tree, tasks, asked, counts, select }: TreeSentenceProps) {
  const parts = partsOf(tree, tasks, counts);
  const resumes = isEnded(tree.status) ? null : firstResume(tasks);
  return (
    <>
      <TreeState tree={tree} />
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
    </>
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

const STATE_LOOKS: Partial<Record<ShownStatus, string>> = { succeeded: "text-ok", failed: "text-fail" };

/** How and when a tree ended, or why nothing runs in a paused one; nothing while the counts say it all. */
function TreeState({ tree }: { tree: Tree }) {
  if (tree.status === "paused") return <>Paused: nothing runs until you resume the tree. </>;
  if (!isEnded(tree.status)) return null;
  const text = treeText(tree);
  return (
    <>
      <span className={`font-medium ${STATE_LOOKS[tree.status] ?? ""}`}>{STATUS_WORDS[tree.status]}</span>
      {tree.ended_at ? <Ago at={tree.ended_at} /> : null}
      {text ? (
        <>
          : <TimedText text={sentence(text)} />{" "}
        </>
      ) : (
        ". "
      )}
    </>
  );
}

/** " 40 min ago". The server does not know when the page is read. */
function Ago({ at }: { at: string }) {
  const now = useNow();
  return now === 0 ? null : ` ${duration(now - Date.parse(at))} ago`;
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
