"use client";

import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { Act, actText } from "@/components/reviews/act";
import { canUndo, type Held } from "@/components/reviews/held-decisions";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { Icon } from "@/components/ui/icon";
import { Elapsed } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import type { Review, Tree } from "@/core/shapes/shapes";
import { placesWords, type QueueGroup, type QueueRow } from "./queue-rows";

export interface QueueProps {
  groups: QueueGroup[];
  trees: ReadonlyMap<string, Tree>;
  held: ReadonlyMap<string, Held>;
  gone: ReadonlySet<string>;
  /** How the items in `gone` were settled, in words. */
  settled: ReadonlyMap<string, string>;
  current: string | null;
  fresh: number;
  /** A sentence about a request that cannot be met; "": none. */
  notice: string;
  byTree: boolean;
  /** Shown instead of rows when there are none. */
  empty: ReactNode;
  choose: (id: string) => void;
  undo: (ids: readonly string[]) => void;
  renew: () => void;
  setPointed: (on: boolean) => void;
}

interface QueueItemProps extends QueueProps {
  row: QueueRow;
}

const ROW =
  "relative grid grid-cols-[16px_minmax(0,1fr)_auto] gap-x-2 border-line border-b px-3 py-[9px] phone:px-4 phone:py-3";
/** Adds a bar on the left; on a phone, the list shows nothing of what is open. */
const CURRENT =
  "bg-selected before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent phone:bg-transparent phone:before:hidden";

/** A row of two lines: the act, and where it comes from. */
export function QueueItem({ row, ...queue }: QueueItemProps) {
  const { held, gone, current, choose } = queue;
  const [review] = row.items as [Review];
  const isCurrent = row.items.some((one) => one.id === current);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) item.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  const decisions = row.items.flatMap(({ id }) => held.get(id) ?? []);
  // The row of alike items counts as decided when all of them are.
  const decided = decisions.length === row.items.length ? decisions.at(-1) : undefined;
  const isOver = gone.has(review.id) && !decided;
  const many = row.items.length;
  return (
    <li
      ref={item}
      className={`${ROW} ${isCurrent ? CURRENT : "hover:bg-hover"}`}
      aria-label={`${many > 1 ? `${many} times: ` : ""}${actText(review.act)}, ${decided?.sentence ?? (isOver ? "closed" : "open")}`}
      aria-current={isCurrent ? "true" : undefined}
      data-review={review.id}
    >
      <Mark review={review} decided={decided} />
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
          {many > 1 ? `${many} × ` : null}
          <Act act={review.act} />
        </a>
        {decided ? (
          <Outcome decided={decided} undo={() => queue.undo(row.items.map((one) => one.id))} />
        ) : (
          <About row={row} review={review} isOver={isOver} decisions={decisions} {...queue} />
        )}
      </div>
      <span className="whitespace-nowrap text-ink-3 text-small leading-5">
        <Elapsed since={review.created_at} until={null} />
      </span>
    </li>
  );
}

const LOOKS = {
  failed: { icon: "tri", colour: "text-fail" },
  // Green is for items whose task continues.
  rejected: { icon: "stopped", colour: "text-idle" },
  done: { icon: "succeeded", colour: "text-ok" },
} as const;

function lookOf({ state, path }: Held): keyof typeof LOOKS {
  if (state === "failed") return "failed";
  return path.endsWith("/reject") ? "rejected" : "done";
}

/** The kind of item; once it is decided, how. */
function Mark({ review: { kind }, decided }: { review: Review; decided: Held | undefined }) {
  if (!decided)
    return (
      <Icon
        name={REVIEW_ICONS[kind]}
        className={`mt-[2px] size-4 flex-none ${kind === "flag" ? "text-fail" : "text-wait-mark"}`}
      />
    );
  const { icon, colour } = LOOKS[lookOf(decided)];
  return <Icon name={icon} className={`mt-[2px] size-4 ${colour}`} />;
}

const BELOW_TITLE = "mt-px flex min-w-0 items-center gap-x-1.5 text-small/5";
/** Above the link that covers the whole row. */
const LINK = "link relative z-1 min-h-6 whitespace-nowrap";

interface AboutProps extends Pick<QueueProps, "trees" | "settled" | "undo"> {
  row: QueueRow;
  review: Review;
  isOver: boolean;
  /** This page's decisions on some of the row's items. */
  decisions: readonly Held[];
}

/** Line with the item's tree, or the number of its trees. */
function About({ row, review, isOver, decisions, trees, settled, undo }: AboutProps) {
  const many = row.items.length;
  const last = decisions.at(-1);
  if (last)
    return (
      <Outcome
        decided={{ ...last, sentence: `${decisions.length} of ${many}: ${last.sentence}` }}
        undo={() => undo(decisions.map(({ id }) => id))}
      />
    );
  // No list has a tree of the system.
  const tree = many > 1 ? placesWords(row.items) : trees.get(review.tree_id)?.title;
  const about = isOver ? (settled.get(review.id) ?? "Already settled.") : tree;
  return (
    <p className={`${BELOW_TITLE} text-ink-2`}>
      <span className="min-w-0 truncate">{about}</span>
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
