"use client";

import { Fragment, useState } from "react";
import { Icon } from "@/components/ui/icon";
import { StatusGlyph } from "@/components/ui/status";
import type { GoalRound, GoalView } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import { exactCount } from "@/core/words/figures";
import { Round } from "./round";

const SHOWN = 30;
/** Rounds that one press adds: with all of a thousand the page would answer late. */
const MORE = 100;

interface RoundsProps {
  goal: GoalView;
  tasks: ReadonlyMap<string, Task>;
  /** The numbers of the open rounds. */
  opened: ReadonlySet<number>;
  setOpen: (number: number, open: boolean) => void;
  select: (id: string) => void;
  /** null for a person who may not fork. */
  goOn: ((round: GoalRound) => void) | null;
  isEnded: boolean;
}

/** The rounds, newest first, with the changes of the strategy between them. */
export function Rounds({ goal, tasks, opened, setOpen, select, goOn, isEnded }: RoundsProps) {
  const [most, setMost] = useState(SHOWN);
  const { rounds, running, strategies } = goal;
  const newest = rounds.toReversed();
  const shown = newest.filter(({ number }, at) => at < most || opened.has(number));
  const left = Math.max(0, newest.length - most);
  const changedAfter = (number: number) =>
    strategies.filter(({ after }) => after === number).map(({ strategy }) => strategy);
  return (
    <>
      <ol className="divide-y divide-line">
        {running && !isEnded ? <Running running={running} tasks={tasks} select={select} /> : null}
        {rounds.length === 0 && (isEnded || !running) ? (
          <li className="py-2 text-ink-2">
            {isEnded ? "No round was needed, or none could begin." : "No round has begun yet."}
          </li>
        ) : null}
        {shown.map((round) => (
          <Fragment key={round.number}>
            {changedAfter(round.number).map((strategy) => (
              <Strategy key={strategy} text={strategy} />
            ))}
            <Round
              round={round}
              isBest={round.number === goal.best_round}
              isOpen={opened.has(round.number)}
              setOpen={setOpen}
              select={select}
              goOn={goOn}
            />
          </Fragment>
        ))}
      </ol>
      {left > 0 ? (
        <button type="button" className="link mt-2" onClick={() => setMost(most + MORE)}>
          Show {Math.min(MORE, left)} more of {exactCount(left)} earlier rounds
        </button>
      ) : null}
    </>
  );
}

function Strategy({ text }: { text: string }) {
  return (
    <li className="flex gap-2 py-1.5 text-ink-2" data-strategy>
      <Icon name="change" className="mt-[3px] size-3.5 flex-none text-accent" />
      <p className="min-w-0 wrap-anywhere">
        <b className="font-medium text-ink">New strategy.</b> {text}
      </p>
    </li>
  );
}

interface RunningProps extends Pick<RoundsProps, "tasks" | "select"> {
  running: NonNullable<GoalView["running"]>;
}

/** The round that runs now, with links to what runs in it. */
function Running({ running: { number, task_id }, tasks, select }: RunningProps) {
  const own = tasks.get(task_id);
  const isAsking = own?.waiting_for?.kind === "answer";
  const isPaused = own?.status === "paused";
  const parts = [...tasks.values()].filter((task) => task.parent_id === task_id && task.ended_at === null);
  return (
    <li className="flex min-h-9 flex-wrap items-center gap-x-2 py-1" data-running-round>
      <StatusGlyph status={isPaused ? "paused" : isAsking ? "you" : "running"} labelled={false} />
      <button type="button" className="link min-h-6 flex-none font-medium" onClick={() => select(task_id)}>
        Round {number}
      </button>
      <span className="text-ink-2">
        {isPaused || isAsking ? (isPaused ? "is paused" : "waits for your answer") : "runs"}
        {parts.length > 0 ? ":" : isPaused || isAsking ? "." : ". Banyan checks its files or plans the next step."}
      </span>
      {parts.map((task) => (
        <button key={task.id} type="button" className="link min-h-6 min-w-0 truncate" onClick={() => select(task.id)}>
          {task.title} ({task.agent})
        </button>
      ))}
    </li>
  );
}
