"use client";

import { type FormEvent, type KeyboardEvent, useState } from "react";
import { retryWith } from "@/app/actions/task-commands";
import { FieldPairs } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Button } from "@/components/ui/parts";
import type { Task } from "@/core/shapes/shapes";
import { amountText, lackingOf } from "@/core/words/remedies";
import { OtherRefusal, type WorkerDraft, WorkerFields, workerChangeOf } from "./worker-fields";

interface RetryDialogProps {
  task: Task;
  onClosed: () => void;
  /** Starts a fork from the task's beginning, for a task that cannot be retried. */
  fork: () => void;
}

/** Starts a new attempt of an ended task, with what should be different this time. */
export function RetryDialog({ task, onClosed, fork }: RetryDialogProps) {
  return (
    <Modal title="Retry" onClosed={onClosed} wide>
      {(dismiss) => (
        <RetryForm
          task={task}
          dismiss={dismiss}
          fork={() => {
            dismiss();
            fork();
          }}
        />
      )}
    </Modal>
  );
}

function RetryForm({ task, dismiss, fork }: { task: Task; dismiss: () => void; fork: () => void }) {
  const [message, setMessage] = useState("");
  const [draft, setDraft] = useState({ agent: task.agent, model: task.model });
  const { pending, outcome, run, say } = useAction();
  const needs = lackingOf(task);
  const isRead = outcome?.ok === false && outcome.refusal?.code === "result_was_read";

  function changeWorker(fields: Partial<WorkerDraft>): void {
    setDraft((now) => ({ ...now, ...fields }));
    say(null);
  }
  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    if (pending) return;
    run(
      () => retryWith(task.id, { ...workerChangeOf(draft, task), ...needs, message }),
      (result) => result.ok && dismiss(),
    );
  }

  return (
    <form
      className="stack mt-2"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <p className="text-ink-2">
        Starts attempt {task.attempt + 1} with a new conversation that knows how this one ended. The files stay as they
        are, and the log is kept.
        {needs ? ` Adds ${amountText(needs)} to the grant.` : ""}
      </p>
      <label className={FIELD}>
        <span>Message (optional)</span>
        <textarea
          rows={3}
          value={message}
          placeholder="What should it do differently? It reads this first."
          onChange={(event) => setMessage(event.target.value)}
        />
      </label>
      <FieldPairs>
        <WorkerFields now={task} draft={draft} change={changeWorker} outcome={outcome} />
      </FieldPairs>
      <OtherRefusal outcome={outcome} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        {isRead ? (
          <Button look="primary" icon="fork" onClick={fork}>
            Fork at the first message…
          </Button>
        ) : (
          // Focused first, so that Enter retries right after the dialog opens.
          <Button type="submit" look="primary" icon="retry" data-first-focus disabled={pending} hint="⌘↵">
            {needs ? `Retry with ${amountText(needs)} more` : "Retry"}
          </Button>
        )}
      </div>
    </form>
  );
}
