import { Markdown } from "@/components/text/markdown";
import { withoutOffered } from "@/core/offered-answers";
import type { Review } from "@/core/shapes/shapes";
import { besidesAct } from "@/core/words/acts/besides-act";

/** What a question says besides its title and the answers that stand below it as buttons. */
export function QuestionText({ review }: { review: Review }) {
  const text = withoutOffered(besidesAct(review), review.default_answer);
  if (text === "") return null;
  return (
    <div className="max-w-180 text-body">
      <Markdown text={text} />
    </div>
  );
}
