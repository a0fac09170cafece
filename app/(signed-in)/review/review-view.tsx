"use client";

import { type ComponentProps, type RefObject, useEffect, useRef, useState } from "react";
import type { ListStart } from "@/components/feed/use-list-feed";
import type { Held } from "@/components/reviews/held-decisions";
import { useHeldDecisions } from "@/components/reviews/use-held-decisions";
import { useSettled } from "@/components/reviews/use-settled";
import { Page } from "@/components/ui/page/page";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { Columns, ItemColumn, ListColumn } from "./columns";
import { BatchBar } from "./decide/batch-bar";
import { DecideBar } from "./decide/decide-bar";
import { type Several, SeveralDialog } from "./decide/several-dialog";
import { useReviewDecisions } from "./decide/use-review-decisions";
import { Item } from "./item/item";
import { ItemMissing } from "./item/item-missing";
import { useReviewItem } from "./item/use-review-item";
import { ReviewEmpty } from "./queue/empty";
import { KindChips } from "./queue/kind-chips";
import { Queue } from "./queue/queue";
import { nextItem } from "./queue/queue-rows";
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
  const held = useHeldDecisions(me);
  const settled = useSettled(queue.gone, me);
  const list = useShownRows(queue.rows);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [several, setSeveral] = useState<Several | null>(null);
  const [again, setAgain] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const answerBox = useRef<HTMLTextAreaElement>(null);
  const { current, row, isOpen, choose, move, back } = useCurrent(list.rows, wanted, heading);
  const isDone = (id: string) => isDecided(held, id) || queue.gone.has(id);
  const { item, problem } = useReviewItem({
    ...{ id: current, first, mark: queue.mark, again },
    next: nextItem(list.rows, current, isDone),
  });
  const setPointed = useTidy(queue, held, current);
  const [notice, setNotice] = useLateUndo(move, back);
  const { deciding, undo, canUndo } = useReviewDecisions({
    ...{ me, held },
    onDecided: (ids) => {
      setNotice("");
      setSelected(new Set());
      if (current === null || !ids.includes(current)) return;
      const after = nextItem(list.rows, current, (id) => isDone(id) || ids.includes(id));
      if (after) choose(after, "replace");
      else back();
    },
    select: (id) => choose(id, "replace"),
  });
  useEffect(() => {
    if (again === 0 && first?.review.id === current) return;
    answerBox.current?.blur();
  }, [current, first, again]);

  const isOver = current !== null && (isDone(current) || (item !== null && item.review.status !== "open"));
  const open = queue.rows.filter(({ id }) => !isDone(id));
  return (
    <Page fills>
      <ReviewBar open={openWords(queue.total, queue.rows.length - queue.gone.size)} isCovered={isOpen}>
        <KindChips reviews={queue.rows.filter(({ id }) => !queue.gone.has(id))} total={queue.total} {...list} />
      </ReviewBar>
      <Columns isOpen={isOpen}>
        <ListColumn aria-label="Queue">
          <Queue
            {...list}
            {...{ held, settled, current, selected, setPointed, choose, undo }}
            {...{ trees: queue.trees, gone: queue.gone, fresh: queue.fresh, renew: queue.renew }}
            notice={canUndo ? "" : notice}
            empty={<ReviewEmpty {...list} total={queue.rows.length} trees={queue.trees} />}
            foot={
              <BatchBar
                chosen={open.filter(({ id }) => selected.has(id))}
                {...{ mayDecide, ask: setSeveral, clear: () => setSelected(new Set()) }}
              />
            }
            select={(reviews, on) => setSelected((now) => withAll(now, reviews, on))}
          />
        </ListColumn>
        <ItemColumn aria-label="Selected item">
          <ChosenItem
            {...{ item, problem, heading, back, isOver, canUndo, undo, answerBox, deciding, me }}
            isChosen={current !== null}
            held={current === null ? undefined : held.get(current)}
            hasSelection={open.some(({ id }) => selected.has(id))}
            alike={(row?.items ?? []).filter(({ id }) => !isDone(id))}
            askSeveral={setSeveral}
            reload={() => setAgain((now) => now + 1)}
          />
        </ItemColumn>
      </Columns>
      {several ? (
        <SeveralDialog
          {...several}
          trees={queue.trees}
          decide={(reason) =>
            several.verb === "approve" ? deciding.approve(several.items) : deciding.reject(several.items, reason)
          }
          onClosed={() => setSeveral(null)}
        />
      ) : null}
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
  const { isOver, canUndo, deciding, alike } = bar;
  if (!item) return <ItemMissing {...{ problem, isChosen, canUndo }} undo={() => undo()} />;
  const mayChoose = !item.may_not.decide && !isOver;
  return (
    <>
      <Item
        {...{ item, heading, back }}
        alike={alike.length}
        choose={mayChoose ? (text) => deciding.answer(item.review, text) : null}
      />
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
