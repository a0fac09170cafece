"use client";

import type { FormEvent } from "react";
import { operate } from "@/app/operate";
import { cronOf, repeatOf } from "@/components/schedules/repeat";
import { TimeFields } from "@/components/schedules/time-fields";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useChanges } from "@/components/ui/forms/use-changes";
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
  const { values, set, changes } = useChanges(
    {
      name,
      repeat: repeatOf(cron),
      zone,
      overlap,
      task: submission.task,
    },
    ({ repeat, ...rest }) => ({ ...rest, repeat: cronOf(repeat) }),
  );
  const form = useForm();

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    const { repeat, task, ...rest } = changes;
    const given = {
      ...rest,
      ...(repeat !== undefined && { cron: repeat }),
      ...(task !== undefined && { submission: { ...submission, task } }),
    };
    form.run(
      // Without a change, too: its trees then have the rights of the person who saves it.
      () => operate("changeSchedule", { id, ...given }),
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
              value={values.task}
              onChange={({ target }) => set({ task: target.value })}
            />
          </Field>
          <TimeFields form={form} times={values} change={set} />
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Save
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
