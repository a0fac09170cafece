"use client";

import { useEffect, useState } from "react";
import type { Task } from "@/agents/core/shapes";
import { readNextAction } from "@/app/actions/looks";
import { stepTask } from "@/app/actions/task-commands";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";
import { type Outcome, useAction } from "@/components/ui/use-action";

interface NextStepProps {
  task: Task;
  close: () => void;
}

/** What the task would do next, before it is let go for one turn. */
export function NextStep({ task, close }: NextStepProps) {
  const { pending, outcome, run } = useAction();
  const next = useNextAction(task);
  const isPaused = task.status === "paused";
  return (
    <section className="part next" aria-label="Next step">
      <h3>
        Next <span className="small">{isPaused ? "when it goes on" : "if it went on now"}</span>
      </h3>
      <div className="min-h-10" role="status" data-testid="next-action">
        {next === null ? (
          <span className="skel late block">
            <i className="w-4/5" />
          </span>
        ) : (
          <p className={next.ok ? "wrapany" : "hint bad"}>
            <TimedText text={next.sentence} />
          </p>
        )}
      </div>
      <p className="hint">
        {isPaused
          ? "One step is one turn; then it waits again. “Resume” lets it go on by itself."
          : "It ends what it does now, and from its next turn on waits before each: then each step is one turn."}
      </p>
      <div className="acts mt-2">
        <Button data-key="." hint="." disabled={pending} onClick={() => run(() => stepTask(task.id))}>
          {isPaused ? "Let it take this step" : "Step it from here on"}
        </Button>
        <Button look="quiet" onClick={close}>
          Close
        </Button>
      </div>
      <OutcomeLine outcome={outcome} />
    </section>
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
