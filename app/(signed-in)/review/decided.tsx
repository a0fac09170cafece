import Link from "next/link";
import type { Review } from "@/agents/core/shapes";
import { toolOf } from "@/components/reviews/approval-text";
import { REVIEW_WORDS } from "@/components/reviews/words";
import { plain } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";

const SHOWN = 30;

/** What people and rules decided, the newest first. */
export function Decided({ reviews }: { reviews: Review[] }) {
  const newest = reviews.toSorted((a, b) => (b.decided_at ?? "").localeCompare(a.decided_at ?? "")).slice(0, SHOWN);
  return (
    <section className="sect" aria-labelledby="decided">
      <header>
        <h2 id="decided">Decided</h2>
      </header>
      {newest.length === 0 ? (
        <p className="dim py-2">Nothing was decided yet. Answers and approvals stay readable here.</p>
      ) : (
        <ul className="rows quiet">
          {newest.map((review) => (
            <DecidedRow key={review.id} review={review} />
          ))}
        </ul>
      )}
    </section>
  );
}

type Words = Partial<Record<Review["status"], string>>;

/** Where a decision is called otherwise than that of a flag. */
const OWN_WORDS: Partial<Record<Review["kind"], Words>> = {
  approval: { approved: "allowed", rejected: "not allowed" },
  proposal: { approved: "approved", rejected: "rejected" },
};
const WORDS: Words = {
  approved: "dealt with",
  rejected: "no problem",
  answered: "answered",
  withdrawn: "withdrawn: its task ended first",
};

export function DecidedRow({ review }: { review: Review }) {
  const { kind, status, title, answer, decided_by, decided_at, tree_id, task_id } = review;
  const word = OWN_WORDS[kind]?.[status] ?? WORDS[status] ?? status;
  const by = decided_by?.startsWith("rule ") ? "a rule" : decided_by;
  return (
    <li className="deed">
      <span className="small faint nowrap">{decided_at ? <Clock at={decided_at} /> : null}</span>
      <div className="min-w-0">
        <Link className="link" href={`/trees/${tree_id}?task=${task_id}`}>
          {kind === "approval" ? toolOf(review) : plain(title.split("\n", 1)[0] ?? "")}
        </Link>{" "}
        <span className="dim wrapany">
          {kind === "approval" ? title.slice(toolOf(review).length) : ""}
          {answer ? ` “${answer.slice(0, 200)}”` : ""}
        </span>
      </div>
      <span className="small faint nowrap flex">
        <Icon name={status === "rejected" && OWN_WORDS[kind] ? "x" : "succeeded"} className="g" />
        {REVIEW_WORDS[kind]}, {word}
        {by ? ` by ${by}` : ""}
      </span>
    </li>
  );
}
