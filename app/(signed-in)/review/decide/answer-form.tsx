"use client";

import type { FormEvent, RefObject } from "react";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { Button } from "@/components/ui/parts";
import { SEEN_LINE } from "./decide-buttons";

interface AnswerFormProps {
  reviewId: string;
  box: RefObject<HTMLTextAreaElement | null>;
  /** The question offers answers, so that words of one's own are the other way. */
  isOther: boolean;
  /** The question was on the screen to its end. Who has typed an answer pressed no key too often. */
  isSeen: boolean;
  send: (text: string) => void;
}

/** Form to answer a question. The browser keeps the text until it is sent, so that an undo brings it back. */
export function AnswerForm({ reviewId, box, isOther, isSeen, send }: AnswerFormProps) {
  const { text, change, isRestored } = useKeptText(`answer.${reviewId}`, box);
  function submit(event?: FormEvent): void {
    event?.preventDefault();
    if (text.trim() && isSeen) send(text);
  }
  return (
    <form className="flex min-w-0 flex-[1_1_320px] items-end gap-2 phone:flex-[1_0_100%]" onSubmit={submit}>
      <textarea
        ref={box}
        rows={1}
        className="field-sizing-content max-h-60 min-w-0 flex-auto resize-none"
        value={text}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        aria-label="Your answer"
        placeholder={isRestored ? "" : isOther ? "Or in your words" : "Your answer"}
      />
      <Button
        type="submit"
        look={text.trim() && isSeen ? "primary" : "plain"}
        disabled={!text.trim()}
        {...(text.trim() && !isSeen ? { "aria-disabled": true, "aria-describedby": SEEN_LINE } : {})}
        hint="⌘↵"
      >
        Answer
      </Button>
      {/* For a question, the keys "a" (approve) and "e" (edit) focus the answer. */}
      <button type="button" className="sr-only" tabIndex={-1} data-key="a" onClick={() => box.current?.focus()}>
        Go to the answer
      </button>
      <button type="button" className="sr-only" tabIndex={-1} data-key="e" onClick={() => box.current?.focus()}>
        Go to the answer
      </button>
    </form>
  );
}
