"use client";

import { useMemo, useState } from "react";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { lazily } from "@/components/ui/page/lazily";
import type { Task } from "@/core/shapes/shapes";
import type { ForkPoint } from "../control/fork-point";

const ChangeDialog = lazily(() => import("../control/change-dialog").then((file) => file.ChangeDialog));
const ForkDialog = lazily(() => import("../control/fork-dialog").then((file) => file.ForkDialog));
const RetryDialog = lazily(() => import("../control/retry-dialog").then((file) => file.RetryDialog));
const StepDialog = lazily(() => import("../control/step-dialog").then((file) => file.StepDialog));

type Open = { kind: "step" | "change" | "retry" } | { kind: "fork"; point: ForkPoint };

/** Returns the open dialog of the pane, and the functions that open one. */
export function usePaneDialogs() {
  const [open, setOpen] = useState<Open | null>(null);
  // The same functions each time: every entry of the log has one of them.
  const acts = useMemo(
    () => ({
      close: () => setOpen(null),
      step: () => setOpen({ kind: "step" }),
      change: () => setOpen({ kind: "change" }),
      retry: () => setOpen({ kind: "retry" }),
      fork: (point: ForkPoint) => setOpen({ kind: "fork", point }),
      forkStart: () => setOpen({ kind: "fork", point: START }),
    }),
    [],
  );
  return { open, ...acts };
}

interface PaneDialogsProps {
  task: Task;
  /** The task with its long texts. */
  detail: Task;
  dialogs: ReturnType<typeof usePaneDialogs>;
  say: (outcome: Outcome) => void;
}

/** The pane's open dialog. Each is loaded when it is first opened. */
export function PaneDialogs({ task, detail, dialogs: { open, close }, say }: PaneDialogsProps) {
  switch (open?.kind) {
    case "step":
      return <StepDialog task={task} onClosed={close} onDone={say} />;
    case "change":
      return <ChangeDialog task={task} onClosed={close} onDone={say} />;
    case "retry":
      return <RetryDialog task={task} onClosed={close} />;
    case "fork": {
      // The row holds only the beginning of a long instruction.
      const instruction = detail === task ? null : detail.instruction;
      return <ForkDialog task={task} instruction={instruction} point={open.point} onClosed={close} />;
    }
    default:
      return null;
  }
}

export const START: ForkPoint = { what: "the beginning" };
