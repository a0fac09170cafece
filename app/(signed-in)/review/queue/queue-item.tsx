"use client";

import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { argumentsOf, titleOf } from "@/components/reviews/approval-text";
import { canUndo, type Held } from "@/components/reviews/held-decisions";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Elapsed } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import type { Review, Tree } from "@/core/shapes/shapes";
import { plain } from "@/core/words/figures";
import type { QueueGroup } from "./queue-rows";
import { attentionWord, type QueueRow } from "./queue-rows";

export interface QueueProps {
  groups: QueueGroup[];
  trees: ReadonlyMap<string, Tree>;
  held: ReadonlyMap<string, Held>;
  gone: ReadonlySet<string>;
  /** How the items in `gone` were settled, in words. */
  settled: ReadonlyMap<string, string>;
  current: string | null;
  selected: ReadonlySet<string>;
  unfolded: ReadonlySet<string>;
  fresh: number;
  /** A sentence about a request that cannot be met; "": none. */
  notice: string;
  byTree: boolean;
  /** Shown instead of rows when there are none. */
  empty: ReactNode;
  /** Bar with the decisions on the selected rows. */
  foot: ReactNode;
  choose: (id: string) => void;
  select: (reviews: readonly Review[], on: boolean) => void;
  unfold: (id: string) => void;
  undo: (ids: readonly string[]) => void;
  renew: () => void;
  setPointed: (on: boolean) => void;
}

const PEEKED_CHARACTERS = 400;

interface QueueItemProps extends QueueProps {
  row: QueueRow;
  isPeeked: boolean;
  peek: (id: string) => void;
}

const ROW =
  "relative grid grid-cols-[14px_16px_minmax(0,1fr)_52px_20px] gap-x-2 border-line border-b pt-1.5 pr-1 pb-1 phone:grid-cols-[20px_16px_minmax(0,1fr)_52px_24px] phone:py-2.5 phone:pr-2";
/** Adds a bar on the left. */
const CURRENT = "bg-selected before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent";

export function QueueItem({ row, isPeeked, peek, ...queue }: QueueItemProps) {
  const { held, gone, current, choose } = queue;
  const [review] = row.items as [Review];
  const isCurrent = row.items.some((one) => one.id === current);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) item.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  const decisions = row.items.flatMap(({ id }) => held.get(id) ?? []);
  // The row of identical items counts as decided when all of them are.
  const decided = decisions.length === row.items.length ? decisions.at(-1) : undefined;
  const isOver = gone.has(review.id) && !decided;
  const title = titleOf(review);
  return (
    <li
      ref={item}
      className={`${ROW} ${row.isMember ? "pl-7" : "pl-3 phone:pl-4"} ${isCurrent ? CURRENT : "hover:bg-hover"}`}
      aria-label={`${REVIEW_WORDS[review.kind]}: ${title}, ${decided?.sentence ?? (isOver ? "closed" : "open")}`}
      aria-current={isCurrent ? "true" : undefined}
      data-review={review.id}
    >
      <Mark row={row} title={title} decided={decided} isOver={isOver} isCurrent={isCurrent} {...queue} />
      <Icon
        name={REVIEW_ICONS[review.kind]}
        className={`mt-[3px] size-3.5 flex-none ${review.kind === "flag" ? "text-fail" : "text-wait-mark"}`}
      />
      <div className="min-w-0">
        <a
          href={`?item=${review.id}`}
          className={`wrap-anywhere line-clamp-2 font-medium after:absolute after:inset-0 ${decided || isOver ? "text-ink-3" : ""}`}
          data-key={isCurrent ? "Enter" : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            choose(review.id);
          }}
        >
          <span className="sr-only">{REVIEW_WORDS[review.kind]}: </span>
          {title}
        </a>
        {decided ? (
          <Outcome decided={decided} undo={() => queue.undo(row.items.map((one) => one.id))} />
        ) : (
          <About row={row} review={review} isOver={isOver} decisions={decisions} {...queue} />
        )}
        {isPeeked ? <Peek review={review} /> : null}
      </div>
      <span className="text-right text-ink-2 text-small" title="Attention, 1 to 100">
        <b className="block font-semibold text-ink text-row">{review.attention}</b>
        <span className="block leading-6">{attentionWord(review)}</span>
      </span>
      <button
        type="button"
        className={buttonLook("quiet", "relative z-1 h-6! w-5! min-w-5 px-0! text-ink-3!")}
        aria-label={`Preview: ${title}`}
        aria-expanded={isPeeked}
        data-key={isCurrent ? "Space" : undefined}
        onClick={() => peek(review.id)}
      >
        <Icon name="chev" className={`size-3 ${isPeeked ? "rotate-90" : ""}`} />
      </button>
    </li>
  );
}

interface MarkProps extends Pick<QueueProps, "selected" | "select"> {
  row: QueueRow;
  title: string;
  decided: Held | undefined;
  isOver: boolean;
  isCurrent: boolean;
}

const LOOKS = {
  failed: { icon: "tri", colour: "text-fail" },
  // Green is for what goes on.
  rejected: { icon: "stopped", colour: "text-idle" },
  done: { icon: "succeeded", colour: "text-ok" },
} as const;

function lookOf({ state, path }: Held): keyof typeof LOOKS {
  if (state === "failed") return "failed";
  return path.endsWith("/reject") ? "rejected" : "done";
}

/** Checkbox that selects the row; once the row is decided, an icon. */
function Mark({ row, title, decided, isOver, isCurrent, selected, select }: MarkProps) {
  if (decided) {
    const { icon, colour } = LOOKS[lookOf(decided)];
    return <Icon name={icon} className={`mt-[3px] size-3.5 ${colour}`} />;
  }
  return (
    <input
      type="checkbox"
      className="relative z-1 mt-[3px] phone:mt-px phone:size-4.5"
      aria-label={`Select: ${title}`}
      checked={row.items.every((one) => selected.has(one.id))}
      disabled={isOver}
      onChange={(event) => select(row.items, event.target.checked)}
      data-key={isCurrent ? "x" : undefined}
    />
  );
}

const BELOW_TITLE = "flex min-w-0 min-h-6 items-center gap-x-1.5 gap-y-1 text-small";
/** Above the link that covers the whole row. */
const LINK = "link relative z-1 min-h-6 whitespace-nowrap";

interface AboutProps extends Pick<QueueProps, "trees" | "unfolded" | "unfold" | "settled" | "undo"> {
  row: QueueRow;
  review: Review;
  isOver: boolean;
  /** This page's decisions on some of the row's items. */
  decisions: readonly Held[];
}

/** Line with the item's tree and age, and the number of identical items. */
function About({ row, review, isOver, decisions, trees, settled, unfolded, unfold, undo }: AboutProps) {
  const many = row.items.length;
  const last = decisions.at(-1);
  // No list has a tree of the system.
  const about = isOver ? (settled.get(review.id) ?? "Already settled.") : trees.get(review.tree_id)?.title;
  if (last)
    return (
      <Outcome
        decided={{ ...last, sentence: `${decisions.length} of ${many}: ${last.sentence}` }}
        undo={() => undo(decisions.map(({ id }) => id))}
      />
    );
  return (
    <p className={`${BELOW_TITLE} text-ink-2`}>
      {about ? <span className="min-w-0 truncate">{about}</span> : null}
      <span className="whitespace-nowrap">
        {about ? "· " : null}
        <Elapsed since={review.created_at} until={null} />
      </span>
      {many > 1 || unfolded.has(row.id) ? (
        <button type="button" className={LINK} aria-expanded={many === 1} onClick={() => unfold(row.id)}>
          {many > 1 ? `${many} alike` : "Fold"}
        </button>
      ) : null}
    </p>
  );
}

/** Line with the outcome of a decision, and Undo until it is sent. */
function Outcome({ decided, undo }: { decided: Held; undo: () => void }) {
  const look = lookOf(decided);
  const isFailed = look === "failed";
  return (
    <p className={`${BELOW_TITLE} ${LOOKS[look].colour}`} role="status">
      {/* One line, unless it failed: a longer one would move the rows below. */}
      <span className={isFailed ? "wrap-anywhere" : "min-w-0 truncate"} title={decided.sentence}>
        <TimedText text={decided.sentence} />
      </span>
      {canUndo(decided) ? (
        <button type="button" className={LINK} onClick={undo}>
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
    <div className="mt-1 mb-0.5 rounded-control border border-line bg-raised px-2 py-1.5 text-small">
      <p className={`wrap-anywhere ${review.kind === "approval" ? "font-mono text-mono" : ""}`}>
        {text.slice(0, PEEKED_CHARACTERS)}
        {cut ? "…" : ""}
      </p>
      {review.if_ignored ? (
        <p className="text-ink-3 text-small">
          If ignored: <TimedText text={review.if_ignored} />
        </p>
      ) : null}
    </div>
  );
}
