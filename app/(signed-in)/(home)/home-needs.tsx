"use client";

import Link from "next/link";
import { type Dispatch, type SetStateAction, useEffect, useMemo, useRef, useState } from "react";
import { NotifyOffer } from "@/components/attention/notify-offer";
import { actText } from "@/components/reviews/act";
import { failureId, unitOf } from "@/components/reviews/failure-decisions";
import type { Held } from "@/components/reviews/held-decisions";
import { HeldLine, useUndoKey } from "@/components/reviews/held-line";
import { useHeldDecisions } from "@/components/reviews/use-held-decisions";
import { useSettled } from "@/components/reviews/use-settled";
import { lazily } from "@/components/ui/page/lazily";
import { SectionHead } from "@/components/ui/page/section";
import { useMe } from "@/components/ui/rights";
import type { WaitingPromotion } from "@/core/shapes/environments/promotions";
import type { StoppedEvolution, WaitingChange } from "@/core/shapes/evolution";
import type { StuckForge } from "@/core/shapes/forges";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { PausedSchedule } from "@/core/shapes/status";
import type { FailedTask } from "@/core/shapes/trees";
import { cutNeeds, type Places, withSettled } from "./home-rows";
import type { Unfolds } from "./needs/need-frame";
import { ReviewNeed } from "./needs/review-need";
import { SettledItem, SettledSay } from "./needs/settled-item";
import { WaitingChangeItem } from "./needs/waiting-change";

/** What went wrong is rare, and so are promotions. The server renders the item, so nobody waits for its code. */
const FailedTaskItem = lazily(() => import("./needs/failed-task").then((file) => file.FailedTaskItem));
const PausedScheduleItem = lazily(() => import("./needs/paused-schedule").then((file) => file.PausedScheduleItem));
const StoppedEvolutionItem = lazily(() =>
  import("./needs/stopped-evolution").then((file) => file.StoppedEvolutionItem),
);
const WaitingPromotionItem = lazily(() =>
  import("./needs/waiting-promotion").then((file) => file.WaitingPromotionItem),
);
const StuckForgeItem = lazily(() => import("./needs/stuck-forge").then((file) => file.StuckForgeItem));
const FailedTree = lazily(() => import("./needs/failed-tree").then((file) => file.FailedTree));

/** Changes the ids of failed trees that were dismissed here. */
type SetSeen = Dispatch<SetStateAction<ReadonlySet<string>>>;

interface HomeNeedsProps {
  shown: Places["needs"];
  reviews: Review[];
  trees: ReadonlyMap<string, Tree>;
  failedTasks: readonly FailedTask[];
  schedules: readonly PausedSchedule[];
  forges: readonly StuckForge[];
  changes: readonly WaitingChange[];
  promotions: readonly WaitingPromotion[];
  evolutions: readonly StoppedEvolution[];
  /** The number of open reviews, shown here or not. */
  open: number;
  /** How many items need the person now: a settled item that is kept in its place does not. */
  needed: number;
  /** How many of them are in no list of the page, but on the pages of schedules and projects. */
  unlisted: number;
  /** More failed trees or tasks need the person than the page has heard of. */
  isCut: boolean;
  setSeen: SetSeen;
}

/**
 * Section “Needs you”: reviews, changes, failures, and what Banyan has paused, with their actions. A settled item says in
 * its place how it ended.
 */
export function HomeNeeds({
  shown: all,
  reviews,
  trees,
  failedTasks,
  schedules,
  forges,
  changes,
  promotions,
  evolutions,
  open,
  needed,
  unlisted,
  isCut,
  setSeen,
}: HomeNeedsProps) {
  const [isWhole, setWhole] = useState(false);
  const { shown, more } = cutNeeds(all, isWhole);
  const me = useMe();
  const held = useHeldDecisions(me);
  const byId = useMemo(() => new Map(reviews.map((review) => [review.id, review])), [reviews]);
  const hidden = [
    ...all.reviews.filter((id) => !shown.reviews.includes(id)).map((id) => actText(byId.get(id)?.act ?? "")),
    ...all.failures.filter((id) => !shown.failures.includes(id)).map((id) => trees.get(id)?.title ?? ""),
  ];
  const tasksById = new Map(failedTasks.map((one) => [one.task.id, one]));
  const { places, gone } = usePlaces(shown.reviews, held, byId);
  const settled = useSettled(gone, me);
  useUndoKey(([id]) => focusSoon(id));
  useDismissed(held, setSeen);
  const failures = [...shown.failures, ...shown.tasks];
  const paused = [...shown.schedules, ...shown.forges, ...shown.evolutions.map(evolutionId)];
  const others = [...shown.changes, ...shown.promotions, ...failures, ...paused];
  const unfolds = useUnfolded([...places, ...others]);
  const retried = retriedBefore(held, failures);
  // The sentence beside the page's title says that nothing is needed.
  if (needed + places.length + others.length + retried.length === 0) return <PhoneOffer />;
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="needs">
      <SectionHead>
        <h2 id="needs">Needs you</h2>
        <span className="text-ink-3">{isCut ? `${needed} or more` : needed}</span>
        {open > 0 ? (
          <Link className="link ml-auto text-small" href="/review" prefetch={false}>
            All in Review
          </Link>
        ) : null}
      </SectionHead>
      <ul className="*:border-b *:border-line">
        {places.map((id) => {
          const [review, decided] = [byId.get(id), held.get(id)];
          if (review && (!decided || decided.state === "failed")) {
            const tree = trees.get(review.tree_id);
            const failure = decided?.sentence ?? null;
            return <ReviewNeed key={id} review={review} tree={tree} failure={failure} {...unfolds(id)} />;
          }
          return <Past key={id} id={id} decided={decided} elsewhere={settled.get(id)} />;
        })}
        {shown.changes.map((id) => (
          <WaitingChangeItem
            key={id}
            cycle={id}
            change={changes.find(({ cycle }) => cycle === id) ?? null}
            {...unfolds(id)}
          />
        ))}
        {shown.promotions.map((id) => (
          <WaitingPromotionItem
            key={id}
            id={id}
            waiting={promotions.find(({ promotion }) => promotion === id) ?? null}
            {...unfolds(id)}
          />
        ))}
        {shown.failures.map((id) => {
          const tree = trees.get(id);
          const decided = tree?.status === "failed" ? held.get(failureId(tree)) : lastOf(held, id);
          return tree?.status === "failed" && (!decided || decided.state === "failed") ? (
            <FailedTree key={id} tree={tree} failure={decided?.sentence ?? null} {...unfolds(id)} />
          ) : (
            <Past key={id} id={id} decided={decided} />
          );
        })}
        {shown.tasks.map((id) => {
          const failed = tasksById.get(id);
          const decided = failed ? held.get(failureId(failed.task)) : lastOf(held, id);
          return failed && (!decided || decided.state === "failed") ? (
            <FailedTaskItem key={id} failed={failed} failure={decided?.sentence ?? null} {...unfolds(id)} />
          ) : (
            <Past key={id} id={id} decided={decided} />
          );
        })}
        {shown.schedules.map((id) => (
          <PausedScheduleItem
            key={id}
            id={id}
            schedule={schedules.find((one) => one.id === id) ?? null}
            {...unfolds(id)}
          />
        ))}
        {shown.forges.map((project) => (
          <StuckForgeItem
            key={project}
            project={project}
            forge={forges.find((one) => one.project === project) ?? null}
            {...unfolds(project)}
          />
        ))}
        {shown.evolutions.map((project) => (
          <StoppedEvolutionItem
            key={evolutionId(project)}
            project={project}
            evolution={evolutions.find((one) => one.project === project) ?? null}
            {...unfolds(evolutionId(project))}
          />
        ))}
        {retried.map((decided) => (
          <Past key={decided.id} id={unitOf(decided.id)} decided={decided} />
        ))}
      </ul>
      {more > 0 ? (
        <button
          type="button"
          className="block w-full cursor-pointer truncate border-line border-b py-2 pl-7 text-left text-ink-2 hover:bg-hover"
          onClick={() => setWhole(true)}
        >
          {more} more{namesOf(hidden)}
        </button>
      ) : null}
      {unlisted > 0 ? (
        <p className="border-line border-b py-2 pl-7 text-ink-2">
          {unlisted} more in{" "}
          <Link className="link" href="/schedules" prefetch={false}>
            Schedules
          </Link>{" "}
          and{" "}
          <Link className="link" href="/projects" prefetch={false}>
            Projects
          </Link>
          .
        </p>
      ) : null}
      <PhoneOffer />
    </section>
  );
}

interface PastProps {
  id: string;
  decided: Held | undefined;
  /** How it was settled elsewhere, if that is known. */
  elsewhere?: string | undefined;
}

/** The forge of the same project may be in the list too. */
const evolutionId = (project: string) => `evolution ${project}`;

/** The outcome of an item, in its place. */
function Past({ id, decided, elsewhere }: PastProps) {
  return (
    <SettledItem id={id}>
      {decided ? <HeldLine decided={decided} onUndone={focusSoon} /> : <SettledSay sentence={elsewhere} />}
    </SettledItem>
  );
}

/** Returns the last decision about a unit that has left its failure since. */
function lastOf(held: ReadonlyMap<string, Held>, unit: string): Held | undefined {
  return [...held.values()].findLast(({ id }) => unitOf(id) === unit);
}

/** Returns the retries whose failure has left the list, because an outcome stays readable. */
function retriedBefore(held: ReadonlyMap<string, Held>, failures: readonly string[]): Held[] {
  return [...held.values()].filter(({ id, path }) => path.endsWith("/retry") && !failures.includes(unitOf(id)));
}

/** Removes trees from the list when the server has stored their dismissal. */
function useDismissed(held: ReadonlyMap<string, Held>, setSeen: SetSeen): void {
  useEffect(() => {
    const done = [...held.values()].filter(({ path, state }) => state === "done" && path.endsWith("/seen"));
    const ids = done.map(({ id }) => unitOf(id));
    // The same set when nothing is new, so that Home is not drawn again.
    setSeen((before) => (ids.every((id) => before.has(id)) ? before : new Set([...before, ...ids])));
  }, [held, setSeen]);
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

/** Returns for each item whether it is open: the one that a person opened, and an item that is alone from the beginning. */
function useUnfolded(ids: readonly string[]): (id: string) => Unfolds {
  const [opened, setOpened] = useState(ids.length === 1 ? ids[0] : undefined);
  if (opened === undefined && ids.length === 1) setOpened(ids[0]);
  return (id) => ({ isOpen: id === opened, open: () => setOpened(id) });
}

/** The first names of what is not shown, after their number. */
function namesOf(hidden: readonly string[]): string {
  const names = hidden.filter(Boolean).slice(0, MOST_NAMES);
  return names.length > 0 ? `: ${names.join(", ")}` : "";
}

/** More do not fit in the line. */
const MOST_NAMES = 5;

/** Focuses the row of an item whose decision was undone, once it is drawn again. */
function focusSoon(id: string | undefined): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const unit = unitOf(id ?? "");
      const names = ["review", "failure", "failed-task"].map((name) => `li[data-${name}="${unit}"]`);
      document.querySelector<HTMLElement>(names.join())?.focus();
    }),
  );
}

function PhoneOffer() {
  return (
    <div className="hidden phone:block">
      <NotifyOffer />
    </div>
  );
}
