"use client";

import { memo, useRef } from "react";
import { operate } from "@/app/operate";
import { useAction } from "@/components/ui/hooks/use-action";
import { useIsShown } from "@/components/ui/hooks/use-is-shown";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { isEnded } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { StopDialog } from "../control/stop-dialog";

type TreeControlsProps = Pick<Tree, "id" | "status" | "ended_at">;

/** Buttons to pause, resume or stop the whole tree, with a refusal below them. */
export const TreeControls = memo(function TreeControls({ id, status, ended_at }: TreeControlsProps) {
  const action = useAction();
  const { pending, outcome, run } = action;
  const isShown = useIsShown(action, status);
  const dialog = useRef<HTMLDialogElement>(null);
  const over = ended_at !== null || isEnded(status);
  if (over) return null;
  return (
    <div className="max-w-full flex-none narrow:order-1">
      <div className="flex items-center justify-end gap-1">
        {status === "paused" ? (
          <Button
            data-command="Resume this tree"
            icon="retry"
            disabled={pending}
            onClick={() => run(() => operate("resume", { id }))}
          >
            <span className="phone:sr-only">Resume tree</span>
          </Button>
        ) : (
          <Button
            className="w-control px-0!"
            data-command="Pause this tree"
            title="Pause tree"
            icon="pause"
            disabled={pending}
            onClick={() => run(() => operate("pause", { id }))}
          >
            <span className="sr-only">Pause tree</span>
          </Button>
        )}
        {status === "parked" ? (
          <Button
            data-command="Resume this tree now"
            icon="retry"
            disabled={pending}
            onClick={() => run(() => operate("resume", { id }))}
          >
            <span className="phone:sr-only">Resume now</span>
          </Button>
        ) : null}
        <Button
          className="w-control px-0!"
          data-command="Stop this tree…"
          title="Stop the tree"
          look="danger"
          icon="stop"
          onClick={() => dialog.current?.showModal()}
        >
          <span className="sr-only">Stop</span>
        </Button>
      </div>
      <OutcomeLine outcome={outcome} isQuiet={isShown} />
      <StopDialog
        ref={dialog}
        unit="tree"
        hasParent={false}
        subtasks={0}
        stop={(reason) => run(() => operate("stop", { id, reason }))}
      />
    </div>
  );
});
