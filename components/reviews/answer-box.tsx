"use client";

import { type FormEvent, type KeyboardEvent, useRef } from "react";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { Button } from "@/components/ui/parts";
import { offeredAnswers } from "@/core/offered-answers";
import type { Review } from "@/core/shapes/shapes";
import { plain } from "@/core/words/figures";
import { OfferedAnswer } from "./offered-answer";

interface AnswerBoxProps {
  review: Review;
  /** Who reads the answer. */
  reader: string;
  answer: (reviewId: string, text: string) => Promise<Outcome>;
  /** Receives the server's sentence, to show in place of the answered question. */
  onDone: (sentence: string) => void;
}

/** Form to answer a question. The browser keeps the text until the server has accepted it. Errors appear below. */
export function AnswerBox({ review, reader, answer, onDone }: AnswerBoxProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, change, clear, isRestored } = useKeptText(`answer.${review.id}`, field);
  const { pending, outcome, run } = useAction();

  function send(event?: FormEvent): void {
    event?.preventDefault();
    deliver(text);
  }
  function deliver(chosen: string): void {
    if (!chosen.trim() || pending) return;
    run(
      () => answer(review.id, chosen),
      (result) => {
        if (!result.ok) return;
        if (chosen !== text) return onDone(result.sentence);
        clear();
        onDone(`${result.sentence} Your draft is deleted from this browser.`);
      },
    );
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
  }

  const offered = offeredAnswers(review.detail, review.default_answer);
  const failure = outcome && !outcome.ok ? outcome.sentence : null;
  const draftHint = isRestored ? "Draft restored. Not sent yet." : "Draft saved in this browser.";
  return (
    <form className="mt-2" onSubmit={send}>
      {offered.length > 0 ? (
        <div className="flex flex-wrap items-center gap-2 phone:in-data-row:*:flex-auto">
          {offered.map((one, index) => (
            <OfferedAnswer key={one} disabled={pending} onClick={() => deliver(one)} data-offer>
              {plain(one)}
              {/* In a list, only the item that has the focus shows its keys. */}
              <kbd className="group-not-focus-within/need:hidden">{index + 1}</kbd>
            </OfferedAnswer>
          ))}
        </div>
      ) : null}
      <div className={`flex min-w-0 max-w-160 items-end gap-2 ${offered.length > 0 ? "mt-2" : ""}`}>
        <textarea
          ref={field}
          rows={1}
          className="field-sizing-content max-h-60 min-w-0 flex-auto"
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label="Your answer"
          placeholder={offered.length > 0 ? "Or type your own answer" : "Your answer"}
          title={`Sent to ${reader}`}
          data-answer
        />
        <Button type="submit" disabled={pending || !text.trim()} hint="⌘↵">
          Answer
        </Button>
      </div>
      <p className={`mt-1 min-h-4.5 text-small leading-4.5 ${failure ? "text-fail" : "text-ink-3"}`} role="status">
        {failure ?? (text ? draftHint : "")}
      </p>
    </form>
  );
}
