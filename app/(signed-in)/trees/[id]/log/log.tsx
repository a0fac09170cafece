"use client";

import { type ComponentProps, memo, type ReactNode, type RefObject, useRef, useState } from "react";
import type { RunningCall } from "@/components/feed/activity";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";
import type { LogEntry } from "@/components/trees/log-entries";
import { Hint } from "@/components/ui/hint";
import { lazily } from "@/components/ui/page/lazily";
import { Skeleton } from "@/components/ui/page/skeleton";
import type { Task } from "@/core/shapes/shapes";
import { exactCount, plural } from "@/core/words/figures";
import { DraftEntry } from "./draft-entry";
import { LogFindRow } from "./find/log-find";
import { LogEntryItem } from "./log-entry";
import type { LogPlace } from "./log-place";
import { UnreadEntry } from "./unread-entry";
import { useKeptPlace } from "./use-kept-place";
import { useLogEdges } from "./use-log-edges";
import { useLogFacts } from "./use-log-facts";
import type { LogView } from "./use-log-view";

const RawLog = lazily(() => import("./raw-log").then((file) => file.RawLog));

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
  const entriesBox = useRef<HTMLDivElement>(null);
  const [top, bottom] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const edges = useLogEdges(feed, pages, top, bottom);
  const list = useRef<HTMLOListElement>(null);
  const keepPlace = useKeptPlace(list, entries);
  const shownProblem = problem ?? view.problem ?? edges.failure;
  return (
    <div className="mt-3" data-log>
      <LogTop task={task} feed={feed} place={place} raw={raw} setRaw={setRaw} fold={fold} list={entriesBox} />
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
      <div ref={entriesBox}>
        {raw ? (
          <RawLog messages={feed.log} />
        ) : (
          <ol ref={list}>
            <LogEntries entries={entries} agent={task.agent} select={select} running={feed.running} />
            {draft && !feed.hasLater ? <DraftEntry draft={draft} agent={task.agent} /> : null}
            {feed.logLoaded && !feed.hasLater
              ? task.unread_messages?.map((message) => (
                  <UnreadEntry key={`${message.sent_at} ${message.by}`} message={message} />
                ))
              : null}
          </ol>
        )}
      </div>
      <div ref={bottom} />
      {feed.hasLater && feed.logLoaded ? (
        <button type="button" className="link text-small" disabled={edges.loading} onClick={edges.loadLater}>
          {edges.loading ? "Loading messages" : "Show later messages"}
        </button>
      ) : null}
    </div>
  );
});

interface LogEntriesProps {
  entries: LogEntry[];
  agent: string;
  select: (id: string) => void;
  running: RunningCall | null;
}

/** Memoized, because much of what a busy tree tells the page changes no entry. */
const LogEntries = memo(function LogEntries({ entries, running, ...rest }: LogEntriesProps) {
  return entries.map((entry) => (
    <LogEntryItem key={entry.seq} entry={entry} running={isOf(entry, running) ? running : null} {...rest} />
  ));
});

function isOf(entry: LogEntry, running: RunningCall | null): boolean {
  if (running === null || (entry.kind !== "agent" && entry.kind !== "calls")) return false;
  return entry.calls.some((call) => call.key === running.key);
}

interface LogTopProps {
  task: Task;
  feed: TreeFeed;
  place: LogPlace;
  raw: boolean;
  setRaw: (raw: boolean) => void;
  fold: LogProps["fold"];
  /** The element that holds the log's entries. */
  list: RefObject<HTMLDivElement | null>;
}

/** The bar above the log: its length, its search, a jump to the first error, and the switch to the stored text. */
function LogTop({ task, feed, place, raw, setRaw, fold, list }: LogTopProps) {
  const [isFinding, setFinding] = useState(false);
  const findButton = useRef<HTMLButtonElement>(null);
  const facts = useLogFacts(task);
  const firstError = facts?.first_error ?? null;
  return (
    <LogBar
      length={feed.logLoaded ? lengthText(feed.log.length, facts?.messages ?? 0) : ""}
      below={
        isFinding ? (
          <LogFindRow
            taskId={task.id}
            list={list}
            open={place.open}
            close={() => {
              setFinding(false);
              findButton.current?.focus({ preventScroll: true });
            }}
          />
        ) : null
      }
    >
      <LogBarButton
        ref={findButton}
        data-open-find
        data-command="Find in this log"
        title="Find in this log (/ while the log has the focus)"
        aria-expanded={isFinding}
        onClick={() => setFinding(true)}
      >
        Find
      </LogBarButton>
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
  );
}

/** The bar above the log. It stays visible while the log scrolls, so its buttons stay in reach. */
function LogBar({ length, below, children }: { length: string; below: ReactNode; children: ReactNode }) {
  return (
    <div className="sticky top-0 z-2 -mx-4 border-b border-line bg-bg px-4">
      <div className="flex min-w-0 min-h-8 items-center gap-2">
        <h3 tabIndex={-1}>Log</h3>
        <span className="text-small text-ink-3">{length}</span>
        <span className="flex-auto" />
        {children}
      </div>
      {below}
    </div>
  );
}

function LogBarButton(props: ComponentProps<"button">) {
  return <button type="button" className="link min-h-6 text-small text-ink-3" {...props} />;
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
