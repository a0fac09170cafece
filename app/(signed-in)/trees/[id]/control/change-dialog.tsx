"use client";

import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import { operate } from "@/app/operate";
import { FieldPairs } from "@/components/ui/facts";
import { useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Task } from "@/core/shapes/shapes";
import { followsText } from "./follows";
import { useWorkerDraft, WorkerFields } from "./worker-fields";

interface ChangeDialogProps {
  task: Task;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Changes the agent, model or priority of a task that has not ended, and says beforehand what the change does. */
export function ChangeDialog({ task, onClosed, onDone }: ChangeDialogProps) {
  return (
    <Modal title="Change agent, model or priority" onClosed={onClosed}>
      {(dismiss) => (
        <ChangeForm
          task={task}
          dismiss={dismiss}
          onDone={(outcome) => {
            onDone(outcome);
            dismiss();
          }}
        />
      )}
    </Modal>
  );
}

interface ChangeFormProps {
  task: Task;
  dismiss: () => void;
  onDone: (outcome: Outcome) => void;
}

function ChangeForm({ task, dismiss, onDone }: ChangeFormProps) {
  const id = useId();
  const [priority, setPriority] = useState("");
  const form = useForm();
  const { pending, run } = form;
  const worker = useWorkerDraft(task, () => form.say(null));
  const wanted = { ...worker.changes, ...(priority !== "" && { priority: Number(priority) }) };
  const isUnchanged = Object.keys(wanted).length === 0;

  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    if (pending || isUnchanged) return;
    run(
      () => operate("change", { id: task.id, ...wanted }),
      (result) => result.ok && onDone(result),
    );
  }

  return (
    <form
      {...form.props}
      className="stack mt-3"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <FieldPairs>
        <WorkerFields worker={worker} form={form} />
        <label htmlFor={`${id}-priority`}>Priority</label>
        <select id={`${id}-priority`} value={priority} onChange={(event) => setPriority(event.target.value)}>
          <option value="">No change</option>
          <option value="10">High</option>
          <option value="0">Normal</option>
          <option value="-10">Low, when slots are free</option>
        </select>
      </FieldPairs>
      <p className="text-ink-2" data-testid="follows">
        {followsText(task, worker.changes, priority)}
      </p>
      <Refusal outcome={form.rest} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        <Button type="submit" look="primary" disabled={pending || isUnchanged}>
          {pending ? "Changing" : "Change"}
        </Button>
      </div>
    </form>
  );
}
