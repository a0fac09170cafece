"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { LessonDetail } from "@/core/shapes/memory";
import { scopeText, statusText } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";

interface MergeDialogProps {
  lesson: LessonDetail;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Gives a lesson's counts to a lesson that says nearly the same. */
export function MergeDialog({ lesson: { id, twins }, onClosed, onDone }: MergeDialogProps) {
  const [into, setInto] = useState(twins[0]?.id ?? "");
  const { pending, outcome, run } = useAction();
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (pending) return;
    run(
      () => operate("mergeLessons", { id, into }),
      (result) => {
        if (!result.ok) return;
        dismiss();
        onDone(result);
      },
    );
  }
  return (
    <Modal title="Merge with a twin" onClosed={onClosed} wide>
      {(dismiss) => (
        <form className="mt-2 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <p className="text-ink-2">
            The twin gets what speaks for and against this lesson; a round that was shown both counts once. This lesson
            is retired.
          </p>
          <fieldset className="grid gap-2">
            <legend className="sr-only">The lesson that stays</legend>
            {twins.map((twin) => (
              <label key={twin.id} className="flex items-start gap-2">
                <input
                  type="radio"
                  name="into"
                  className="mt-1"
                  checked={into === twin.id}
                  onChange={() => setInto(twin.id)}
                />
                <span className="min-w-0">
                  <span className="block wrap-anywhere whitespace-pre-wrap">{withoutDisguise(twin.advice)}</span>
                  <span className="block text-small text-ink-3">
                    {scopeText(twin)} · {statusText(twin)} · helped {twin.helped}, harmed {twin.harmed}
                  </span>
                </span>
              </label>
            ))}
          </fieldset>
          <Refusal outcome={outcome} />
          <FormActs close={dismiss} disabled={pending}>
            Merge
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
