import { Clock } from "@/components/ui/time";
import type { ReviewComment } from "@/core/shapes/review";
import { PartHead } from "./item-parts";

/** People's comments and questions on an item. The task reads a question immediately, a comment with the decision. */
export function Comments({ comments }: { comments: ReviewComment[] }) {
  if (comments.length === 0) return null;
  return (
    <section className="mt-5" aria-label="Comments">
      <PartHead>Comments</PartHead>
      <ul>
        {comments.map((comment) => (
          <li className="mt-2 border-accent border-l-2 px-3 py-1" key={`${comment.at} ${comment.by} ${comment.text}`}>
            <p className="text-small">
              <b>{comment.by}</b>{" "}
              <span className="text-ink-3">
                {comment.kind === "question" ? "asked the task" : "sent with the decision"}, <Clock at={comment.at} />
              </span>
            </p>
            <p className="wrap-anywhere whitespace-pre-wrap">{comment.text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
