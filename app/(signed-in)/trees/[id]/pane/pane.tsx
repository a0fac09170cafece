"use client";

import { Suspense, useDeferredValue, useRef, useState } from "react";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";
import type { OpenedLog } from "@/components/feed/use-tree-feed";
import { useAction } from "@/components/ui/hooks/use-action";
import { lazily } from "@/components/ui/page/lazily";
import { useRights } from "@/components/ui/rights";
import { ScrollArea } from "@/components/ui/scroll-area";
import { shownStatusOf } from "@/components/ui/status";
import type { Task } from "@/core/shapes/shapes";
import { taskSentence } from "@/core/words/tasks";
import { ForkFromProvider, type ForkPoint } from "../control/fork-point";
import { Log } from "../log/log";
import { LogPlaceProvider } from "../log/log-place";
import { RunningCallProvider } from "../log/running-call";
import { useLogView } from "../log/use-log-view";
import { LiveStrip } from "./live-strip";
import { countBelow, PaneHeader } from "./pane-header";
import { PaneReviews } from "./pane-reviews";
import { PaneSections } from "./pane-sections";
import { SteerBox } from "./steer-box";
import { TaskActions } from "./task-actions";
import { TaskSays } from "./task-says";
import { useTaskDetail } from "./use-task-detail";

const ChangeDialog = lazily(() => import("../control/change-dialog").then((file) => file.ChangeDialog));
const ForkDialog = lazily(() => import("../control/fork-dialog").then((file) => file.ForkDialog));
const StepDialog = lazily(() => import("../control/step-dialog").then((file) => file.StepDialog));

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
  // Rendering a page of the log is slow, so typing and keys go first.
  const deferredFeed = useDeferredValue(feed);
  const log = useLogView(task, deferredFeed, pages, scroller);
  const says = taskSentence({ ...task, verdict: detail.verdict }, feed.tasks, feed.reviews, log.whyParked);
  const reviews = feed.reviews.filter((review) => review.task_id === task.id);
  const action = useAction();
  const [isStepping, setStepping] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const [forkPoint, setForkPoint] = useState<ForkPoint | null>(null);
  const mayRun = useRights().run === null;
  const change = () => setChanging(true);
  const common = { task, tasks: feed.tasks };
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col items-stretch gap-0" aria-label="Task">
      <PaneHeader {...common} status={shownStatusOf(task, asked)} back={() => select(null)}>
        <TaskActions
          task={task}
          subtasks={countBelow(task, feed.tasks)}
          action={action}
          step={() => setStepping(true)}
          change={change}
          fork={() => setForkPoint({ what: "the beginning" })}
        />
      </PaneHeader>
      {/* The padding keeps a focused element clear of the strip at the end. */}
      <ScrollArea className="scroll-pb-7" ref={scroller} data-log-scroller>
        <LogPlaceProvider value={log.place}>
          <div className="px-4 pt-3 pb-4">
            <TaskSays
              {...common}
              says={says}
              action={action}
              change={change}
              fork={setForkPoint}
              lastTurn={log.lastTurn}
              select={select}
            />
            <PaneReviews task={task.id} reviews={reviews} reader={task.title} />
            <PaneSections {...common} detail={detail} asked={asked} select={select} />
            <RunningCallProvider value={feed.running}>
              <ForkFromProvider value={mayRun ? setForkPoint : null}>
                <Log task={task} feed={deferredFeed} view={log} pages={pages} problem={problem} select={select} />
              </ForkFromProvider>
            </RunningCallProvider>
          </div>
        </LogPlaceProvider>
      </ScrollArea>
      <LiveStrip task={task} draft={log.draft} running={feed.running} atEnd={log.atEnd} goToEnd={log.goToEnd} />
      <SteerBox task={task} />
      <Suspense>
        {isStepping ? <StepDialog task={task} onClosed={() => setStepping(false)} onDone={action.say} /> : null}
        {isChanging ? <ChangeDialog task={task} onClosed={() => setChanging(false)} onDone={action.say} /> : null}
        {forkPoint ? (
          <ForkDialog
            task={task}
            // The row holds only the beginning of a long instruction.
            instruction={detail === task ? null : detail.instruction}
            point={forkPoint}
            onClosed={() => setForkPoint(null)}
          />
        ) : null}
      </Suspense>
    </section>
  );
}
