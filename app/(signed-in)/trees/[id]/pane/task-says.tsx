"use client";

import Link from "next/link";
import { operate } from "@/app/operate";
import { failureId } from "@/components/reviews/failure-decisions";
import { useHeldDecision } from "@/components/reviews/use-held-decisions";
import { buttonLook } from "@/components/ui/button-look";
import { Hint } from "@/components/ui/hint";
import type { useAction } from "@/components/ui/hooks/use-action";
import { Button, Say } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import { Clock } from "@/components/ui/time";
import type { TaskStatus } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { type Possible, possibleRemedies, type Remedy, remedyText } from "@/core/words/remedies";
import type { Sentence } from "@/core/words/tasks";
import type { ForkPoint } from "../control/fork-point";
import { START } from "./pane-dialogs";

export interface TaskSaysProps {
  task: Task;
  tasks: ReadonlyMap<string, Task>;
  says: Sentence;
  /** What the task asks stands above, so that its state needs no emphasis. */
  isBelow?: boolean;
  action: ReturnType<typeof useAction>;
  change: () => void;
  possible: Possible;
  /** Opens the dialog that retries. */
  retry: () => void;
  fork: (point: ForkPoint) => void;
  /** The last reply in the loaded part of the log, to fork from. */
  lastTurn: ForkPoint | null;
  select: (id: string) => void;
}

/** The task's state as a sentence, with buttons for what a person can do about it. */
export function TaskSays(props: TaskSaysProps) {
  const { says, task, isBelow = false } = props;
  const rights = useRights();
  const decided = useHeldDecision(failureId(task));
  const isRefused = decided?.state === "failed";
  if (isBelow)
    return (
      <Hint className="mb-3" data-testid="task-sentence">
        <Told says={says} />
      </Hint>
    );
  return (
    <div data-testid="task-sentence">
      <Say look={says.look} icon={iconOf(props)}>
        <Told says={says} />
        {rights.run === null && (!decided || isRefused) ? <Remedies {...props} /> : null}
        {rights.run !== null && task.status === "failed" ? <Hint>{rights.run}</Hint> : null}
        {isRefused ? (
          <Hint isBad role="alert">
            {decided.sentence}
          </Hint>
        ) : null}
      </Say>
    </div>
  );
}

function Told({ says: { text, at, rest } }: { says: Sentence }) {
  return (
    <>
      {text}
      {at ? (
        <>
          {" "}
          <Clock at={at} />
        </>
      ) : null}
      {rest}
    </>
  );
}

/** Returns the glyph of the task's status, as in its row; undefined where the look of the sentence says more. */
function iconOf({ task, says }: TaskSaysProps): TaskStatus | undefined {
  const isPlain = says.look === undefined || (says.look === "bad" && task.status === "failed");
  return isPlain ? task.status : undefined;
}

function Remedies(props: TaskSaysProps) {
  const { task, tasks, action, change } = props;
  const { pending, run } = action;
  if (task.status === "parked")
    return <ParkedRemedies task={task} tasks={tasks} pending={pending} run={run} change={change} />;
  const remedies = possibleRemedies(task, tasks, props.possible);
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
          onClick={() => run(() => operate("change", { id, model: switch_to }))}
        >
          Switch to {nameOnly(switch_to)}
        </Button>
      ) : null}
      {switch_to && alike > 1 ? (
        <Button
          disabled={pending}
          title={`All tasks of this tree whose model is gone get ${switch_to}`}
          onClick={() => run(() => operate("change", { id, model: switch_to, alike: true }))}
        >
          Switch all {alike} tasks
        </Button>
      ) : null}
      <Button icon="change" onClick={change}>
        Change model…
      </Button>
      <Button icon="retry" disabled={pending} onClick={() => run(() => operate("resume", { id }))}>
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
  retry,
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
        <Link className={buttonLook(isFirst ? "primary" : "plain")} href="/">
          {text}
        </Link>
      );
    case "open":
      return (
        <Button look={look} onClick={() => select(remedy.task)}>
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
    case "message":
    case "grant":
    case "retry":
      return (
        <Button look={look} icon="retry" hint="r" data-key="r" data-command="Retry this task…" onClick={retry}>
          {text}…
        </Button>
      );
  }
}
