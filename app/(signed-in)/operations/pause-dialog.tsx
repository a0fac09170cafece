"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";

/** Asks before everything is paused, because it stops everybody's work. */
export function PauseDialog({ running, onClosed }: { running: number; onClosed: () => void }) {
  const [reason, setReason] = useState("");
  const form = useForm();
  const { pending, run, rest } = form;
  return (
    <Modal title="Pause everything?" onClosed={onClosed}>
      {(dismiss) => (
        <form
          {...form.props}
          onSubmit={(event) => {
            event.preventDefault();
            run(
              () => operate("pauseEverything", { reason }),
              ({ ok }) => ok && dismiss(),
            );
          }}
        >
          <p className="mt-2">
            {running === 0
              ? "No task is running. "
              : `${plural(running, "task")} ${running === 1 ? "stops" : "stop"} within 5 s and ${running === 1 ? "continues" : "continue"} from the log later. Committed work is kept; calls in progress count as interrupted. `}
            Background commands, tool servers, services and commands of promotions end. A deployment that is cut off may
            leave a part of it at its target; the resume repeats it. Nothing starts, for anybody, until someone resumes
            everything.
          </p>
          <Field
            form={form}
            name="reason"
            label="Why (optional; everybody sees it, and the audit log keeps it)"
            className="mt-3"
          >
            <input
              {...form.register("reason")}
              type="text"
              value={reason}
              maxLength={500}
              onChange={(event) => setReason(event.target.value)}
            />
          </Field>
          <OutcomeLine outcome={rest?.ok === false ? rest : null} />
          <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
            <Button onClick={dismiss}>Cancel</Button>
            <Button type="submit" look="danger" icon="power" aria-disabled={pending}>
              Pause everything
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
