"use client";

import { type FormEvent, type KeyboardEvent, useEffect, useState } from "react";
import { readNextAction } from "@/app/actions/looks";
import { stepEdited } from "@/app/actions/task-commands";
import { FieldPairs } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { SKELETON } from "@/components/ui/page/skeleton";
import { Button } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { followsText } from "./follows";
import { WorkerFields, workerChangeOf } from "./worker-fields";

interface StepDialogProps {
  task: Task;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** What the task would do next, and what is to be different about it, before it is let go for one turn. */
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
  const [worker, setWorker] = useState({ agent: task.agent, model: task.model });
  const { pending, outcome, run } = useAction();
  const changes = workerChangeOf(worker, task);
  const over = isEnded(task.status);
  const isPaused = task.status === "paused";

  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    if (pending || over) return;
    run(
      () => stepEdited(task.id, { ...changes, message: message.text }),
      (result) => {
        if (!result.ok) return;
        message.clear();
        onDone(result);
      },
    );
  }

  return (
    <form
      className="stack mt-2"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <NextAction task={task} />
      <label className={FIELD}>
        <span>Say something to it first</span>
        <textarea
          rows={3}
          value={message.text}
          placeholder="It reads this before it takes the step"
          onChange={(event) => message.change(event.target.value)}
        />
        {message.isRestored ? (
          <span className="mt-1 text-small leading-4.5 text-ink-3">Your words of before, not sent yet.</span>
        ) : null}
      </label>
      <FieldPairs>
        <WorkerFields now={task} draft={worker} change={(fields) => setWorker((now) => ({ ...now, ...fields }))} />
      </FieldPairs>
      <p className="text-ink-2" data-testid="follows">
        {Object.keys(changes).length > 0 ? followsText(task, changes, "") : ""}{" "}
        {isPaused
          ? "One step is one turn; then it waits again. “Resume” lets it go on by itself."
          : "It ends what it does now, and from its next turn on waits before each: then each step is one turn."}
      </p>
      <Refusal outcome={outcome} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        {/* So that one key opens this and the next one takes the step. */}
        <Button type="submit" look="primary" icon="step" data-first-focus disabled={pending || over} hint="⌘↵">
          {isPaused ? "Take this step" : "Step it from here on"}
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

/** null while it is read; read anew when the task has moved. */
function useNextAction({ id, status, turns, model, agent }: Task): Outcome | null {
  const [next, setNext] = useState<{ of: string; outcome: Outcome } | null>(null);
  const of = [id, status, turns, model, agent].join(" ");
  useEffect(() => {
    let isGone = false;
    readNextAction(id).then(
      (outcome) => isGone || setNext({ of, outcome }),
      () =>
        isGone ||
        setNext({ of, outcome: { ok: false, sentence: "The server did not answer; close this and open it again." } }),
    );
    return () => {
      isGone = true;
    };
  }, [id, of]);
  return next?.of === of ? next.outcome : null;
}
