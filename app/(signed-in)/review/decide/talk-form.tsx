"use client";

import { type FormEvent, useEffect, useId, useRef } from "react";
import { AskForm } from "@/components/reviews/approval-actions";
import { sendDecision } from "@/components/reviews/held-decisions";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { BarForm } from "./bar-parts";

interface TalkFormProps {
  /** Under which what is typed is kept in this browser. */
  id: string;
  label: string;
  hint?: string;
  button: string;
  /** It is kept until whoever sends it forgets it: what is taken back is still there. */
  isHeld?: boolean;
  /** It may be sent without words. */
  isOptional?: boolean;
  close: () => void;
  onDone?: () => void;
  /** Where it goes; `send` is for what goes nowhere yet. */
  path?: string;
  send?: (text: string) => Promise<Outcome>;
}

/** A few words that go with a decision, or stand beside it. */
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
        path ? sendDecision({ path, body: { text } }) : (send?.(text) ?? Promise.reject(new Error("Goes nowhere."))),
      (result) => {
        if (!result.ok) return;
        if (!isHeld) clear();
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
