"use client";

import { type FormEvent, useEffect, useId, useRef } from "react";
import { sendDecision } from "@/components/reviews/held-decisions";
import { AskForm } from "@/components/reviews/reason-form";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
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
  const { pending, outcome, run } = useAction();
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
      <AskForm submit={submit} close={close}>
        <label className={FIELD}>
          <span>{label}</span>
          <textarea
            ref={field}
            rows={2}
            value={text}
            aria-describedby={hintId}
            onChange={(event) => change(event.target.value)}
          />
        </label>
        <Hint isBad={Boolean(outcome && !outcome.ok)} id={hintId} role="status">
          {outcome && !outcome.ok ? outcome.sentence : hint}
        </Hint>
        <FormActs close={close} disabled={pending || (!isOptional && !text.trim())} hasKey>
          {button}
        </FormActs>
      </AskForm>
    </BarForm>
  );
}
