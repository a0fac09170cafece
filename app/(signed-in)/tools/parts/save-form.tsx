"use client";

import type { ReactNode } from "react";
import type { ActionResult } from "@/app/act";
import { refreshPage } from "@/components/refresh/refresh-page";
import type { Form } from "@/components/ui/forms/use-form";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Saved } from "./saved";
import { StepButtons } from "./step-buttons";

interface SaveFormProps {
  form: Form;
  save: () => Promise<ActionResult>;
  /** The button's label, such as “Add 3 skills”. */
  action: string;
  maySave: boolean;
  onBack: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** The second step of adding an API or an agent: what was read is completed and saved. */
export function SaveForm({ form, save, action, maySave, onBack, onClose, children }: SaveFormProps) {
  const { outcome, pending, run, rest } = form;
  if (outcome?.ok) return <Saved sentence={outcome.sentence} onClose={onClose} />;
  return (
    <form
      {...form.props}
      className="stack mt-3"
      onSubmit={(event) => {
        event.preventDefault();
        run(save, ({ ok }) => ok && refreshPage());
      }}
    >
      {children}
      <OutcomeLine outcome={rest} />
      <StepButtons action={action} isOff={pending || !maySave} onBack={onBack} onCancel={onClose} />
    </form>
  );
}
