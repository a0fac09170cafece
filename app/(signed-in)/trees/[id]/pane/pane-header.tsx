"use client";

import { type ComponentProps, memo } from "react";
import { isChosen } from "@/components/feed/selectors";
import { spendOf } from "@/components/trees/spend";
import type { useAction } from "@/components/ui/hooks/use-action";
import { CRUMB_ANGLES } from "@/components/ui/page/crumbs";
import { Button } from "@/components/ui/parts";
import { StatusWord } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { exactCount, exactMoney, plural, spentOfText } from "@/core/words/figures";
import type { ShownStatus } from "@/core/words/status";
import { TaskActions } from "./task-actions";

interface PaneHeaderProps {
  task: Task;
  tasks: ReadonlyMap<string, Task>;
  status: ShownStatus;
  select: (id: string | null) => void;
  action: ReturnType<typeof useAction>;
  step: () => void;
  change: () => void;
  fork: () => void;
}

export const PaneHeader = memo(function PaneHeader({ task, tasks, status, select, ...actions }: PaneHeaderProps) {
  const parents = pathTo(task, tasks);
  const over = task.ended_at !== null || isEnded(task.status);
  return (
    <header className="@container border-b border-line px-4 pt-3 pb-2.5">
      <p>
        <Button
          look="quiet"
          icon="left"
          className="-ml-2 hidden! px-2! phone:inline-flex!"
          onClick={() => select(null)}
        >
          All tasks
        </Button>
      </p>
      {parents.length > 0 ? (
        <p className={`flex text-small text-ink-3 phone:block phone:truncate ${CRUMB_ANGLES}`}>
          {parents.map((parent) => (
            <span className="truncate" key={parent.id}>
              {parent.title}
            </span>
          ))}
        </p>
      ) : null}
      <div className="flex min-w-0 items-start gap-2">
        <h2 className="wrap-anywhere min-w-0 flex-auto text-[15px]/5 font-semibold">{task.title}</h2>
        <TaskActions
          id={task.id}
          status={task.status}
          over={over}
          hasParent={task.parent_id !== null}
          subtasks={countBelow(task, tasks)}
          {...actions}
        />
      </div>
      <p className="mt-0.5 -ml-3 flex items-center min-w-0 flex-wrap gap-0 @min-[460px]:flex-nowrap text-small text-ink-2 [clip-path:inset(0_0_0_12px)]">
        <Fact>
          <span className="text-row">
            <StatusWord status={status} />
          </span>
        </Fact>
        {/* The only fact that may be cut, where all facts fit into one line without it. */}
        <Fact className="@min-[460px]:min-w-0 @min-[460px]:truncate" title={`${task.agent} on ${task.model}`}>
          {task.agent}
          {isChosen(task) ? ", chosen by agent_selector" : ""}
        </Fact>
        <Fact>
          <Spent task={task} tasks={tasks} />
        </Fact>
        <Fact>
          {task.tries > 1 ? `attempt ${task.tries}, ` : ""}
          {plural(task.turns, "turn")}
        </Fact>
        <Fact>
          <Elapsed since={task.started_at} until={task.ended_at} isNamed />
        </Fact>
      </p>
    </header>
  );
});

/** One fact, kept on one line, with a dot before it. The parent clips the dot of the first fact in each line. */
function Fact({ className = "", ...rest }: ComponentProps<"span">) {
  return (
    <span
      {...rest}
      className={`relative pl-3 whitespace-nowrap before:absolute before:top-2 before:left-[5px] before:size-0.5 before:rounded-[1px] before:bg-current ${className}`}
    />
  );
}

function Spent({ task, tasks }: Pick<PaneHeaderProps, "task" | "tasks">) {
  const { own, all } = spendOf(task, tasks);
  const exactly = `${exactMoney(all.usd)} and ${exactCount(all.tokens)} tokens with all subtasks; ${exactMoney(own.usd)} and ${exactCount(own.tokens)} tokens without them`;
  return <span title={exactly}>{spentOfText(task.spent, task.grant.cost_usd)}</span>;
}

/** Returns the tasks above this one, from the root down. */
function pathTo(task: Task, tasks: ReadonlyMap<string, Task>): Task[] {
  const path: Task[] = [];
  let parent = task.parent_id ? tasks.get(task.parent_id) : undefined;
  while (parent && path.length < 50) {
    path.unshift(parent);
    parent = parent.parent_id ? tasks.get(parent.parent_id) : undefined;
  }
  return path;
}

/** Returns how many tasks below this one have not ended. */
function countBelow(task: Task, tasks: ReadonlyMap<string, Task>): number {
  const below = new Set([task.id]);
  for (const one of tasks.values()) if (one.parent_id && below.has(one.parent_id) && !one.ended_at) below.add(one.id);
  return below.size - 1;
}
