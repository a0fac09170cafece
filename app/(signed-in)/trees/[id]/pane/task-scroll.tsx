"use client";

import { type ReactNode, useMemo } from "react";
import { useRights } from "@/components/ui/rights";
import { ScrollArea } from "@/components/ui/scroll-area";
import { ForkFromProvider } from "../control/fork-point";
import { LogPlaceProvider } from "../log/log-place";
import { TasksNowProvider } from "../log/subtask-now";
import { LiveStrip } from "./live-strip";
import { PaneLog } from "./pane-log";
import { PaneSections } from "./pane-sections";
import type { PaneProps, usePane } from "./use-pane";

interface TaskScrollProps extends Pick<PaneProps, "task" | "feed" | "asked" | "pages" | "problem" | "select"> {
  pane: ReturnType<typeof usePane>;
  /** As a conversation, which has fewer sections. */
  isTalk?: boolean;
  className?: string;
  inner: string;
  /** What comes before the sections and the log. */
  children: ReactNode;
}

/** What scrolls of an open task: what its view puts first, its sections and its log. At the end, a strip with the latest words. */
export function TaskScroll(props: TaskScrollProps) {
  const { task, feed, asked, pages, problem, select, pane, isTalk = false, className = "", inner, children } = props;
  const { detail, log, dialogs, fold } = pane;
  const mayRun = useRights().run === null;
  const now = useMemo(() => ({ tasks: feed.tasks, asked, select }), [feed.tasks, asked, select]);
  return (
    <>
      {/* The padding keeps a focused element clear of the strip at the end. */}
      <ScrollArea className={`scroll-pb-7 ${className}`} ref={pane.scroller} data-log-scroller>
        <LogPlaceProvider value={pane.place}>
          <ForkFromProvider value={mayRun ? dialogs.fork : null}>
            <div className={inner}>
              {children}
              <div className={isTalk ? "mt-3 min-w-0" : undefined}>
                <PaneSections
                  task={task}
                  tasks={feed.tasks}
                  detail={detail}
                  files={pane.files}
                  asked={asked}
                  select={select}
                  isTalk={isTalk}
                />
                <TasksNowProvider value={now}>
                  <PaneLog
                    task={task}
                    pages={pages}
                    problem={problem}
                    select={select}
                    fold={fold}
                    feed={pane.shown}
                    view={log}
                  />
                </TasksNowProvider>
              </div>
            </div>
          </ForkFromProvider>
        </LogPlaceProvider>
      </ScrollArea>
      <LiveStrip
        task={task}
        draft={log.draft}
        running={feed.running}
        atEnd={log.atEnd || !fold.isOpen}
        goToEnd={fold.goToEnd}
      />
    </>
  );
}
