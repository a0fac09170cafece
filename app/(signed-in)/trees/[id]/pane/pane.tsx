"use client";

import { useMemo } from "react";
import { useRights } from "@/components/ui/rights";
import { ScrollArea } from "@/components/ui/scroll-area";
import { shownStatusOf } from "@/components/ui/status";
import { ForkFromProvider } from "../control/fork-point";
import { LogPlaceProvider } from "../log/log-place";
import { TasksNowProvider } from "../log/subtask-now";
import { LiveStrip } from "./live-strip";
import { PaneDialogs } from "./pane-dialogs";
import { PaneHeader } from "./pane-header";
import { PaneLog } from "./pane-log";
import { PaneSections } from "./pane-sections";
import { PaneTop } from "./pane-top";
import { SteerBox } from "./steer-box";
import { type PaneProps, usePane } from "./use-pane";

/** One task: its facts, its state, its reviews, its log, and a box to message it. */
export function Pane(props: PaneProps) {
  const { task, feed, asked, pages, problem, select } = props;
  const pane = usePane(props);
  const { detail, log, continuation, action, dialogs, fold } = pane;
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
      <ScrollArea className="scroll-pb-7" ref={pane.scroller} data-log-scroller>
        <LogPlaceProvider value={pane.place}>
          <div className="px-4 pt-3 pb-4">
            <PaneTop
              {...common}
              detail={detail}
              says={pane.says}
              log={log}
              reviews={pane.reviews}
              continuation={continuation}
              possible={pane.possible}
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
                  feed={pane.shown}
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
        atEnd={log.atEnd || !fold.isOpen}
        goToEnd={fold.goToEnd}
      />
      <SteerBox task={task} continuation={continuation} nextTurn={pane.nextTurn} />
      <PaneDialogs task={task} detail={detail} dialogs={dialogs} say={action.say} />
    </section>
  );
}
