import type { ReviewComment } from "@/agents/core/shapes-review";
import { Clock } from "@/components/ui/time";

/** What people wrote at the item. A comment goes to the task with the decision; a question went there at once. */
export function Comments({ comments }: { comments: ReviewComment[] }) {
  if (comments.length === 0) return null;
  return (
    <section className="block" aria-label="Comments">
      <h3>Comments</h3>
      <ul className="comments">
        {comments.map((comment) => (
          <li key={`${comment.at} ${comment.by} ${comment.text}`}>
            <p className="small">
              <b>{comment.by}</b>{" "}
              <span className="faint">
                {comment.kind === "question" ? "asked the task" : "goes with the decision"}, <Clock at={comment.at} />
              </span>
            </p>
            <p className="said">{comment.text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
