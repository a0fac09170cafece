"use client";

import { type FormEvent, type KeyboardEvent, useRef } from "react";
import type { Review } from "@/agents/core/shapes";
import { offeredAnswers } from "@/agents/offered-answers";
import { plain } from "@/components/ui/format";
import { Button } from "@/components/ui/parts";
import { type Outcome, useAction } from "@/components/ui/use-action";
import { useKeptText } from "@/components/ui/use-kept-text";

interface AnswerBoxProps {
  review: Review;
  /** Who reads the answer. */
  reader: string;
  answer: (reviewId: string, text: string) => Promise<Outcome>;
  /** The question goes away with its answer; what followed is said where it stood. */
  onDone: (sentence: string) => void;
}

/** What is typed is kept in the browser until the server has taken it. A failure stays beside the box. */
export function AnswerBox({ review, reader, answer, onDone }: AnswerBoxProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, change, clear, isRestored } = useKeptText(`answer.${review.id}`, field);
  const { pending, outcome, run } = useAction();

  function send(event?: FormEvent): void {
    event?.preventDefault();
    deliver(text);
  }
  function deliver(said: string): void {
    if (!said.trim() || pending) return;
    run(
      () => answer(review.id, said),
      (result) => {
        if (!result.ok) return;
        if (said !== text) return onDone(result.sentence);
        clear();
        onDone(`${result.sentence} What you typed is no longer kept in this browser.`);
      },
    );
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
  }

  const offered = offeredAnswers(review.detail, review.if_ignored);
  const failure = outcome && !outcome.ok ? outcome.sentence : null;
  const kept = isRestored ? "Your answer of before, not sent yet." : "Kept in this browser as you type.";
  return (
    <form className="mt-2" onSubmit={send}>
      {offered.length > 0 ? (
        <div className="acts">
          {offered.map((one, index) => (
            <Button
              key={one}
              className="offered"
              disabled={pending}
              hint={`${index + 1}`}
              onClick={() => deliver(one)}
              data-offer
            >
              {plain(one)}
            </Button>
          ))}
        </div>
      ) : null}
      <div className={`reply items-end ${offered.length > 0 ? "" : "mt-0"}`}>
        <textarea
          ref={field}
          rows={1}
          className="grow field-sizing-content max-h-60"
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label="Your answer"
          placeholder={offered.length > 0 ? "Or in your words" : "Your answer"}
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
