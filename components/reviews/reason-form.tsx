"use client";

import { type FormEvent, type RefObject, useEffect, useRef } from "react";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import type { Form } from "@/components/ui/forms/use-form";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";

interface ReasonFormProps {
  reviewId: string;
  send: (reason: string) => void;
  close: () => void;
}

/** Form for the reason of a rejection. The browser keeps the text until it is sent, so that an undo brings it back. */
export function ReasonForm({ reviewId, send, close }: ReasonFormProps) {
  const { text, change } = useKeptText(`reject.${reviewId}`);
  const field = useFirstFocus();
  function submit(event: FormEvent): void {
    event.preventDefault();
    send(text);
  }
  return (
    <AskForm submit={submit} close={close}>
      <label className={FIELD}>
        <span>Reason (optional): the agent reads it instead of the tool's response</span>
        <textarea ref={field} rows={2} value={text} onChange={(event) => change(event.target.value)} />
      </label>
      <FormActs close={close} look="danger">
        Reject
      </FormActs>
    </AskForm>
  );
}

interface AskFormProps {
  /** Shows errors at its fields. */
  form?: Form;
  submit: (event: FormEvent) => void;
  close: () => void;
  children: React.ReactNode;
}

/** Form that Escape closes, and that Ctrl or ⌘ with Enter submits. */
export function AskForm({ form, submit, close, children }: AskFormProps) {
  return (
    <form
      {...form?.props}
      className="stack mt-2 max-w-160"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit(event);
      }}
    >
      {children}
    </form>
  );
}

export function useFirstFocus(): RefObject<HTMLTextAreaElement | null> {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}
