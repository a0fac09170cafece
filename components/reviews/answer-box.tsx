"use client";

import { type FormEvent, type KeyboardEvent, useState } from "react";
import { Button } from "@/components/ui/parts";
import { type Outcome, useAction } from "@/components/ui/use-action";

interface AnswerBoxProps {
  reviewId: string;
  /** Who reads the answer. */
  reader: string;
  answer: (reviewId: string, text: string) => Promise<Outcome>;
}

/** A failure stays beside the box and the text stays in it. */
export function AnswerBox({ reviewId, reader, answer }: AnswerBoxProps) {
  const [text, setText] = useState("");
  const { pending, outcome, run } = useAction();

  function send(event?: FormEvent): void {
    event?.preventDefault();
    if (!text.trim() || pending) return;
    run(
      () => answer(reviewId, text),
      (result) => result.ok && setText(""),
    );
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
  }

  return (
    <form className="mt-2" onSubmit={send}>
      <div className="reply mt-0 items-end">
        <textarea
          rows={1}
          className="grow"
          value={text}
          onChange={(event) => setText(event.target.value)}
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
      <p className={`hint ${outcome && !outcome.ok ? "bad" : ""}`} role="status">
        {outcome?.sentence}
      </p>
    </form>
  );
}
