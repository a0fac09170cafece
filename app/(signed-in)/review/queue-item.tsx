"use client";

import { useEffect, useRef } from "react";
import type { Review } from "@/agents/core/shapes";
import { argumentsOf, toolOf } from "@/components/reviews/approval-text";
import type { Held } from "@/components/reviews/held-decisions";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { plain } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Elapsed } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import type { QueueProps } from "./queue";
import { attentionWord, type QueueRow } from "./queue-rows";

const PEEKED_CHARACTERS = 400;

interface QueueItemProps extends QueueProps {
  row: QueueRow;
}

export function QueueItem({ row, ...queue }: QueueItemProps) {
  const { trees, held, gone, current, selected, peeked, choose, select, peek } = queue;
  const [review] = row.items as [Review];
  const isCurrent = row.items.some((one) => one.id === current);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) item.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  const decided = held.get(review.id);
  const isOver = gone.has(review.id) && !decided;
  const many = row.items.length;
  const title = titleOf(review);
  return (
    <li
      ref={item}
      className={`qi ${row.isMember ? "member" : ""} ${decided || isOver ? "over" : ""}`}
      aria-current={isCurrent ? "true" : undefined}
      data-review={review.id}
    >
      {decided ? (
        <Icon name={decided.state === "failed" ? "tri" : "succeeded"} className="i mark" />
      ) : (
        <input
          type="checkbox"
          aria-label={`Select: ${title}`}
          checked={row.items.every((one) => selected.has(one.id))}
          disabled={isOver}
          onChange={(event) => select(row.items, event.target.checked)}
          data-key={isCurrent ? "x" : undefined}
        />
      )}
      <Icon name={REVIEW_ICONS[review.kind]} className={`g ${review.kind === "flag" ? "s-failed" : "s-you"}`} />
      <div className="two">
        <a
          href={`?item=${review.id}`}
          className="title"
          data-key={isCurrent ? "Enter" : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            choose(review.id);
          }}
        >
          <span className="sr">{REVIEW_WORDS[review.kind]}: </span>
          {title}
        </a>
        {decided ? (
          <Outcome decided={decided} undo={() => queue.undo(row.items.map((one) => one.id))} />
        ) : (
          <p className="small sub">
            <span className="cut">
              {isOver ? "Closed meanwhile: open it to see by whom" : trees.get(review.tree_id)?.title}
            </span>
            <span className="nowrap">
              {" · "}
              <Elapsed since={review.created_at} until={null} />
            </span>
            {many > 1 || queue.unfolded.has(row.id) ? (
              <button
                type="button"
                className="link nowrap"
                aria-expanded={many === 1}
                onClick={() => queue.unfold(row.id)}
              >
                {many > 1 ? `${many} alike` : "Fold"}
              </button>
            ) : null}
          </p>
        )}
        {peeked === review.id ? <Peek review={review} /> : null}
      </div>
      <span className="att" title="Attention, 1 to 100">
        <b>{review.attention}</b>
        <span>{attentionWord(review)}</span>
      </span>
      <button
        type="button"
        className="btn quiet icon peek"
        aria-label={`Peek: ${title}`}
        aria-expanded={peeked === review.id}
        data-key={isCurrent ? "Space" : undefined}
        onClick={() => peek(review.id)}
      >
        <Icon name="chev" className={`i tw ${peeked === review.id ? "down" : ""}`} />
      </button>
    </li>
  );
}

/** In place of what it was about, until undo ends. */
function Outcome({ decided, undo }: { decided: Held; undo: () => void }) {
  return (
    <p className={`small sub ${decided.state === "failed" ? "bad" : "good"}`} role="status">
      <span className="wrapany">
        <TimedText text={decided.sentence} />
      </span>
      {decided.state === "held" ? (
        <button type="button" className="link nowrap" onClick={undo}>
          Undo
        </button>
      ) : null}
    </p>
  );
}

function Peek({ review }: { review: Review }) {
  const text = review.kind === "approval" ? argumentsOf(review) : plain(review.detail || review.title);
  const cut = text.length > PEEKED_CHARACTERS;
  return (
    <div className="peekin">
      <p className={`wrapany ${review.kind === "approval" ? "mono" : ""}`}>
        {text.slice(0, PEEKED_CHARACTERS)}
        {cut ? "…" : ""}
      </p>
      {review.if_ignored ? (
        <p className="small faint">
          If nobody decides: <TimedText text={review.if_ignored} />
        </p>
      ) : null}
    </div>
  );
}

/** One line that tells it from the others: of a call its main argument rather than its JSON. */
export function titleOf(review: Review): string {
  if (review.kind !== "approval") return plain(review.title.split("\n", 1)[0] ?? "");
  const main =
    argumentsOf(review)
      .split("\n", 1)[0]
      ?.replace(/^\w+: /, "") ?? "";
  return `${toolOf(review)} ${main}`.slice(0, 160);
}
