"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { cronOf, repeatOf } from "@/components/schedules/repeat";
import { TimeFields, type Times } from "@/components/schedules/time-fields";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { Schedule } from "@/core/shapes/schedules";

interface EditDialogProps {
  schedule: Schedule;
  onClosed: () => void;
  onSaved: () => void;
}

/** Changes the times and the task of a schedule, which then has the rights of who saves it. */
export function EditDialog({ schedule, onClosed, onSaved }: EditDialogProps) {
  const { id, name, cron, zone, overlap, submission } = schedule;
  const [times, setTimes] = useState<Times>({ name, repeat: repeatOf(cron), zone, overlap });
  const [task, setTask] = useState(submission.task);
  const { pending, outcome, run } = useAction();

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (pending) return;
    const { repeat, ...rest } = times;
    run(
      () => operate("changeSchedule", { id, ...rest, cron: cronOf(repeat), submission: { ...submission, task } }),
      (result) => {
        if (!result.ok) return;
        dismiss();
        onSaved();
      },
    );
  }
  return (
    <Modal title="Edit schedule" onClosed={onClosed} wide>
      {(dismiss) => (
        <form className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <label className={FIELD}>
            <span>{submission.goal ? "Goal" : "Task"}</span>
            <textarea
              rows={3}
              className="field-sizing-content max-h-[40vh] min-h-16"
              value={task}
              onChange={({ target }) => setTask(target.value)}
            />
          </label>
          <TimeFields times={times} change={(fields) => setTimes((now) => ({ ...now, ...fields }))} />
          <Refusal outcome={outcome} />
          <FormActs close={dismiss} disabled={pending}>
            Save
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
