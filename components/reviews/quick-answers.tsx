import { offeredAnswers } from "@/core/offered-answers";
import type { Review } from "@/core/shapes/shapes";
import { plain } from "@/core/words/figures";
import { OfferedAnswer } from "./offered-answer";

interface QuickAnswersProps {
  review: Review;
  disabled: boolean;
  send: (text: string) => void;
}

/** The answers that a question offers, as buttons. */
export function QuickAnswers({ review, disabled, send }: QuickAnswersProps) {
  return (
    <div className="mt-1.5 flex flex-wrap gap-2">
      {offeredAnswers(review.detail, review.default_answer).map((one) => (
        <OfferedAnswer key={one} disabled={disabled} onClick={() => send(one)}>
          {plain(one)}
        </OfferedAnswer>
      ))}
    </div>
  );
}
