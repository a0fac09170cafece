"use client";

import type { FormEvent, KeyboardEvent } from "react";
import { Button } from "@/components/ui/parts";
import { type Outcome, useAction } from "@/components/ui/use-action";
import { useKeptText } from "@/components/ui/use-kept-text";

interface AnswerBoxProps {
  reviewId: string;
  /** Who reads the answer. */
  reader: string;
  answer: (reviewId: string, text: string) => Promise<Outcome>;
  /** The question goes away with its answer; what followed is said where it stood. */
  onDone: (sentence: string) => void;
}

/** What is typed is kept in the browser until the server has taken it. A failure stays beside the box. */
export function AnswerBox({ reviewId, reader, answer, onDone }: AnswerBoxProps) {
  const { text, change, clear, isRestored } = useKeptText(`answer.${reviewId}`);
  const { pending, outcome, run } = useAction();

  function send(event?: FormEvent): void {
    event?.preventDefault();
    if (!text.trim() || pending) return;
    run(
      () => answer(reviewId, text),
      (result) => {
        if (!result.ok) return;
        clear();
        onDone(`${result.sentence} What you typed is no longer kept in this browser.`);
      },
    );
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
  }

  const failure = outcome && !outcome.ok ? outcome.sentence : null;
  const kept = isRestored ? "Your answer of before, not sent yet." : "Kept in this browser as you type.";
  return (
    <form className="mt-2" onSubmit={send}>
      <div className="reply mt-0 items-end">
        <textarea
          rows={1}
          className="grow field-sizing-content max-h-60"
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label="Your answer"
          placeholder="Your answer"
          title={`Goes to ${reader}`}
          data-answer
        />
        <Button type="submit" disabled={pending || !text.trim()} hint="⌘↵">
          Answer
        </Button>
      </div>
      <p className={`hint held ${failure ? "bad" : ""}`} role="status">
        {failure ?? (text ? kept : "")}
      </p>
    </form>
  );
}
