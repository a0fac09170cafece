"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";

/** Why, in short. Who looks next reads it with the words. */
const REASONS = [
  ["On purpose", "On purpose: the code is meant to be so"],
  ["Wrong", "Wrong: the evidence does not hold"],
  ["Not now", "Not now"],
  ["", "Another reason"],
] as const;

interface DismissDialogProps {
  project: string;
  insight: string;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Asks why before an insight is dismissed. */
export function DismissDialog({ project, insight, onClosed, onDone }: DismissDialogProps) {
  const [kind, setKind] = useState<string>(REASONS[0][0]);
  const [words, setWords] = useState("");
  const form = useForm();
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    const reason = [kind, words.trim()].filter(Boolean).join(": ");
    form.run(
      () => operate("dismissInsight", { id: project, insight, reason }),
      (outcome) => {
        if (!outcome.ok) return;
        dismiss();
        onDone(outcome);
      },
    );
  }
  return (
    <Modal title="Dismiss this insight" onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <ChoiceField form={form} name="kind" label="Why" value={kind} set={setKind} choices={REASONS} />
          <Field form={form} name="reason" label="In your words, for whoever looks next">
            <textarea
              {...form.register("reason")}
              rows={2}
              value={words}
              onChange={({ target }) => setWords(target.value)}
              data-first-focus
            />
          </Field>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Dismiss
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
