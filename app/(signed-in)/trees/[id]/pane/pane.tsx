"use client";

import { type ComponentProps, useDeferredValue, useEffect, useMemo, useRef } from "react";
import { isChosen } from "@/components/feed/selectors";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";
import type { OpenedLog } from "@/components/feed/use-tree-feed";
import { useAction } from "@/components/ui/hooks/use-action";
import { useRights } from "@/components/ui/rights";
import { ScrollArea } from "@/components/ui/scroll-area";
import { shownStatusOf } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { possibleOf } from "@/core/words/remedies";
import { taskSentence } from "@/core/words/tasks";
import { ForkFromProvider } from "../control/fork-point";
import { FoldedLog } from "../log/folded-log";
import { Log } from "../log/log";
import { type LogPlace, LogPlaceProvider } from "../log/log-place";
import { TasksNowProvider } from "../log/subtask-now";
import { useLogFold } from "../log/use-log-fold";
import { useLogView } from "../log/use-log-view";
import { LiveStrip } from "./live-strip";
import { PaneDialogs, usePaneDialogs } from "./pane-dialogs";
import { PaneHeader } from "./pane-header";
import { PaneSections } from "./pane-sections";
import { PaneTop } from "./pane-top";
import { SteerBox } from "./steer-box";
import { useContinuation } from "./use-continuation";
import { useTaskDetail } from "./use-task-detail";

interface PaneProps {
  task: Task;
  feed: TreeFeed;
  /** Reviews that wait for a person. */
  asked: ReadonlySet<string>;
  opened: OpenedLog | null;
  pages: LogPages;
  problem: string | null;
  select: (id: string | null) => void;
}

/** One task: its facts, its state, its reviews, its log, and a box to message it. */
export function Pane({ task, feed, asked, opened, pages, problem, select }: PaneProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const detail = useTaskDetail(task, opened?.task ?? null);
  const shown = useShownFeed(feed);
  const log = useLogView(task, shown, pages, scroller);
  const continuation = useContinuation(task);
  const { isOver, ...can } = possibleOf(continuation, log.lastTurn !== null);
  const says = taskSentence({ ...task, verdict: detail.verdict }, feed.tasks, feed.reviews, {
    parkedWhy: log.whyParked,
    // The snapshot of a new tree comes before its first call; a task that was chosen starts after it.
    hasBegun: isChosen(task) || feed.now.some((one) => one.task_id === task.id),
    can,
    overWhy: isOver ? (continuation?.why ?? null) : null,
  });
  const reviews = feed.reviews.filter((review) => review.task_id === task.id);
  const action = useAction();
  const dialogs = usePaneDialogs();
  const over = isEnded(task.status);
  const { atEnd, goToEnd } = log;
  const fold = useLogFold({ over, asks: reviews.length > 0, target: log.place.target, atEnd, goToEnd, scroller });
  const place = useOpeningPlace(log.place, fold.open);
  const mayRun = useRights().run === null;
  const common = { task, tasks: feed.tasks };
  const now = useMemo(() => ({ tasks: feed.tasks, asked, select }), [feed.tasks, asked, select]);
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col items-stretch gap-0" aria-label="Task">
      <PaneHeader
        {...common}
        select={select}
        action={action}
        status={shownStatusOf(task, asked)}
        step={dialogs.step}
        change={dialogs.change}
        fork={dialogs.forkStart}
      />
      {/* The padding keeps a focused element clear of the strip at the end. */}
      <ScrollArea className="scroll-pb-7" ref={scroller} data-log-scroller>
        <LogPlaceProvider value={place}>
          <div className="px-4 pt-3 pb-4">
            <PaneTop
              {...common}
              detail={detail}
              says={says}
              log={log}
              reviews={reviews}
              continuation={continuation}
              possible={{ isOver, ...can }}
              dialogs={dialogs}
              action={action}
              select={select}
            />
            <PaneSections {...common} detail={detail} asked={asked} select={select} />
            <ForkFromProvider value={mayRun ? dialogs.fork : null}>
              <TasksNowProvider value={now}>
                <PaneLog
                  task={task}
                  pages={pages}
                  problem={problem}
                  select={select}
                  fold={fold}
                  feed={shown}
                  view={log}
                />
              </TasksNowProvider>
            </ForkFromProvider>
          </div>
        </LogPlaceProvider>
      </ScrollArea>
      <LiveStrip
        task={task}
        draft={log.draft}
        running={feed.running}
        atEnd={atEnd || !fold.isOpen}
        goToEnd={fold.goToEnd}
      />
      <SteerBox task={task} continuation={continuation} />
      <PaneDialogs task={task} detail={detail} dialogs={dialogs} say={action.say} />
    </section>
  );
}

/**
 * Returns the feed to show. Rendering a page of the log is slow, so typing and keys go first. All else is shown at once,
 * because a pane that is rendered a second time for one message costs more than the message.
 */
function useShownFeed(feed: TreeFeed): TreeFeed {
  const pages = useDeferredValue(feed.pages);
  const last = useRef(feed);
  const shown = pages === feed.pages ? feed : last.current;
  useEffect(() => {
    last.current = shown;
  });
  return shown;
}

type PaneLogProps = Omit<ComponentProps<typeof Log>, "fold"> & { fold: ReturnType<typeof useLogFold> };

/** The log, or the one line that opens it. */
function PaneLog({ fold, ...rest }: PaneLogProps) {
  const { task } = rest;
  if (!fold.isOpen) return <FoldedLog task={task} open={fold.open} />;
  return <Log {...rest} fold={isEnded(task.status) ? fold : null} />;
}

/** Returns the place with a jump that also opens a folded log. */
function useOpeningPlace(place: LogPlace, open: () => void): LogPlace {
  return useMemo(
    () => ({
      ...place,
      open(seq) {
        open();
        place.open(seq);
      },
    }),
    [place, open],
  );
}
