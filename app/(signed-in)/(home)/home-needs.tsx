"use client";

import Link from "next/link";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Held } from "@/components/reviews/held-decisions";
import { HeldLine, useUndoKey } from "@/components/reviews/held-line";
import { useHeldDecisions } from "@/components/reviews/use-held-decisions";
import { useSettled } from "@/components/reviews/use-settled";
import { lazily } from "@/components/ui/page/lazily";
import { SectionHead } from "@/components/ui/page/section";
import { useMe } from "@/components/ui/rights";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { FailedTask } from "@/core/shapes/trees";
import { plural } from "@/core/words/figures";
import { type Places, withSettled } from "./home-rows";
import { SettledItem, SettledSay } from "./needs/settled-item";

/** Its forms load with the first item that needs a person. The server renders the item, so nobody waits for them. */
const Need = lazily(() => import("./needs/need").then((file) => file.Need));
const FailedTaskItem = lazily(() => import("./needs/failed-task").then((file) => file.FailedTaskItem));
const FailedTree = lazily(() => import("./needs/failed-tree").then((file) => file.FailedTree));

interface HomeNeedsProps {
  shown: Places["needs"];
  reviews: Review[];
  trees: ReadonlyMap<string, Tree>;
  failedTasks: readonly FailedTask[];
  /** The number of open reviews, shown here or not. */
  open: number;
  running: number;
  onSeen: (treeId: string) => void;
}

/** Section “Needs you”: reviews and failures with their actions. A settled item says in its place how it ended. */
export function HomeNeeds({ shown, reviews, trees, failedTasks, open, running, onSeen }: HomeNeedsProps) {
  const me = useMe();
  const held = useHeldDecisions(me);
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, string>>(new Map());
  const say = useCallback(
    (id: string, sentence: string) => setOutcomes((before) => new Map(before).set(id, sentence)),
    [],
  );
  const byId = useMemo(() => new Map(reviews.map((review) => [review.id, review])), [reviews]);
  const tasksById = new Map(failedTasks.map((one) => [one.task.id, one]));
  const { places, gone } = usePlaces(shown.reviews, held, byId);
  const settled = useSettled(gone, me);
  useUndoKey(([id]) => focusSoon(id));
  const failures = [...shown.failures, ...shown.tasks];
  // An outcome stays readable after its item has left the list.
  const past = [...outcomes.keys()].filter((id) => !failures.includes(id));
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="needs">
      <SectionHead>
        <h2 id="needs">Needs you</h2>
        <span className="text-ink-3">{countWords(open, shown.reviews.length, failures.length)}</span>
        {open > 0 ? (
          <Link className="link ml-auto text-small" href="/review" prefetch={false}>
            View all
          </Link>
        ) : null}
      </SectionHead>
      {places.length + failures.length === 0 ? <NothingNeeded running={running} /> : null}
      <ul className="*:border-b *:border-line">
        {places.map((id) => {
          const [review, decided] = [byId.get(id), held.get(id)];
          if (review && (!decided || decided.state === "failed"))
            return (
              <Need key={id} review={review} tree={trees.get(review.tree_id)} failure={decided?.sentence ?? null} />
            );
          return (
            <SettledItem key={id} id={id}>
              {decided ? <HeldLine decided={decided} /> : <SettledSay sentence={settled.get(id)} />}
            </SettledItem>
          );
        })}
        {shown.failures.map((id) => {
          const tree = trees.get(id);
          return tree?.status === "failed" && !outcomes.has(id) ? (
            <FailedTree key={id} tree={tree} onDone={say} onSeen={onSeen} />
          ) : (
            <Past key={id} id={id} sentence={outcomes.get(id)} />
          );
        })}
        {shown.tasks.map((id) => {
          const failed = tasksById.get(id);
          return failed && !outcomes.has(id) ? (
            <FailedTaskItem key={id} failed={failed} onDone={say} />
          ) : (
            <Past key={id} id={id} sentence={outcomes.get(id)} />
          );
        })}
        {past.map((id) => (
          <Past key={id} id={id} sentence={outcomes.get(id)} />
        ))}
      </ul>
    </section>
  );
}

/** What became of a failure, in its place. */
function Past({ id, sentence }: { id: string; sentence: string | undefined }) {
  return (
    <SettledItem id={id}>
      <SettledSay sentence={sentence} />
    </SettledItem>
  );
}

/** Returns the reviews to show in their places, and those among them that were settled elsewhere. */
function usePlaces(shown: string[], held: ReadonlyMap<string, Held>, open: ReadonlyMap<string, Review>) {
  const order = useRef<string[]>([]);
  return useMemo(() => {
    const decided = [...held.values()].filter(({ state }) => state !== "failed").map(({ id }) => id);
    const places = withSettled(shown, order.current, new Set(decided));
    order.current = places;
    return { places, gone: new Set(places.filter((id) => !open.has(id) && !held.has(id))) };
  }, [shown, held, open]);
}

/** Returns the numbers of the heading. `open` is the number beside Review in the navigation. */
export function countWords(open: number, shown: number, failures: number): string {
  const decide = open > shown ? `${shown} of ${open} to decide` : `${open} to decide`;
  return [open > 0 ? decide : "", failures > 0 ? `${failures} failed` : ""].filter(Boolean).join(", ");
}

/** Focuses the row of an item whose decision was undone, once it is drawn again. */
function focusSoon(id: string | undefined): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`li[data-review="${id}"]`)?.focus()),
  );
}

function NothingNeeded({ running }: { running: number }) {
  const runs = running === 0 ? "No trees are" : `${plural(running, "tree")} ${running === 1 ? "is" : "are"}`;
  return (
    <p className="py-2 text-ink-2">Nothing needs you. {runs} running. Questions, approvals and failures appear here.</p>
  );
}
