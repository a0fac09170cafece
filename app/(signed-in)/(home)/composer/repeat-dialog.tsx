"use client";

import { type FormEvent, useState } from "react";
import { addSchedule } from "@/app/actions/schedules";
import { useGo } from "@/components/going/use-go";
import { cronOf, NEW_REPEAT } from "@/components/schedules/repeat";
import { TimeFields, type Times } from "@/components/schedules/time-fields";
import { FormActs } from "@/components/ui/form-acts";
import { useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { Submission } from "@/core/shapes/submission";

interface RepeatDialogProps {
  submission: Submission;
  onClosed: () => void;
  /** The schedule has the composer's text now. */
  onSaved: () => void;
}

/** Asks at which times the composer's task begins, and saves it as a schedule. */
export function RepeatDialog({ submission, onClosed, onSaved }: RepeatDialogProps) {
  const go = useGo();
  const form = useForm();
  // Rendered only after a click, so that the browser's time zone is known.
  const [times, setTimes] = useState<Times>({
    name: "",
    repeat: NEW_REPEAT,
    overlap: "skip",
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    const { repeat, name, ...rest } = times;
    let id: string | undefined;
    form.run(
      async () => {
        const added = await addSchedule({ ...rest, ...(name.trim() && { name }), cron: cronOf(repeat), submission });
        id = added.id;
        return added;
      },
      (result) => {
        if (!result.ok) return;
        dismiss();
        onSaved();
        go.after.push(`/schedules/${id}`);
      },
    );
  }
  return (
    <Modal title={submission.goal ? "Repeat this goal" : "Repeat this task"} onClosed={onClosed} wide>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <TimeFields form={form} times={times} change={(fields) => setTimes((now) => ({ ...now, ...fields }))} />
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Save schedule
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
