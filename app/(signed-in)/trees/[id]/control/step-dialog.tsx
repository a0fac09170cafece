"use client";

import { type FormEvent, type KeyboardEvent, useEffect, useState } from "react";
import { readNextAction } from "@/app/actions/looks";
import { operate } from "@/app/operate";
import { FieldPairs } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { SKELETON } from "@/components/ui/page/skeleton";
import { Button } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { followsText } from "./follows";
import { useWorkerDraft, WorkerFields } from "./worker-fields";

interface StepDialogProps {
  task: Task;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Shows the task's next action, lets the person change the task, then runs it for one turn. */
export function StepDialog({ task, onClosed, onDone }: StepDialogProps) {
  return (
    <Modal title="Next step" onClosed={onClosed} wide>
      {(dismiss) => (
        <StepForm
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

interface StepFormProps {
  task: Task;
  dismiss: () => void;
  onDone: (outcome: Outcome) => void;
}

function StepForm({ task, dismiss, onDone }: StepFormProps) {
  const message = useKeptText(`step.${task.id}`);
  const form = useForm();
  const { pending, run } = form;
  const worker = useWorkerDraft(task, () => form.say(null));
  const { changes } = worker;
  const over = isEnded(task.status);
  const isRunning = task.status === "running";

  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    if (pending || over) return;
    run(
      () =>
        operate("step", { id: task.id, ...changes, message: message.text.trim() === "" ? undefined : message.text }),
      (result) => {
        if (!result.ok) return;
        message.clear(message.text);
        onDone(result);
      },
    );
  }

  return (
    <form
      {...form.props}
      className="stack mt-2"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <NextAction task={task} />
      <label className={FIELD}>
        <span>Send a message first (optional)</span>
        <textarea
          rows={3}
          value={message.text}
          placeholder="The task reads this before the step"
          onChange={(event) => message.change(event.target.value)}
        />
        {message.isRestored ? (
          <span className="mt-1 text-small leading-4.5 text-ink-3">Restored draft, not sent yet.</span>
        ) : null}
      </label>
      <FieldPairs>
        <WorkerFields worker={worker} form={form} />
      </FieldPairs>
      <p className="text-ink-2" data-testid="follows">
        {Object.keys(changes).length > 0 ? followsText(task, changes, "") : ""}{" "}
        {isRunning ? "The current turn finishes, then the task pauses." : "The task runs one turn, then pauses."}{" "}
        “Resume” lets it run without stepping.
      </p>
      <Refusal outcome={form.rest} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        {/* Focused first, so that Enter runs the step right after the dialog opens. */}
        <Button type="submit" look="primary" icon="step" data-first-focus disabled={pending || over} hint="⌘↵">
          {isRunning ? "Pause after this turn" : "Run this step"}
        </Button>
      </div>
    </form>
  );
}

function NextAction({ task }: { task: Task }) {
  const next = useNextAction(task);
  return (
    <div className="min-h-10" role="status" data-testid="next-action">
      {next === null ? (
        <span className={`${SKELETON} block`} data-loading>
          <i className="w-4/5" />
        </span>
      ) : (
        <p className={next.ok ? "wrap-anywhere" : "mt-1 text-small leading-4.5 text-fail"}>
          <TimedText text={next.sentence} />
        </p>
      )}
    </div>
  );
}

/** Returns the task's next action, or null while it loads. Loads again whenever the task changes. */
function useNextAction({ id, status, turns, model, agent }: Task): Outcome | null {
  const [next, setNext] = useState<{ of: string; outcome: Outcome } | null>(null);
  const of = [id, status, turns, model, agent].join(" ");
  useEffect(() => {
    let isGone = false;
    readNextAction(id).then(
      (outcome) => isGone || setNext({ of, outcome }),
      () =>
        isGone ||
        setNext({
          of,
          outcome: { ok: false, sentence: "The server did not answer. Close this dialog and open it again." },
        }),
    );
    return () => {
      isGone = true;
    };
  }, [id, of]);
  return next?.of === of ? next.outcome : null;
}
