"use client";

import { type FormEvent, type KeyboardEvent, useRef } from "react";
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
  send: (text: string) => void;
}

/** Form to answer a question. The browser keeps the text until the server has accepted it. */
export function AnswerBox({ review, reader, send }: AnswerBoxProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, change, isRestored } = useKeptText(`answer.${review.id}`, field);

  function submit(event?: FormEvent): void {
    event?.preventDefault();
    if (text.trim()) send(text);
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
  }

  const offered = offeredAnswers(review.detail, review.default_answer);
  const draftHint = isRestored ? "Draft restored. Not sent yet." : "Draft saved in this browser.";
  return (
    <form className="mt-2" onSubmit={submit}>
      {offered.length > 0 ? (
        <div className="flex flex-wrap items-center gap-2 phone:in-data-row:*:flex-auto">
          {offered.map((one, index) => (
            <OfferedAnswer key={one} onClick={() => send(one)} data-offer>
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
        <Button type="submit" disabled={!text.trim()} hint="⌘↵">
          Answer
        </Button>
      </div>
      <p className="mt-1 min-h-4.5 text-ink-3 text-small leading-4.5" role="status">
        {text ? draftHint : ""}
      </p>
    </form>
  );
}
