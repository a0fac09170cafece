"use client";

import { useMemo, useRef } from "react";
import type { Task } from "@/agents/core/shapes";
import { isEnded } from "@/agents/core/shapes";
import { answerReview } from "@/app/actions/task-commands";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { OpenedLog } from "@/components/feed/use-tree-feed";
import { AnswerBox } from "@/components/reviews/answer-box";
import { detailOf, REVIEW_WORDS } from "@/components/reviews/words";
import { Markdown } from "@/components/text/markdown";
import { MODEL_FAILED } from "@/components/trees/event-line";
import { type LogEntry, logEntries } from "@/components/trees/log-entries";
import { taskSentence } from "@/components/trees/sentences";
import { Icon } from "@/components/ui/icon";
import { Say } from "@/components/ui/parts";
import { shownStatusOf } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import { Claims } from "./claims";
import { LiveStrip } from "./live-strip";
import { Log } from "./log";
import { PaneHeader } from "./pane-header";
import { SteerBox } from "./steer-box";
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
  return (
    <section className="pane" aria-label="Task">
      <PaneHeader task={task} tasks={feed.tasks} status={shownStatusOf(task, asked)} back={() => select(null)} />
      <div className="scroll" ref={scroller} data-log-scroller>
        <div className="body">
          <div className="part" data-testid="task-sentence">
            <Say look={says.look}>
              {says.text}
              {says.at ? (
                <>
                  {" "}
                  <Clock at={says.at} />
                </>
              ) : null}
              {says.rest}
            </Say>
          </div>
          {reviews.map((review) => (
            <div className="part" key={review.id}>
              <h3>{REVIEW_WORDS[review.kind]}</h3>
              <div className="question">
                <Markdown text={review.title} />
              </div>
              {detailOf(review) ? (
                <div className="dim mt-1">
                  <Markdown text={detailOf(review)} />
                </div>
              ) : null}
              {review.kind === "question" ? (
                <AnswerBox reviewId={review.id} reader={task.title} answer={answerReview} />
              ) : null}
            </div>
          ))}
          <Instruction text={detail.instruction} />
          {detail.verdict ? <Claims verdict={detail.verdict} attempt={detail.attempt} /> : null}
          {isEnded(task.status) && detail.result ? <Result text={detail.result} /> : null}
          <Log
            feed={feed}
            entries={entries}
            draft={draft}
            agent={task.agent}
            select={select}
            loadEarlier={loadEarlier}
            problem={problem}
          />
        </div>
      </div>
      <LiveStrip task={task} draft={draft} atEnd={atEnd} goToEnd={goToEnd} />
      <SteerBox task={task} />
    </section>
  );
}

/** What the model's provider said when the task was parked; the log has it, the row has not. */
function whyParked(entries: LogEntry[]): string | null {
  const last = entries.findLast((entry) => entry.kind === "event" && entry.line.title === MODEL_FAILED);
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
