"use client";

import { shownStatusOf } from "@/components/ui/status";
import { PaneDialogs } from "./pane-dialogs";
import { PaneHeader } from "./pane-header";
import { PaneTop } from "./pane-top";
import { SteerBox } from "./steer-box";
import { TaskScroll } from "./task-scroll";
import { type PaneProps, usePane } from "./use-pane";

/** One task: its facts, its state, its reviews, its log, and a box to message it. */
export function Pane(props: PaneProps) {
  const { task, feed, asked, select } = props;
  const pane = usePane(props);
  const { detail, continuation, action, dialogs } = pane;
  const common = { task, tasks: feed.tasks };
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
      <TaskScroll {...props} pane={pane} inner="px-4 pt-3 pb-4">
        <PaneTop
          {...common}
          detail={detail}
          files={pane.files}
          says={pane.says}
          log={pane.log}
          reviews={pane.reviews}
          continuation={continuation}
          possible={pane.possible}
          dialogs={dialogs}
          action={action}
          select={select}
        />
      </TaskScroll>
      <SteerBox task={task} continuation={continuation} nextTurn={pane.nextTurn} />
      <PaneDialogs task={task} detail={detail} dialogs={dialogs} say={action.say} />
    </section>
  );
}
