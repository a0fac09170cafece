"use client";

import type { ReactNode } from "react";
import type { Task } from "@/agents/core/shapes";
import { spendOf } from "@/components/trees/spend";
import { exactCount, exactMoney, money, plural, spentPart, spentText } from "@/components/ui/format";
import { Button, Meter } from "@/components/ui/parts";
import { type ShownStatus, StatusWord } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";

interface PaneHeaderProps {
  task: Task;
  tasks: ReadonlyMap<string, Task>;
  status: ShownStatus;
  back: () => void;
  /** What can be done with it. */
  children: ReactNode;
}

export function PaneHeader({ task, tasks, status, back, children }: PaneHeaderProps) {
  const parents = pathTo(task, tasks);
  return (
    <header>
      <p>
        <Button look="quiet" icon="left" className="menu -ml-2" onClick={back}>
          All tasks
        </Button>
      </p>
      {parents.length > 0 ? (
        <p className="crumb">
          {parents.map((parent) => (
            <span key={parent.id}>{parent.title}</span>
          ))}
        </p>
      ) : null}
      <h2>{task.title}</h2>
      <p className="dim taskfacts">
        <span>
          <StatusWord status={status} />
        </span>
        <span>
          {task.agent}
          {isChosen(task, tasks) ? ", chosen by agent_selector," : ""} on {task.model.split("/").pop()}
        </span>
        <span>
          {task.attempt > 1 ? `attempt ${task.attempt}, ` : ""}
          {plural(task.turns, "turn")}
        </span>
        <span>
          <Spent task={task} tasks={tasks} />
        </span>
        <span>
          <Elapsed since={task.started_at} until={task.ended_at} />
        </span>
      </p>
      {children}
    </header>
  );
}

function Spent({ task, tasks }: Pick<PaneHeaderProps, "task" | "tasks">) {
  const part = spentPart(task.spent, task.grant);
  const cap = task.grant.cost_usd;
  const { own, all } = spendOf(task, tasks);
  const exactly = `${exactMoney(all.usd)} and ${exactCount(all.tokens)} tokens with all subtasks; ${exactMoney(own.usd)} and ${exactCount(own.tokens)} tokens itself`;
  return (
    <>
      <span title={exactly}>{spentText(task.spent)}</span>
      {cap === null ? "" : ` of ${money(cap)}`}
      {part === null ? null : (
        <>
          {" "}
          <Meter part={part} exhausted={part >= 1} />
        </>
      )}
    </>
  );
}

function isChosen(task: Task, tasks: ReadonlyMap<string, Task>): boolean {
  const parent = tasks.get(task.parent_id ?? "");
  return task.role === "work" && parent?.parent_id === null && parent.agent === "agent_selector";
}

/** From the root down, without the task itself and without the selector, which stands for nothing people see. */
function pathTo(task: Task, tasks: ReadonlyMap<string, Task>): Task[] {
  const path: Task[] = [];
  let parent = task.parent_id ? tasks.get(task.parent_id) : undefined;
  while (parent && path.length < 50) {
    if (!(parent.parent_id === null && parent.agent === "agent_selector")) path.unshift(parent);
    parent = parent.parent_id ? tasks.get(parent.parent_id) : undefined;
  }
  return path;
}

/** Its subtasks that have not ended. */
export function countBelow(task: Task, tasks: ReadonlyMap<string, Task>): number {
  const below = new Set([task.id]);
  for (const one of tasks.values()) if (one.parent_id && below.has(one.parent_id) && !one.ended_at) below.add(one.id);
  return below.size - 1;
}
