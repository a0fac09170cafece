"use client";

import type { FormEvent, ReactNode } from "react";
import { type Outcome, useAction } from "./hooks/use-action";
import { OutcomeLine } from "./outcome-line";
import { Button } from "./parts";

interface ValuesFormProps {
  label: string;
  /** Whether a value differs from the saved one. */
  isChanged: boolean;
  save: () => Promise<Outcome>;
  /** Runs after the server's answer, also after a refusal. */
  onSaved: () => void;
  /** In one row, with "Save" at its end. */
  fields: ReactNode;
  /** Below the fields. */
  children?: ReactNode;
}

/** A form for saved values that shows why the server refused them. A success shows in what the page says of the values. */
export function ValuesForm({ label, isChanged, save, onSaved, fields, children }: ValuesFormProps) {
  const { pending, outcome, run } = useAction();
  function send(event: FormEvent): void {
    event.preventDefault();
    if (!pending && isChanged) run(save, onSaved);
  }
  return (
    <form onSubmit={send} aria-label={label}>
      <div className="flex flex-wrap items-end gap-3">
        {fields}
        <Button type="submit" aria-disabled={pending || !isChanged}>
          Save
        </Button>
      </div>
      {children}
      <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
    </form>
  );
}
