"use client";

import { type ComponentProps, type RefObject, useEffect, useRef, useState } from "react";
import type { ListStart } from "@/components/feed/use-list-feed";
import type { Held } from "@/components/reviews/held-decisions";
import { useHeldDecisions } from "@/components/reviews/use-held-decisions";
import { useSettled } from "@/components/reviews/use-settled";
import { Page } from "@/components/ui/page/page";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review, Tree } from "@/core/shapes/shapes";
import { Columns, ItemColumn, ListColumn } from "./columns";
import { DecideBar } from "./decide/decide-bar";
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
import { useSeen } from "./seen/use-seen";
import { useReviewKeys } from "./use-review-keys";
import { useTidy } from "./use-tidy";

interface ReviewViewProps {
  start: ListStart;
  /** More trees are open than the page loads. */
  isCut: boolean;
  /** Id of the item in the page's URL. */
  wanted: string | null;
  /** That item, or the first in the queue, with all its details. */
  first: ReviewItem | null;
  /** The user's name. Decisions that are not sent yet are stored under it. */
  me: string;
}

/** The ranked queue, beside the selected item with everything that its decision needs. */
export function ReviewView(props: ReviewViewProps) {
  const { queue, list, current, isOpen, decisions, ...view } = useReview(props);
  const { isDone, deciding, undo, canUndo } = decisions;
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
            current={current}
            undo={undo}
            held={view.held}
            settled={view.settled}
            setPointed={view.setPointed}
            trees={queue.trees}
            gone={queue.gone}
            fresh={queue.fresh}
            renew={queue.renew}
            choose={view.choose}
            notice={canUndo ? "" : view.notice}
            empty={<ReviewEmpty {...list} total={queue.rows.length} trees={queue.trees} isCut={props.isCut} />}
          />
        </ListColumn>
        <ItemColumn aria-label="Selected item">
          <ChosenItem
            item={view.item}
            trees={queue.trees}
            problem={view.problem}
            heading={view.heading}
            answerBox={view.answerBox}
            back={view.back}
            isOver={view.isOver}
            reload={view.reload}
            canUndo={canUndo}
            undo={undo}
            deciding={deciding}
            me={props.me}
            isChosen={current !== null}
            open={open}
            held={current === null ? undefined : view.held.get(current)}
            alike={(view.row?.items ?? []).filter(({ id }) => !isDone(id))}
          />
        </ItemColumn>
      </Columns>
    </Page>
  );
}

/** Returns the state of the page: the queue, the selected item, and the decisions of this user. */
function useReview({ start, wanted, first, me }: ReviewViewProps) {
  const queue = useQueue(start);
  const held = useHeldDecisions(me);
  const settled = useSettled(queue.gone, me);
  const list = useShownRows(queue.rows);
  const [again, setAgain] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const answerBox = useRef<HTMLTextAreaElement>(null);
  const place = useCurrent(list.rows, wanted, heading);
  const { current, choose, move, back } = place;
  const isDone = (id: string) => isDecided(held, id) || queue.gone.has(id);
  const next = nextItem(list.rows, current, isDone);
  const { item, problem } = useReviewItem({ id: current, first, mark: queue.mark, again, next });
  const setPointed = useTidy(queue, held, current);
  const [notice, setNotice] = useLateUndo(move, back);
  const decisions = useReviewDecisions({
    me,
    held,
    onDecided: (ids) => {
      setNotice("");
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
  return {
    queue,
    list,
    held,
    settled,
    ...place,
    item,
    problem,
    isOver,
    heading,
    answerBox,
    notice,
    setPointed,
    decisions: { ...decisions, isDone },
    reload: () => setAgain((now) => now + 1),
  };
}

type DecideProps = Omit<ComponentProps<typeof DecideBar>, "item" | "undo" | "seen" | "chosen" | "isSeveral">;

interface ChosenItemProps extends DecideProps {
  item: ReviewItem | null;
  trees: ReadonlyMap<string, Tree>;
  /** The item and the open items alike. */
  alike: readonly Review[];
  problem: string | null;
  isChosen: boolean;
  heading: RefObject<HTMLHeadingElement | null>;
  back: () => void;
  undo: () => void;
}

function ChosenItem({ item, problem, isChosen, ...rest }: ChosenItemProps) {
  const { canUndo, undo } = rest;
  if (!item) return <ItemMissing problem={problem} isChosen={isChosen} canUndo={canUndo} undo={() => undo()} />;
  // Another item begins anew, unseen and at its top.
  return <OpenItem key={item.review.id} item={item} {...rest} />;
}

function OpenItem({
  item,
  trees,
  alike,
  heading,
  back,
  undo,
  ...bar
}: Omit<ChosenItemProps, "item" | "problem" | "isChosen"> & { item: ReviewItem }) {
  const { isOver, deciding, me } = bar;
  const { seen, tell, end } = useSeen(me, item.review.id);
  const mayChoose = !item.may_not.decide && !isOver;
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const items = alike.length > 1 ? alike : [item.review];
  const chosen = items.filter(({ id }) => !leftOut.has(id));
  const choose = (id: string, isChosen: boolean) => setLeftOut((now) => without(now, id, isChosen));
  return (
    <>
      <Item
        item={item}
        trees={trees}
        group={{ items, chosen: new Set(chosen.map(({ id }) => id)), choose: mayChoose ? choose : null }}
        heading={heading}
        back={back}
        choose={mayChoose ? (text) => deciding.answer(item.review, text) : null}
        seen={seen}
        tell={tell}
        end={end}
      />
      <DecideBar {...bar} item={item} chosen={chosen} isSeveral={items.length > 1} seen={seen} undo={() => undo()} />
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
  return (
    document.activeElement?.matches("textarea, input:not([type=checkbox]), select, [contenteditable=true]") ?? false
  );
}

function openWords(total: number, shown: number): string {
  if (total === 0 && shown === 0) return "";
  return `${total > shown ? `${shown} of ${total}` : total} open`;
}

/** Returns the ids that are left out, after one was chosen or left out. */
function without(now: ReadonlySet<string>, id: string, isChosen: boolean): ReadonlySet<string> {
  const next = new Set(now);
  if (isChosen) next.delete(id);
  else next.add(id);
  return next;
}
