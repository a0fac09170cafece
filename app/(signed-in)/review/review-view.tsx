"use client";

import { type ComponentProps, type RefObject, useEffect, useRef, useState } from "react";
import type { ListStart } from "@/components/feed/use-list-feed";
import type { Held } from "@/components/reviews/held-decisions";
import { Page } from "@/components/ui/page/page";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { Columns, ItemColumn, ListColumn } from "./columns";
import { BatchBar } from "./decide/batch-bar";
import { DecideBar, type Deciding } from "./decide/decide-bar";
import { useDeciding } from "./decide/use-deciding";
import { useHeld } from "./decide/use-held";
import { Item } from "./item/item";
import { ItemMissing } from "./item/item-missing";
import { useReviewItem } from "./item/use-review-item";
import { ReviewEmpty } from "./queue/empty";
import { KindChips } from "./queue/kind-chips";
import { Queue } from "./queue/queue";
import type { QueueRow } from "./queue/queue-rows";
import { useCurrent } from "./queue/use-current";
import { useQueue } from "./queue/use-queue";
import { useShownRows } from "./queue/use-shown-rows";
import { ReviewBar } from "./review-bar";
import { useReviewKeys } from "./use-review-keys";
import { useTidy } from "./use-tidy";

interface ReviewViewProps {
  start: ListStart;
  /** Id of the item in the page's URL. */
  wanted: string | null;
  /** That item, or the first in the queue, with all its details. */
  first: ReviewItem | null;
  /** The user's name. Decisions that are not sent yet are stored under it. */
  me: string;
  mayDecide: boolean;
}

/** The ranked queue, beside the selected item with everything that its decision needs. */
export function ReviewView({ start, wanted, first, me, mayDecide }: ReviewViewProps) {
  const queue = useQueue(start);
  const held = useHeld(me);
  const list = useShownRows(queue.rows);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [again, setAgain] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const answerBox = useRef<HTMLTextAreaElement>(null);
  const { current, row, isOpen, choose, move, back } = useCurrent(list.rows, wanted, heading);
  const { deciding, undo, canUndo } = useDeciding(
    me,
    (id) => queue.rows.some((review) => review.id === id && review.kind === "flag"),
    () => setSelected(new Set()),
  );
  const next = (row && list.rows[list.rows.indexOf(row) + 1]?.id) ?? null;
  const { item, problem } = useReviewItem({ id: current, next, first, mark: queue.mark, again });
  const setPointed = useTidy(queue, held, current);
  const [notice, setNotice] = useLateUndo(move, back);
  useEffect(() => {
    if (again === 0 && first?.review.id === current) return;
    answerBox.current?.blur();
  }, [current, first, again]);

  const isDone = (id: string) => isDecided(held, id) || queue.gone.has(id);
  const isOver = current !== null && (isDone(current) || (item !== null && item.review.status !== "open"));
  const decide = withNext(deciding, (work) => {
    setNotice("");
    work();
    const after = rowsAfter(list.rows, row).find(({ id }) => !isDecided(held, id));
    if (after) choose(after.id, "replace");
    else back();
  });
  return (
    <Page fills>
      <ReviewBar open={openWords(queue.total, queue.rows.length)} isCovered={isOpen}>
        <KindChips reviews={queue.rows} {...list} />
      </ReviewBar>
      <Columns isOpen={isOpen}>
        <ListColumn aria-label="Queue">
          <Queue
            {...list}
            {...{ held, current, selected, setPointed, choose, undo }}
            {...{ trees: queue.trees, gone: queue.gone, fresh: queue.fresh, renew: queue.renew }}
            notice={canUndo ? "" : notice}
            empty={<ReviewEmpty {...list} total={queue.rows.length} trees={queue.trees} />}
            foot={
              <BatchBar
                chosen={queue.rows.filter(({ id }) => selected.has(id) && !isDone(id))}
                mayDecide={mayDecide}
                approve={(ids) => deciding.approve(ids)}
                reject={(ids, reason) => deciding.reject(ids, reason)}
                clear={() => setSelected(new Set())}
              />
            }
            select={(reviews, on) => setSelected((now) => withAll(now, reviews, on))}
          />
        </ListColumn>
        <ItemColumn aria-label="Selected item">
          <ChosenItem
            {...{ item, problem, heading, back, isOver, canUndo, undo, answerBox }}
            isChosen={current !== null}
            alike={(row?.items ?? []).map(({ id }) => id).filter((id) => !isDone(id))}
            deciding={decide}
            reload={() => setAgain((now) => now + 1)}
          />
        </ItemColumn>
      </Columns>
    </Page>
  );
}

type DecideProps = Omit<ComponentProps<typeof DecideBar>, "item" | "undo">;

interface ChosenItemProps extends DecideProps {
  item: ReviewItem | null;
  problem: string | null;
  isChosen: boolean;
  heading: RefObject<HTMLHeadingElement | null>;
  back: () => void;
  undo: () => void;
}

function ChosenItem({ item, problem, isChosen, heading, back, undo, ...bar }: ChosenItemProps) {
  const { isOver, canUndo, deciding } = bar;
  if (!item) return <ItemMissing {...{ problem, isChosen, canUndo }} undo={() => undo()} />;
  const mayChoose = !item.may_not.decide && !isOver;
  return (
    <>
      <Item {...{ item, heading, back }} choose={mayChoose ? (text) => deciding.answer(item.review.id, text) : null} />
      <DecideBar key={item.review.id} {...bar} item={item} undo={() => undo()} />
    </>
  );
}

/** Handles the page's keys. Returns the notice for an undo that comes too late, and its setter. */
function useLateUndo(move: (by: number) => void, back: () => void) {
  const [notice, setNotice] = useState("");
  useReviewKeys({
    move,
    back: () => (isTyping() ? undefined : back()),
    undoLate: () =>
      setNotice("Nothing to undo: your decisions are sent. Under Decided, you can restore what a proposal replaced."),
  });
  return [notice, setNotice] as const;
}

/** Returns the decisions wrapped in `decideThenNext`, which moves on to the next item. */
function withNext(deciding: Deciding, decideThenNext: (work: () => void) => void): Deciding {
  return {
    approve: (...args) => decideThenNext(() => deciding.approve(...args)),
    reject: (...args) => decideThenNext(() => deciding.reject(...args)),
    answer: (...args) => decideThenNext(() => deciding.answer(...args)),
    approveChanged: (...args) => decideThenNext(() => deciding.approveChanged(...args)),
  };
}

/** Returns the rows below `row`, then those above it. */
function rowsAfter(rows: readonly QueueRow[], row: QueueRow | null): QueueRow[] {
  const at = row ? rows.indexOf(row) : -1;
  return [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
}

function isDecided(held: ReadonlyMap<string, Held>, id: string): boolean {
  const state = held.get(id)?.state;
  return state !== undefined && state !== "failed";
}

function isTyping(): boolean {
  return document.activeElement?.matches("textarea, input:not([type=checkbox]), select") ?? false;
}

function openWords(total: number, shown: number): string {
  if (total === 0 && shown === 0) return "";
  return `${total > shown ? `${shown} of ${total}` : total} open, highest attention first`;
}

function withAll(now: ReadonlySet<string>, reviews: readonly Review[], on: boolean): ReadonlySet<string> {
  const next = new Set(now);
  for (const { id } of reviews) on ? next.add(id) : next.delete(id);
  return next;
}
