"use client";

import { useRef } from "react";
import { isEnded, type Tree } from "@/agents/core/shapes";
import { pauseTask, resumeTask, retryTask, stopTask } from "@/app/actions/task-commands";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
import { StopDialog } from "./stop-dialog";

interface TreeControlsProps {
  tree: Tree;
  /** The task that a retry starts again. */
  headId: string;
}

/** Pause or resume, stop, retry the whole tree. What followed is said below them. */
export function TreeControls({ tree: { id, status, ended_at }, headId }: TreeControlsProps) {
  const { pending, outcome, run } = useAction();
  const dialog = useRef<HTMLDialogElement>(null);
  const over = ended_at !== null || isEnded(status);
  if (over && status === "succeeded" && !outcome) return null;
  return (
    <div className="controls">
      <div className="acts">
        {over ? null : status === "paused" ? (
          <Button icon="retry" disabled={pending} onClick={() => run(() => resumeTask(id))}>
            <span className="lbl">Resume tree</span>
          </Button>
        ) : (
          <Button icon="pause" disabled={pending} onClick={() => run(() => pauseTask(id))}>
            <span className="lbl">Pause tree</span>
          </Button>
        )}
        {status === "parked" ? (
          <Button icon="retry" disabled={pending} onClick={() => run(() => resumeTask(id))}>
            <span className="lbl">Resume now</span>
          </Button>
        ) : null}
        {over && status !== "succeeded" ? (
          <Button icon="retry" disabled={pending} onClick={() => run(() => retryTask(headId))}>
            <span className="lbl">Retry</span>
          </Button>
        ) : null}
        {over ? null : (
          <Button look="danger" icon="stop" disabled={pending} onClick={() => dialog.current?.showModal()}>
            <span className="lbl">Stop</span>
          </Button>
        )}
      </div>
      <OutcomeLine outcome={outcome} />
      <StopDialog ref={dialog} unit="tree" subtasks={0} stop={(reason) => run(() => stopTask(id, reason))} />
    </div>
  );
}
