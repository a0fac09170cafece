"use client";

import { useRef } from "react";
import { isEnded, type TaskStatus } from "@/agents/core/shapes";
import { pauseTask, resumeTask, retryTask, stopTask } from "@/app/actions/task-commands";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
import { StopDialog } from "./stop-dialog";

interface TaskControlsProps {
  unit: "tree" | "task";
  /** Of the tree or of the task. */
  id: string;
  status: TaskStatus;
  ended: boolean;
  /** The task that a retry starts again. */
  headId: string;
  subtasks?: number;
}

/** Pause or resume, stop, retry: the same for a tree and for a task with its branch. What followed is said below them. */
export function TaskControls({ unit, id, status, ended, headId, subtasks = 0 }: TaskControlsProps) {
  const { pending, outcome, run } = useAction();
  const dialog = useRef<HTMLDialogElement>(null);
  const isTask = unit === "task";
  const over = ended || isEnded(status);
  const label = (word: string) => <span className={isTask ? "" : "lbl"}>{word}</span>;
  if (over && status === "succeeded" && !outcome) return null;
  return (
    <div className="controls">
      <div className="acts">
        {over ? null : status === "paused" ? (
          <Button
            icon="retry"
            disabled={pending}
            onClick={() => run(() => resumeTask(id))}
            hint={isTask ? "p" : undefined}
            data-key={isTask ? "p" : undefined}
          >
            {label(isTask ? "Resume" : "Resume tree")}
          </Button>
        ) : (
          <Button
            icon="pause"
            disabled={pending}
            onClick={() => run(() => pauseTask(id))}
            hint={isTask ? "p" : undefined}
            data-key={isTask ? "p" : undefined}
          >
            {label(isTask ? "Pause" : "Pause tree")}
          </Button>
        )}
        {status === "parked" ? (
          <Button icon="retry" disabled={pending} onClick={() => run(() => resumeTask(id))}>
            {label("Resume now")}
          </Button>
        ) : null}
        {over && status !== "succeeded" ? (
          <Button
            icon="retry"
            disabled={pending}
            onClick={() => run(() => retryTask(headId))}
            hint={isTask ? "r" : undefined}
            data-key={isTask ? "r" : undefined}
          >
            {label("Retry")}
          </Button>
        ) : null}
        {over ? null : (
          <Button
            look="danger"
            icon="stop"
            disabled={pending}
            onClick={() => dialog.current?.showModal()}
            hint={isTask ? "x" : undefined}
            data-key={isTask ? "x" : undefined}
          >
            {label("Stop")}
          </Button>
        )}
      </div>
      <OutcomeLine outcome={outcome} />
      <StopDialog ref={dialog} unit={unit} subtasks={subtasks} stop={(reason) => run(() => stopTask(id, reason))} />
    </div>
  );
}
