import type { ComponentProps } from "react";
import { partsOfAnswer } from "@/core/offered-answers";
import { plain } from "@/core/words/figures";

const ROW =
  "flex w-full cursor-pointer items-start gap-3 rounded-control border border-line-strong bg-raised px-3 py-2 text-left hover:bg-hover disabled:cursor-not-allowed disabled:text-ink-3 aria-disabled:cursor-not-allowed aria-disabled:text-ink-3";

interface AnswerRowProps extends Omit<ComponentProps<"button">, "children"> {
  answer: string;
  /** Its place, which is also its key. */
  nth: number;
}

/** An offered answer of a question: its key, what is chosen, and in a second line what is said about it. */
export function AnswerRow({ answer, nth, ...rest }: AnswerRowProps) {
  const { choice, about } = partsOfAnswer(answer);
  return (
    <button {...rest} type="button" className={ROW} data-key={String(nth)}>
      <span className="min-w-0 wrap-anywhere">
        <b className="block font-medium">{plain(choice)}</b>
        {about === "" ? null : <span className="text-ink-2">{plain(about)}</span>}
      </span>
      <kbd className="order-first mt-0.5 flex-none">{nth}</kbd>
    </button>
  );
}
