"use client";

import { useRights } from "@/components/ui/rights";
import type { Continuation } from "@/core/shapes/continuation";
import type { TaskFiles } from "@/core/shapes/files";
import type { Review, Task } from "@/core/shapes/shapes";
import type { Possible } from "@/core/words/remedies";
import type { Sentence } from "@/core/words/tasks";
import { ResultActions } from "../files/result-actions";
import { ResultFiles, type ResultPart, useResultFiles } from "../files/result-files";
import type { Loaded } from "../files/use-loaded";
import type { LogView } from "../log/use-log-view";
import { Evidence } from "./evidence";
import { Said } from "./final-words";
import { LastFailure } from "./last-failure";
import type { usePaneDialogs } from "./pane-dialogs";
import { PaneReviews } from "./pane-reviews";
import { ResultCard } from "./result-card";
import { TaskSays, type TaskSaysProps } from "./task-says";

interface PaneTopProps extends Pick<TaskSaysProps, "task" | "tasks" | "action" | "select"> {
  /** The task with its long texts. */
  detail: Task;
  /** All that it changed. */
  files: Loaded<TaskFiles>;
  says: Sentence;
  log: LogView;
  reviews: Review[];
  continuation: Continuation | null;
  possible: Possible;
  dialogs: ReturnType<typeof usePaneDialogs>;
  /** In a conversation: the newest exchange, whose result is shown. */
  exchange?: ResultPart;
}

/** What matters first: the result of a success, the reason and the remedies of a failure, the question of what waits. */
export function PaneTop(props: PaneTopProps) {
  const { detail, files: all, says, log, reviews, continuation, possible, dialogs, exchange, ...common } = props;
  const { task } = common;
  const isUnsuccessful = task.status === "failed" || task.status === "stopped";
  const files = useResultFiles(task, all, exchange);
  const hasFiles = (all.body?.files.length ?? 0) > 0;
  const actions = <ResultActions task={task} hasFiles={hasFiles} look={exchange ? "primary" : "plain"} />;
  // In a conversation the field for the next words is right below.
  const isAsking = says.look === "you" && reviews.length > 0;
  const mayGoOn = useRights().run === null && continuation?.by !== null && exchange === undefined;
  const asked = <PaneReviews key="asked" task={task.id} reviews={reviews} reader={task.title} />;
  const state =
    task.status === "succeeded" ? (
      <ResultCard key="state" task={task} detail={detail} says={says} mayGoOn={mayGoOn} actions={actions}>
        <Evidence detail={detail} />
        <ResultFiles task={task} files={files} hasPreview={exchange !== undefined} />
      </ResultCard>
    ) : (
      <TaskSays
        key="state"
        {...common}
        says={says}
        isBelow={isAsking}
        change={dialogs.change}
        possible={possible}
        retry={dialogs.retry}
        fork={dialogs.fork}
        lastTurn={log.end.lastTurn}
      />
    );
  return (
    <>
      {/* Keys, so that the outcome of a decision stays when what was asked moves below. */}
      {isAsking ? [asked, state] : [state, asked]}
      {isUnsuccessful ? (
        <>
          {task.reason === "by_agent" ? <Said detail={detail} /> : null}
          <Evidence detail={detail} />
          <LastFailure call={log.end.lastFailure} />
          <ResultFiles task={task} files={files} hasPreview={exchange !== undefined} />
          <div className="mt-2 flex flex-wrap gap-2">{actions}</div>
          {task.reason === "by_agent" ? null : <Said detail={detail} />}
        </>
      ) : null}
    </>
  );
}
