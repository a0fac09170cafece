"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";

interface ReasonDialogProps {
  title: string;
  /** Label of the button that acts. */
  button: string;
  act: (why: string) => Promise<Outcome>;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
  /** What follows. */
  children: ReactNode;
}

/** Asks for a reason before something is said against a lesson. */
export function ReasonDialog({ title, button, act, onClosed, onDone, children }: ReasonDialogProps) {
  const [why, setWhy] = useState("");
  const form = useForm();
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    form.run(
      () => act(why),
      (outcome) => {
        if (!outcome.ok) return;
        dismiss();
        onDone(outcome);
      },
    );
  }
  return (
    <Modal title={title} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-2 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <p className="text-ink-2">{children}</p>
          <Field form={form} name="why" label="Why (optional)">
            <textarea
              {...form.register("why")}
              rows={2}
              value={why}
              onChange={({ target }) => setWhy(target.value)}
              data-first-focus
            />
          </Field>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending} look="danger">
            {button}
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
