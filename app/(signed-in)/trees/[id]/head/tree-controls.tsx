"use client";

import { useRef } from "react";
import { pauseTask, resumeTask, retryTask, stopTask } from "@/app/actions/task-commands";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { isEnded } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { StopDialog } from "../control/stop-dialog";

interface TreeControlsProps {
  tree: Tree;
  /** The task that Retry runs again. */
  headId: string;
}

/** Buttons to pause, resume, stop or retry the whole tree, with the outcome below them. */
export function TreeControls({ tree: { id, status, ended_at }, headId }: TreeControlsProps) {
  const { pending, outcome, run } = useAction();
  const dialog = useRef<HTMLDialogElement>(null);
  const over = ended_at !== null || isEnded(status);
  if (over && status === "succeeded" && !outcome) return null;
  return (
    <div className="max-w-full flex-none phone:-mr-1">
      <div className="flex items-center justify-end gap-1 phone:ml-auto">
        {over ? null : status === "paused" ? (
          <Button
            data-command="Resume this tree"
            icon="retry"
            disabled={pending}
            onClick={() => run(() => resumeTask(id))}
          >
            <span className="phone:sr-only">Resume tree</span>
          </Button>
        ) : (
          <Button
            data-command="Pause this tree"
            icon="pause"
            disabled={pending}
            onClick={() => run(() => pauseTask(id))}
          >
            <span className="phone:sr-only">Pause tree</span>
          </Button>
        )}
        {status === "parked" ? (
          <Button
            data-command="Resume this tree now"
            icon="retry"
            disabled={pending}
            onClick={() => run(() => resumeTask(id))}
          >
            <span className="phone:sr-only">Resume now</span>
          </Button>
        ) : null}
        {over && status !== "succeeded" ? (
          <Button
            data-command="Retry this tree"
            icon="retry"
            disabled={pending}
            onClick={() => run(() => retryTask(headId))}
          >
            <span className="phone:sr-only">Retry</span>
          </Button>
        ) : null}
        {over ? null : (
          <Button
            data-command="Stop this tree…"
            look="danger"
            icon="stop"
            disabled={pending}
            onClick={() => dialog.current?.showModal()}
          >
            <span className="phone:sr-only">Stop</span>
          </Button>
        )}
      </div>
      <OutcomeLine outcome={outcome} />
      <StopDialog ref={dialog} unit="tree" subtasks={0} stop={(reason) => run(() => stopTask(id, reason))} />
    </div>
  );
}
