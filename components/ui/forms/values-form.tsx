"use client";

import type { FormEvent, ReactNode } from "react";
import type { Outcome } from "../hooks/use-action";
import { OutcomeLine } from "../outcome-line";
import { Button } from "../parts";
import { type Form, useForm } from "./use-form";

interface ValuesFormProps {
  label: string;
  /** Whether a value differs from the saved one. */
  isChanged: boolean;
  save: () => Promise<Outcome>;
  /** Runs after the server's answer, also after a refusal. */
  onSaved: () => void;
  /** In one row, with "Save" at its end. */
  fields: (form: Form) => ReactNode;
  /** Below the fields. */
  children?: ReactNode;
}

/** A form for saved values that shows why the server refused them. A success shows in what the page says of the values. */
export function ValuesForm({ label, isChanged, save, onSaved, fields, children }: ValuesFormProps) {
  const form = useForm();
  const { pending, rest, run } = form;
  function send(event: FormEvent): void {
    event.preventDefault();
    if (!pending && isChanged) run(save, onSaved);
  }
  return (
    <form {...form.props} onSubmit={send} aria-label={label}>
      <div className="flex flex-wrap items-end gap-3">
        {fields(form)}
        <Button type="submit" aria-disabled={pending || !isChanged}>
          Save
        </Button>
      </div>
      {form.faultsBelow()}
      {children}
      <OutcomeLine outcome={rest?.ok === false ? rest : null} />
    </form>
  );
}
