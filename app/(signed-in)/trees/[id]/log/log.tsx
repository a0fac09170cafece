"use client";

import { type ComponentProps, memo, type ReactNode, useRef, useState } from "react";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";
import { Hint } from "@/components/ui/hint";
import { Skeleton } from "@/components/ui/page/skeleton";
import type { Task } from "@/core/shapes/shapes";
import { exactCount, plural } from "@/core/words/figures";
import { DraftEntry } from "./draft-entry";
import { LogEntryItem } from "./log-entry";
import { RawLog } from "./raw-log";
import { useKeptPlace } from "./use-kept-place";
import { useLogEdges } from "./use-log-edges";
import { useLogFacts } from "./use-log-facts";
import type { LogView } from "./use-log-view";

interface LogProps {
  task: Task;
  feed: TreeFeed;
  view: LogView;
  pages: LogPages;
  problem: string | null;
  select: (id: string) => void;
  /** For an ended task: folds the log, and goes back to the top of the pane. */
  fold: { close: () => void; showTop: () => void } | null;
}

/** Shows the task's log as a conversation. The page holds one part of it at a time, so a log can have any length. */
export const Log = memo(function Log({ task, feed, view, pages, problem, select, fold }: LogProps) {
  const { entries, draft, place } = view;
  const [raw, setRaw] = useState(false);
  const [top, bottom] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const edges = useLogEdges(feed, pages, top, bottom);
  const list = useRef<HTMLOListElement>(null);
  const keepPlace = useKeptPlace(list, entries);
  const facts = useLogFacts(task);
  const firstError = facts?.first_error ?? null;
  const shownProblem = problem ?? view.problem ?? edges.failure;
  return (
    <div className="mt-3" data-log>
      <LogBar length={feed.logLoaded ? lengthText(feed.log.length, facts?.messages ?? 0) : ""}>
        {firstError === null ? null : (
          <LogBarButton data-key="e" onClick={() => place.open(firstError)}>
            First error
          </LogBarButton>
        )}
        <LogBarButton aria-pressed={raw} onClick={() => setRaw(!raw)}>
          {raw ? "Formatted" : "Raw"}
        </LogBarButton>
        {fold ? (
          <>
            <LogBarButton onClick={fold.close}>Fold</LogBarButton>
            <LogBarButton onClick={fold.showTop}>
              {task.status === "succeeded" ? "To the result" : "To the top"}
            </LogBarButton>
          </>
        ) : null}
      </LogBar>
      {shownProblem ? (
        <Hint isBad role="alert">
          {shownProblem}
        </Hint>
      ) : null}
      <div ref={top} />
      {feed.hasEarlier ? (
        <button
          type="button"
          className="link text-small"
          disabled={edges.loading}
          onClick={() => {
            keepPlace();
            edges.loadEarlier();
          }}
        >
          {edges.loading ? "Loading messages" : "Show earlier messages"}
        </button>
      ) : null}
      {feed.logLoaded ? null : <LogSkeleton />}
      {raw ? (
        <RawLog messages={feed.log} />
      ) : (
        <ol ref={list}>
          {entries.map((entry) => (
            <LogEntryItem key={entry.seq} entry={entry} agent={task.agent} select={select} />
          ))}
          {draft && !feed.hasLater ? <DraftEntry draft={draft} agent={task.agent} /> : null}
        </ol>
      )}
      <div ref={bottom} />
      {feed.hasLater && feed.logLoaded ? (
        <button type="button" className="link text-small" disabled={edges.loading} onClick={edges.loadLater}>
          {edges.loading ? "Loading messages" : "Show later messages"}
        </button>
      ) : null}
    </div>
  );
});

/** The bar above the log. It stays visible while the log scrolls, so its buttons stay in reach. */
function LogBar({ length, children }: { length: string; children: ReactNode }) {
  return (
    <h3
      className="sticky top-0 z-2 -mx-4 flex min-w-0 min-h-8 items-center gap-2 border-b border-line bg-bg px-4"
      tabIndex={-1}
    >
      Log <span className="text-small text-ink-3">{length}</span>
      <span className="flex-auto" />
      {children}
    </h3>
  );
}

function LogBarButton(props: ComponentProps<"button">) {
  return <button type="button" className="link text-small text-ink-3" {...props} />;
}

function lengthText(held: number, all: number): string {
  return all > held ? `${exactCount(held)} of ${exactCount(all)} messages` : plural(held, "message");
}

/** Grey bars in the shape of the log, shown only when loading takes a moment. */
function LogSkeleton() {
  return (
    <Skeleton role="status" aria-label="Loading the log">
      <i className="w-1/3" />
      <i />
      <i className="w-4/5" />
    </Skeleton>
  );
}
