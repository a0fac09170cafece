"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { cronOf, repeatOf } from "@/components/schedules/repeat";
import { TimeFields, type Times } from "@/components/schedules/time-fields";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { Schedule } from "@/core/shapes/schedules";

interface EditDialogProps {
  schedule: Schedule;
  onClosed: () => void;
  onSaved: () => void;
}

/** Changes the times and the task of a schedule, which then has the rights of the person who saves it. */
export function EditDialog({ schedule, onClosed, onSaved }: EditDialogProps) {
  const { id, name, cron, zone, overlap, submission } = schedule;
  const [times, setTimes] = useState<Times>({ name, repeat: repeatOf(cron), zone, overlap });
  const [task, setTask] = useState(submission.task);
  const form = useForm();

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    const { repeat, ...rest } = times;
    form.run(
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
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <Field form={form} name="submission.task" label={submission.goal ? "Goal" : "Task"}>
            <textarea
              {...form.register("submission.task")}
              rows={3}
              className="field-sizing-content max-h-[40vh] min-h-16"
              value={task}
              onChange={({ target }) => setTask(target.value)}
            />
          </Field>
          <TimeFields form={form} times={times} change={(fields) => setTimes((now) => ({ ...now, ...fields }))} />
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Save
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
