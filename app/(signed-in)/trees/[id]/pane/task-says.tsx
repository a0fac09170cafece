"use client";

import Link from "next/link";
import { changeTask, resumeTask, retryTask, retryWith } from "@/app/actions/task-commands";
import { buttonLook } from "@/components/ui/button-look";
import { Hint } from "@/components/ui/hint";
import type { useAction } from "@/components/ui/hooks/use-action";
import { Button, Say } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import { Clock } from "@/components/ui/time";
import type { Task } from "@/core/shapes/shapes";
import { type Remedy, remediesOf, remedyText } from "@/core/words/remedies";
import type { Sentence } from "@/core/words/tasks";
import type { ForkPoint } from "../control/fork-point";

interface TaskSaysProps {
  task: Task;
  tasks: ReadonlyMap<string, Task>;
  says: Sentence;
  action: ReturnType<typeof useAction>;
  change: () => void;
  fork: (point: ForkPoint) => void;
  /** The last reply in the loaded part of the log, to fork from. */
  lastTurn: ForkPoint | null;
  select: (id: string) => void;
}

/** The task's state as a sentence, with buttons for what a person can do about it. */
export function TaskSays(props: TaskSaysProps) {
  const { says, task, action } = props;
  const rights = useRights();
  return (
    <div data-testid="task-sentence">
      <Say look={says.look}>
        {says.text}
        {says.at ? (
          <>
            {" "}
            <Clock at={says.at} />
          </>
        ) : null}
        {says.rest}
        {rights.run === null ? <Remedies {...props} /> : null}
        {isReadAlready(action.outcome) && rights.run === null ? (
          <div className="mt-2 flex flex-wrap items-center gap-1">
            <Button look="primary" icon="fork" onClick={() => props.fork(START)}>
              Fork at the first message…
            </Button>
          </div>
        ) : null}
        {rights.run !== null && task.status === "failed" ? <Hint>{rights.run}</Hint> : null}
      </Say>
    </div>
  );
}

const START: ForkPoint = { what: "the beginning" };

/** Returns whether a retry was refused because the parent has read the result. Then only a fork can continue. */
function isReadAlready(outcome: TaskSaysProps["action"]["outcome"]): boolean {
  return outcome?.ok === false && outcome.refusal?.code === "result_was_read";
}

function Remedies(props: TaskSaysProps) {
  const { task, tasks, action, change } = props;
  const { pending, run } = action;
  if (task.status === "parked")
    return <ParkedRemedies task={task} tasks={tasks} pending={pending} run={run} change={change} />;
  const remedies = remediesOf(task, tasks).filter(({ kind }) => kind !== "fork_last" || props.lastTurn !== null);
  if (remedies.length === 0) return null;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-1">
      {remedies.map((remedy, index) => (
        <RemedyButton key={remedyText(remedy)} remedy={remedy} isFirst={index === 0} {...props} />
      ))}
    </div>
  );
}

/** Buttons for a parked task. A model that is gone can be switched in one press. */
function ParkedRemedies({
  task,
  tasks,
  pending,
  run,
  change,
}: Pick<TaskSaysProps, "task" | "tasks" | "change"> & Pick<TaskSaysProps["action"], "pending" | "run">) {
  const { id, switch_to } = task;
  const alike = switch_to ? [...tasks.values()].filter((one) => isParkedAlike(one, task)).length : 0;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-1">
      {switch_to ? (
        <Button
          look="primary"
          icon="change"
          disabled={pending}
          onClick={() => run(() => changeTask(id, { model: switch_to }))}
        >
          Switch to {nameOnly(switch_to)}
        </Button>
      ) : null}
      {switch_to && alike > 1 ? (
        <Button
          disabled={pending}
          title={`All tasks of this tree whose model is gone get ${switch_to}`}
          onClick={() => run(() => changeTask(id, { model: switch_to }, true))}
        >
          Switch all {alike} tasks
        </Button>
      ) : null}
      <Button icon="change" onClick={change}>
        Change model…
      </Button>
      <Button icon="retry" disabled={pending} onClick={() => run(() => resumeTask(id))}>
        Resume now
      </Button>
    </div>
  );
}

/** Whether a task is parked because it has the same model, and it is gone. */
function isParkedAlike(one: Task, task: Task): boolean {
  return one.parked_by === "model_gone" && one.model === task.model;
}

/** Returns a model's name without its provider. */
function nameOnly(model: string): string {
  return model.slice(model.indexOf("/") + 1);
}

function RemedyButton({
  remedy,
  isFirst,
  task,
  action: { pending, run },
  fork,
  lastTurn,
  select,
}: TaskSaysProps & { remedy: Remedy; isFirst: boolean }) {
  const look = isFirst ? "primary" : "plain";
  const text = remedyText(remedy);
  switch (remedy.kind) {
    case "key":
      return (
        <Link className={buttonLook(isFirst ? "primary" : "plain")} href="/settings/keys">
          {text}
        </Link>
      );
    case "new":
      return (
        <Link className={buttonLook("primary")} href="/">
          {text}
        </Link>
      );
    case "open":
      return (
        <Button look={look} onClick={() => select(remedy.task)}>
          {text}
        </Button>
      );
    case "message":
      return (
        <Button look={look} icon="comment" onClick={() => document.querySelector<HTMLElement>("[data-steer]")?.focus()}>
          {text}
        </Button>
      );
    case "fork":
      return (
        <Button look={look} icon="fork" onClick={() => fork(START)}>
          {text}
        </Button>
      );
    case "fork_last":
      return (
        <Button icon="fork" onClick={() => fork(lastTurn ?? START)}>
          {text}
        </Button>
      );
    case "grant":
      return (
        <Button
          look={look}
          icon="retry"
          disabled={pending}
          onClick={() => run(() => retryWith(task.id, { usd: remedy.usd, tokens: remedy.tokens }))}
        >
          {text}
        </Button>
      );
    case "retry":
      return (
        <Button look={look} icon="retry" disabled={pending} onClick={() => run(() => retryTask(task.id))}>
          {text}
        </Button>
      );
  }
}
