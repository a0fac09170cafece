"use client";

import { type FormEvent, type KeyboardEvent, useState } from "react";
import { retryTask } from "@/components/reviews/failure-decisions";
import { FieldPairs } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { Modal } from "@/components/ui/modal";
import { Button } from "@/components/ui/parts";
import { useMe } from "@/components/ui/rights";
import type { Task } from "@/core/shapes/shapes";
import { amountText, lackingOf } from "@/core/words/remedies";
import { useWorkerDraft, WorkerFields } from "./worker-fields";

interface RetryDialogProps {
  task: Task;
  onClosed: () => void;
}

/** Starts a new attempt of an ended task, with what should be different this time. It can be undone for a few seconds. */
export function RetryDialog({ task, onClosed }: RetryDialogProps) {
  return (
    <Modal title="Retry" onClosed={onClosed} wide>
      {(dismiss) => <RetryForm task={task} dismiss={dismiss} />}
    </Modal>
  );
}

function RetryForm({ task, dismiss }: { task: Task; dismiss: () => void }) {
  const me = useMe();
  const [message, setMessage] = useState("");
  const worker = useWorkerDraft(task);
  const needs = lackingOf(task);
  // A runbook follows its steps, whatever it is told.
  const reads = (worker.changes.model ?? task.model) !== "runbook";

  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    retryTask(task, { ...worker.changes, ...needs, message: reads ? message : "" }, me);
    dismiss();
  }

  return (
    <form
      className="stack mt-2"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <p className="text-ink-2">
        Starts attempt {task.tries + 1}{" "}
        {reads ? "with a new conversation that knows how this one ended" : "at the first step of the runbook"}. The
        files stay as they are, and the log is kept.
        {needs ? ` Adds ${amountText(needs)} to the grant.` : ""}
      </p>
      {reads ? (
        <label className={FIELD}>
          <span>Message (optional)</span>
          <textarea
            rows={3}
            value={message}
            placeholder="What should it do differently? It reads this first."
            onChange={(event) => setMessage(event.target.value)}
          />
        </label>
      ) : null}
      <FieldPairs>
        <WorkerFields worker={worker} />
      </FieldPairs>
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        {/* Focused first, so that Enter retries right after the dialog opens. */}
        <Button type="submit" look="primary" icon="retry" data-first-focus hint="⌘↵">
          {needs ? `Retry with ${amountText(needs)} more` : "Retry"}
        </Button>
      </div>
    </form>
  );
}
