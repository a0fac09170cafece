"use client";

import Link from "next/link";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Review } from "@/agents/core/shapes";
import type { ReviewItem } from "@/agents/core/shapes-review";
import type { ListStart } from "@/components/feed/use-list-feed";
import { BatchBar } from "./batch-bar";
import { DecideBar } from "./decide-bar";
import { ReviewEmpty } from "./empty";
import { Item } from "./item";
import { KindChips } from "./kind-chips";
import { Queue } from "./queue";
import { groupsOf, type KindFilter } from "./queue-rows";
import { useCurrent } from "./use-current";
import { useDeciding } from "./use-deciding";
import { useHeld } from "./use-held";
import { useQueue } from "./use-queue";
import { useReviewItem } from "./use-review-item";
import { useReviewKeys } from "./use-review-keys";
import { useTidy } from "./use-tidy";

interface ReviewViewProps {
  start: ListStart;
  /** The item that the address names. */
  wanted: string | null;
  /** That item, or the most pressing one, in full. */
  first: ReviewItem | null;
  /** Under whose name decisions are kept until they are sent. */
  me: string;
  mayDecide: boolean;
}

/** What waits for a person, ranked, and beside it the chosen item with what its decision needs. */
export function ReviewView({ start, wanted, first, me, mayDecide }: ReviewViewProps) {
  const queue = useQueue(start);
  const held = useHeld(me);
  const [kind, setKind] = useState<KindFilter>("all");
  const [byTree, setByTree] = useState(false);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [peeked, setPeeked] = useState<string | null>(null);
  const [again, setAgain] = useState(0);
  const [notice, setNotice] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const answerBox = useRef<HTMLTextAreaElement>(null);

  const groups = useMemo(() => groupsOf(queue.rows, { kind, byTree, unfolded }), [queue.rows, kind, byTree, unfolded]);
  const rows = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  const { current, row, isOpen, choose, move, back } = useCurrent(rows, wanted, heading);
  const { deciding, undo, canUndo } = useDeciding(
    me,
    (id) => queue.rows.some((review) => review.id === id && review.kind === "flag"),
    () => setSelected(new Set()),
  );
  const setPointed = useTidy(queue, held, current);
  const next = (row && rows[rows.indexOf(row) + 1]?.id) ?? null;
  const { item, problem } = useReviewItem({ id: current, next, first, mark: queue.mark, again });

  const isDecided = (id: string) => {
    const state = held.get(id)?.state;
    return state !== undefined && state !== "failed";
  };
  const alike = (row?.items ?? []).map((one) => one.id).filter((id) => !isDecided(id) && !queue.gone.has(id));
  const decide = {
    approve: (...args: Parameters<typeof deciding.approve>) => goOn(() => deciding.approve(...args)),
    reject: (...args: Parameters<typeof deciding.reject>) => goOn(() => deciding.reject(...args)),
    answer: (...args: Parameters<typeof deciding.answer>) => goOn(() => deciding.answer(...args)),
    approveChanged: (...args: Parameters<typeof deciding.approveChanged>) =>
      goOn(() => deciding.approveChanged(...args)),
  };
  /** What is decided makes room for what comes next. */
  function goOn(work: () => void): void {
    const at = row ? rows.indexOf(row) : -1;
    setNotice("");
    work();
    const after = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))].find(({ id }) => !isDecided(id));
    if (after) choose(after.id, "replace");
    else back();
  }
  useReviewKeys({
    move,
    back: () => (isTyping() ? undefined : back()),
    undoLate: () =>
      setNotice("Nothing is left to undo: what was decided here is sent. What can be restored stands under Decided."),
  });
  useEffect(() => {
    if (again === 0 && first?.review.id === current) return;
    answerBox.current?.blur();
  }, [current, first, again]);

  const chosen = queue.rows.filter(
    (review) => selected.has(review.id) && !queue.gone.has(review.id) && !isDecided(review.id),
  );
  const isOver =
    current !== null &&
    (isDecided(current) || queue.gone.has(current) || (item !== null && item.review.status !== "open"));
  return (
    <main className="main fill rev-page" id="main">
      <header className="bar">
        <h1>Review</h1>
        <span className="faint">{openWords(queue.total, queue.rows.length)}</span>
        <span className="grow" />
        <KindChips reviews={queue.rows} kind={kind} setKind={setKind} byTree={byTree} setByTree={setByTree} />
        <Link className="btn quiet" href="/review/decided">
          Decided
        </Link>
        <Link className="btn quiet" href="/review/rules">
          Rules
        </Link>
      </header>
      <div className={`rev ${isOpen ? "open" : ""}`}>
        <Queue
          {...{ groups, held, current, selected, peeked, unfolded, byTree, setPointed }}
          trees={queue.trees}
          gone={queue.gone}
          fresh={queue.fresh}
          notice={canUndo ? "" : notice}
          renew={queue.renew}
          empty={
            <ReviewEmpty kind={kind} total={queue.rows.length} trees={queue.trees} showAll={() => setKind("all")} />
          }
          foot={
            <BatchBar
              chosen={chosen}
              mayDecide={mayDecide}
              approve={(ids) => deciding.approve(ids)}
              reject={(ids, reason) => deciding.reject(ids, reason)}
              clear={() => setSelected(new Set())}
            />
          }
          choose={choose}
          select={(reviews, on) => setSelected((now) => withAll(now, reviews, on))}
          peek={(id) => setPeeked((now) => (now === id ? null : id))}
          unfold={(id) => setUnfolded((now) => toggled(now, id))}
          undo={undo}
        />
        <article className="item" aria-label="Selected item">
          {item ? (
            <>
              <Item
                item={item}
                heading={heading}
                back={back}
                choose={item.may_not.decide || isOver ? null : (text) => decide.answer(item.review.id, text)}
              />
              <DecideBar
                key={item.review.id}
                {...{ item, alike, isOver, canUndo, answerBox }}
                deciding={decide}
                undo={() => undo()}
                onSaid={() => setAgain((now) => now + 1)}
              />
            </>
          ) : (
            <ItemMissing problem={problem} isChosen={current !== null} canUndo={canUndo} undo={() => undo()} />
          )}
        </article>
      </div>
    </main>
  );
}

function ItemMissing({
  problem,
  isChosen,
  canUndo,
  undo,
}: {
  problem: string | null;
  isChosen: boolean;
  canUndo: boolean;
  undo: () => void;
}) {
  return (
    <div className="inner" role={problem ? "alert" : undefined}>
      {problem ? <p>The item could not be read. {problem}</p> : null}
      {!problem && isChosen ? (
        <div className="skel late">
          <i className="w-1/4" />
          <i />
          <i className="w-4/5" />
        </div>
      ) : null}
      {!problem && !isChosen ? <p className="dim">Nothing is chosen.</p> : null}
      {canUndo ? (
        <button type="button" className="btn mt-3" data-key="z" onClick={undo}>
          Undo <kbd>z</kbd>
        </button>
      ) : null}
    </div>
  );
}

function isTyping(): boolean {
  return document.activeElement?.matches("textarea, input:not([type=checkbox]), select") ?? false;
}

function openWords(total: number, shown: number): string {
  if (total === 0 && shown === 0) return "";
  return total > shown ? `${shown} of ${total} open, by attention` : `${total} open, by attention`;
}

function withAll(now: ReadonlySet<string>, reviews: readonly Review[], on: boolean): ReadonlySet<string> {
  const next = new Set(now);
  for (const { id } of reviews) on ? next.add(id) : next.delete(id);
  return next;
}

function toggled(now: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(now);
  if (!next.delete(id)) next.add(id);
  return next;
}
