"use client";

import { type FormEvent, useEffect, useId, useRef } from "react";
import { sendDecision } from "@/components/reviews/held-decisions";
import { AskForm } from "@/components/reviews/reason-form";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { BarForm } from "./bar-parts";

interface TalkFormProps {
  /** Key under which the browser keeps the text. */
  id: string;
  label: string;
  hint?: string;
  button: string;
  /** Keeps the text after it is submitted, so that an undo brings it back. */
  isHeld?: boolean;
  /** The text may be empty. */
  isOptional?: boolean;
  close: () => void;
  onDone?: () => void;
  /** API path to post the text to. Without a path, `send` takes the text. */
  path?: string;
  send?: (text: string) => Promise<Outcome>;
}

/** Form for a short text: the reason of a decision, a comment, or a question. */
export function TalkForm({
  id,
  label,
  hint,
  button,
  isHeld = false,
  isOptional = false,
  close,
  onDone,
  path,
  send,
}: TalkFormProps) {
  const { text, change, clear } = useKeptText(id);
  const form = useForm();
  const { pending, run, rest } = form;
  const field = useRef<HTMLTextAreaElement>(null);
  const hintId = useId();
  useEffect(() => field.current?.focus(), []);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (pending) return;
    if (!isOptional && !text.trim()) {
      field.current?.focus();
      return;
    }
    run(
      () =>
        path
          ? sendDecision({ path, body: { text } })
          : (send?.(text) ?? Promise.reject(new Error("A TalkForm needs `path` or `send`."))),
      (result) => {
        if (!result.ok) return;
        if (!isHeld) clear(text);
        close();
        onDone?.();
      },
    );
  }
  return (
    <BarForm>
      <AskForm form={form} submit={submit} close={close}>
        <Field form={form} name="text" label={label}>
          <textarea
            {...form.register("text", hintId)}
            ref={field}
            rows={2}
            value={text}
            onChange={(event) => change(event.target.value)}
          />
        </Field>
        <Hint isBad={rest?.ok === false} id={hintId} role="status">
          {rest?.ok === false ? rest.sentence : hint}
        </Hint>
        <FormActs close={close} disabled={pending || (!isOptional && !text.trim())} hasKey>
          {button}
        </FormActs>
      </AskForm>
    </BarForm>
  );
}
