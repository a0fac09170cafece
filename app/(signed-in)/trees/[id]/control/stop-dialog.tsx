"use client";

import { type Ref, useId, useState } from "react";
import { FIELD } from "@/components/ui/field-look";
import { Button } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";

interface StopDialogProps {
  ref: Ref<HTMLDialogElement>;
  unit: "tree" | "task";
  /** Whether another task started it. */
  hasParent: boolean;
  subtasks: number;
  stop: (reason: string) => void;
}

/** Asks before a task or tree is stopped, and says what stops. */
export function StopDialog({ ref, unit, hasParent, subtasks, stop }: StopDialogProps) {
  const [reason, setReason] = useState("");
  const title = useId();
  const below = subtasks > 0 ? ` and its ${plural(subtasks, "subtask")}` : "";
  const what = unit === "tree" ? "this tree" : `this task${below}`;
  return (
    <dialog ref={ref} aria-labelledby={title}>
      <form method="dialog" onSubmit={() => stop(reason)}>
        <h2 id={title}>Stop {what}?</h2>
        <p className="mt-2 text-ink-2">
          The current model call is cancelled and a running tool is ended. The log and the files are kept.{" "}
          {hasParent ? "The parent task is told and continues." : `You can retry the ${unit} later.`}
        </p>
        <label className={`${FIELD} mt-3`}>
          <span>Reason (optional; agents and people read it)</span>
          <textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
          <Button onClick={(event) => event.currentTarget.closest("dialog")?.close()}>Keep running</Button>
          <Button type="submit" look="danger" icon="stop">
            Stop {what}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
