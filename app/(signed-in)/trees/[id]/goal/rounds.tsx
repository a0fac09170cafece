"use client";

import { Fragment, useState } from "react";
import { Icon } from "@/components/ui/icon";
import { StatusGlyph } from "@/components/ui/status";
import type { GoalRound, GoalView } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import { exactCount } from "@/core/words/figures";
import { Round } from "./round";

const SHOWN = 30;

interface RoundsProps {
  goal: GoalView;
  tasks: ReadonlyMap<string, Task>;
  /** The numbers of the open rounds. */
  opened: ReadonlySet<number>;
  setOpen: (number: number, open: boolean) => void;
  select: (id: string) => void;
  /** null for a person who may not fork. */
  goOn: ((round: GoalRound) => void) | null;
}

/** The rounds, newest first, with the changes of the strategy between them. */
export function Rounds({ goal, tasks, opened, setOpen, select, goOn }: RoundsProps) {
  const [isWhole, setWhole] = useState(false);
  const { rounds, running, strategies } = goal;
  const newest = rounds.toReversed();
  const shown = isWhole ? newest : newest.filter(({ number }, at) => at < SHOWN || opened.has(number));
  const changedAfter = (number: number) =>
    strategies.filter(({ after }) => after === number).map(({ strategy }) => strategy);
  return (
    <>
      <ol className="divide-y divide-line">
        {running ? <Running running={running} tasks={tasks} select={select} /> : null}
        {rounds.length === 0 && !running ? <li className="py-2 text-ink-2">No round has begun yet.</li> : null}
        {shown.map((round) => (
          <Fragment key={round.number}>
            {changedAfter(round.number).map((strategy) => (
              <Strategy key={strategy} text={strategy} />
            ))}
            <Round
              round={round}
              isBest={round.number === goal.best_round}
              isOpen={opened.has(round.number)}
              setOpen={(open) => setOpen(round.number, open)}
              select={select}
              goOn={goOn}
            />
          </Fragment>
        ))}
      </ol>
      {shown.length < newest.length ? (
        <button type="button" className="link mt-2" onClick={() => setWhole(true)}>
          Show all {exactCount(newest.length)} rounds
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
  const parts = [...tasks.values()].filter((task) => task.parent_id === task_id && task.ended_at === null);
  return (
    <li className="flex min-h-9 flex-wrap items-center gap-x-2 py-1" data-running-round>
      <StatusGlyph status="running" labelled={false} />
      <button type="button" className="link flex-none font-medium" onClick={() => select(task_id)}>
        Round {number}
      </button>
      <span className="text-ink-2">
        {parts.length > 0 ? "runs:" : "runs. Banyan checks its files or plans the next step."}
      </span>
      {parts.map((task) => (
        <button key={task.id} type="button" className="link min-w-0 truncate" onClick={() => select(task.id)}>
          {task.title} ({task.agent})
        </button>
      ))}
    </li>
  );
}
