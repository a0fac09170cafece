"use client";

import { useLayoutEffect, useRef, useState } from "react";
import { isChosen } from "@/components/feed/selectors";
import { Icon } from "@/components/ui/icon";
import { shownStatusOf } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import type { Exchange } from "@/core/shapes/conversation";
import type { Task } from "@/core/shapes/shapes";
import { earlierText } from "@/core/words/conversation";
import { plural } from "@/core/words/figures";
import { STATUS_WORDS } from "@/core/words/status";
import { rowText } from "@/core/words/tasks";
import { showTopOf } from "../log/use-log-fold";
import { PaneDialogs } from "../pane/pane-dialogs";
import { PaneTop } from "../pane/pane-top";
import { SteerBox } from "../pane/steer-box";
import { TaskActions } from "../pane/task-actions";
import { TaskScroll } from "../pane/task-scroll";
import { type PaneProps, usePane } from "../pane/use-pane";
import { PastExchange } from "./past-exchange";
import { Rail } from "./rail";
import { Said } from "./said";
import { type OpenedConversation, useConversation } from "./use-conversation";
import { Worked } from "./worked";

interface ConversationViewProps extends PaneProps {
  first: OpenedConversation | null;
}

/** A tree of one task: what was said, the work on it and its result, one below the other, with the next words at the foot. */
export function ConversationView(props: ConversationViewProps) {
  const { task, feed, asked, select, first } = props;
  const pane = usePane(props);
  const { detail, log, continuation, action, dialogs, fold, scroller } = pane;
  const conversation = useConversation(task, log.entries, first);
  const exchanges = conversation?.exchanges ?? [];
  const newest = exchanges.at(-1);
  const isFirst = exchanges.length === 1 && conversation?.earlier === 0;
  const starter = feed.tree.created_by;
  const common = { task, tasks: feed.tasks };
  useOpenAtNewest(scroller, task, newest);
  return (
    <section
      aria-label={`${task.title}, ${STATUS_WORDS[shownStatusOf(task, asked)]}`}
      aria-description={[
        rowText(task, feed.tasks, asked),
        isChosen(task) ? `${task.agent}, chosen by agent_selector` : task.agent,
      ]
        .filter(Boolean)
        .join(". ")}
      data-conversation
      className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_304px] grid-rows-[minmax(0,1fr)] narrow:grid-cols-[minmax(0,1fr)_264px] phone:grid-cols-[minmax(0,1fr)]"
    >
      <section className="flex min-h-0 min-w-0 flex-col items-stretch" aria-label="Task">
        <h2 className="sr-only">Conversation</h2>
        <TaskScroll
          {...props}
          pane={pane}
          isTalk
          className="relative"
          inner="mx-auto grid max-w-[752px] min-w-0 grid-cols-[minmax(0,1fr)] px-4 pt-5 pb-4 phone:pt-3"
        >
          <Earlier exchanges={exchanges.slice(0, -1)} left={conversation?.earlier ?? 0} task={task} starter={starter} />
          <div className="@container grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4" data-newest>
            {newest ? <Said saying={newest.said} starter={starter} /> : null}
            {newest?.more.map((saying) => (
              <Said key={saying.seq} saying={saying} starter={starter} isAside />
            ))}
            <div className="flex min-w-0 flex-wrap items-start gap-x-4">
              {newest ? <Worked exchange={newest} task={task} /> : null}
              <TaskActions
                id={task.id}
                status={task.status}
                over={task.ended_at !== null || isEnded(task.status)}
                hasParent={task.parent_id !== null}
                subtasks={0}
                action={action}
                step={dialogs.step}
                change={dialogs.change}
                fork={dialogs.forkStart}
              />
            </div>
            <div className="min-w-0 [&_[data-testid=result]]:text-read">
              <PaneTop
                {...common}
                detail={detail}
                files={pane.files}
                says={pane.says}
                log={log}
                reviews={pane.reviews}
                continuation={continuation}
                possible={pane.possible}
                dialogs={dialogs}
                action={action}
                select={select}
                {...(newest && {
                  exchange: { afterSeq: isFirst ? null : newest.said.seq },
                })}
              />
            </div>
          </div>
        </TaskScroll>
        <div className="border-t border-line">
          <div className="mx-auto max-w-[752px] [&>*]:border-t-0">
            <SteerBox task={task} continuation={continuation} nextTurn={pane.nextTurn} />
          </div>
        </div>
      </section>
      <Rail task={task} asked={asked} conversation={conversation} files={pane.files.body} openLog={fold.goToEnd} />
      <PaneDialogs task={task} detail={detail} dialogs={dialogs} say={action.say} />
    </section>
  );
}

interface EarlierProps {
  exchanges: readonly Exchange[];
  /** Number of older exchanges that are not listed. */
  left: number;
  task: Task;
  starter: string;
}

/** The exchanges before the newest one. On a phone they are one line that opens. */
function Earlier({ exchanges, left, task, starter }: EarlierProps) {
  const [isOpen, setOpen] = useState(false);
  if (exchanges.length === 0) return null;
  return (
    <div className="mb-8 min-w-0 phone:mb-2">
      <button
        type="button"
        className="hidden min-h-9 w-full cursor-pointer items-center gap-2 text-left text-ink-2 phone:flex"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="chev" className={`size-3 stroke-3 text-ink-3 ${isOpen ? "rotate-90" : ""}`} />
        {earlierText(exchanges)}
      </button>
      <div className={`grid grid-cols-[minmax(0,1fr)] gap-8 ${isOpen ? "" : "phone:hidden"}`}>
        {left > 0 ? <p className="text-small text-ink-3">{plural(left, "earlier message")} in the log.</p> : null}
        {exchanges.map((exchange) => (
          <PastExchange key={exchange.said.seq} task={task} exchange={exchange} starter={starter} />
        ))}
      </div>
    </div>
  );
}

/** Opens the page at the newest exchange, and stays with its beginning until the reader scrolls. */
function useOpenAtNewest(scroller: { current: HTMLDivElement | null }, task: Task, newest: Exchange | undefined): void {
  const isOpened = useRef(false);
  const over = isEnded(task.status);
  useLayoutEffect(() => {
    if (isOpened.current || !newest) return;
    isOpened.current = true;
    const namesMessage = new URLSearchParams(window.location.search).has("seq");
    if (over && !namesMessage) showTopOf(scroller.current);
  }, [over, newest, scroller]);
}
