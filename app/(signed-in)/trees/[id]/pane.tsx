"use client";

import { useMemo, useRef, useState } from "react";
import type { Task } from "@/agents/core/shapes";
import { isEnded } from "@/agents/core/shapes";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { OpenedLog } from "@/components/feed/use-tree-feed";
import { Markdown } from "@/components/text/markdown";
import { type LogEntry, logEntries } from "@/components/trees/log-entries";
import { taskSentence } from "@/components/trees/sentences";
import { Icon } from "@/components/ui/icon";
import { shownStatusOf } from "@/components/ui/status";
import { useAction } from "@/components/ui/use-action";
import { CallProgressProvider } from "./call-progress";
import { ChangeDialog } from "./change-dialog";
import { Claims } from "./claims";
import { ForkDialog } from "./fork-dialog";
import { ForkFromProvider, type ForkPoint } from "./fork-point";
import { Interventions } from "./interventions";
import { LiveStrip } from "./live-strip";
import { Log } from "./log";
import { NextStep } from "./next-step";
import { countBelow, PaneHeader } from "./pane-header";
import { PaneReviews } from "./pane-reviews";
import { Spend } from "./spend";
import { SteerBox } from "./steer-box";
import { TaskActions } from "./task-actions";
import { TaskSays } from "./task-says";
import { useFollowEnd } from "./use-follow-end";
import { useTaskDetail } from "./use-task-detail";

interface PaneProps {
  task: Task;
  feed: TreeFeed;
  /** Reviews before a person. */
  asked: ReadonlySet<string>;
  opened: OpenedLog | null;
  loadEarlier: () => Promise<void>;
  problem: string | null;
  select: (id: string | null) => void;
}

/** One task: what it is, how it stands, what it said and did, and a box to talk to it. */
export function Pane({ task, feed, asked, opened, loadEarlier, problem, select }: PaneProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const detail = useTaskDetail(task, opened?.task ?? null);
  const entries = useMemo(() => logEntries(feed.log), [feed.log]);
  const draft = feed.draft?.taskId === task.id ? feed.draft : null;
  const { atEnd, goToEnd } = useFollowEnd(scroller, feed.logLoaded);
  const says = taskSentence({ ...task, verdict: detail.verdict }, feed.tasks, feed.reviews, whyParked(entries));
  const reviews = feed.reviews.filter((review) => review.task_id === task.id);
  const action = useAction();
  const [isStepping, setStepping] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const [forkPoint, setForkPoint] = useState<ForkPoint | null>(null);
  const over = isEnded(task.status);
  return (
    <section className="pane" aria-label="Task">
      <PaneHeader task={task} tasks={feed.tasks} status={shownStatusOf(task, asked)} back={() => select(null)}>
        <TaskActions
          task={task}
          subtasks={countBelow(task, feed.tasks)}
          action={action}
          isStepping={isStepping && !over}
          step={() => setStepping(!isStepping)}
          change={() => setChanging(true)}
          fork={() => setForkPoint({ what: "the beginning" })}
        />
      </PaneHeader>
      <div className="scroll" ref={scroller} data-log-scroller>
        <div className="body">
          <TaskSays task={task} says={says} action={action} change={() => setChanging(true)} />
          {isStepping && !over ? <NextStep task={task} close={() => setStepping(false)} /> : null}
          <PaneReviews reviews={reviews} reader={task.title} />
          <Instruction text={detail.instruction} />
          <Spend task={task} tasks={feed.tasks} />
          <Interventions task={task} />
          {detail.verdict ? <Claims verdict={detail.verdict} attempt={detail.attempt} /> : null}
          {over && detail.result ? <Result text={detail.result} /> : null}
          <CallProgressProvider value={feed.progress}>
            <ForkFromProvider value={setForkPoint}>
              <Log
                feed={feed}
                entries={entries}
                draft={draft}
                agent={task.agent}
                select={select}
                loadEarlier={loadEarlier}
                problem={problem}
              />
            </ForkFromProvider>
          </CallProgressProvider>
        </div>
      </div>
      <LiveStrip task={task} draft={draft} atEnd={atEnd} goToEnd={goToEnd} />
      <SteerBox task={task} />
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
    </section>
  );
}

/** What the model's provider, or the cap of the day, said when the task was parked; an older row does not have it. */
function whyParked(entries: LogEntry[]): string | null {
  const last = entries.findLast((entry) => entry.kind === "event" && entry.line.cause !== undefined);
  return last?.kind === "event" ? (last.line.cause ?? null) : null;
}

function Instruction({ text }: { text: string }) {
  return (
    <details className="part inst">
      <summary>
        <Icon name="chev" className="i tw" />
        <h3>Instruction</h3>
        <span className="cut dim">{text.split("\n", 1)[0]}</span>
      </summary>
      <div className="pl-5 mt-1">
        <Markdown text={text} />
      </div>
    </details>
  );
}

function Result({ text }: { text: string }) {
  return (
    <div className="part">
      <h3>Result</h3>
      <Markdown text={text} />
    </div>
  );
}
