"use client";

import Link from "next/link";
import { Suspense, useState } from "react";
import { lazily } from "@/components/ui/page/lazily";
import { SectionHead } from "@/components/ui/page/section";
import type { Review, Tree } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import type { Places } from "./home-rows";
import { FailedTree } from "./needs/failed-tree";
import { SettledItem } from "./needs/settled-item";

/** Its forms load with the first item that needs a person. The server renders the item, so nobody waits for them. */
const Need = lazily(() => import("./needs/need").then((file) => file.Need));

interface HomeNeedsProps {
  shown: Places["needs"];
  reviews: Review[];
  trees: ReadonlyMap<string, Tree>;
  /** The number of open reviews, shown here or not. */
  open: number;
  running: number;
  onSeen: (treeId: string) => void;
}

/** Section “Needs you”: reviews and failures with their actions. A settled item says in its place how it ended. */
export function HomeNeeds({ shown, reviews, trees, open, running, onSeen }: HomeNeedsProps) {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, string>>(new Map());
  const say = (id: string) => (sentence: string) => setOutcomes((before) => new Map(before).set(id, sentence));
  const byId = new Map(reviews.map((review) => [review.id, review]));
  const total = open + shown.failures.length;
  const shownCount = shown.reviews.length + shown.failures.length;
  // An outcome stays readable after its item has left the list.
  const settled = [...outcomes.keys()].filter((id) => !shown.reviews.includes(id) && !shown.failures.includes(id));
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="needs">
      <SectionHead>
        <h2 id="needs">Needs you</h2>
        {shownCount > 0 ? (
          <span className="text-ink-3">
            {total > shownCount ? `${shownCount} of ${total}` : shownCount}
            {shownCount > 1 ? ", highest attention first" : ""}
          </span>
        ) : null}
        {open > 0 ? (
          <Link className="link ml-auto text-small" href="/review">
            View all
          </Link>
        ) : null}
      </SectionHead>
      {shownCount === 0 ? <NothingNeeded running={running} /> : null}
      <ul className="*:border-b *:border-line">
        {settled.map((id) => (
          <SettledItem key={id} sentence={outcomes.get(id)} />
        ))}
        {shown.reviews.map((id) => {
          const review = byId.get(id);
          return review && !outcomes.has(id) ? (
            <Suspense key={id}>
              <Need review={review} tree={trees.get(review.tree_id)} say={say(id)} />
            </Suspense>
          ) : (
            <SettledItem key={id} sentence={outcomes.get(id)} />
          );
        })}
        {shown.failures.map((id) => {
          const tree = trees.get(id);
          return tree?.status === "failed" && !outcomes.has(id) ? (
            <FailedTree key={id} tree={tree} onDone={say(id)} onSeen={() => onSeen(id)} />
          ) : (
            <SettledItem key={id} sentence={outcomes.get(id)} />
          );
        })}
      </ul>
    </section>
  );
}

function NothingNeeded({ running }: { running: number }) {
  const runs = running === 0 ? "No trees are" : `${plural(running, "tree")} ${running === 1 ? "is" : "are"}`;
  return (
    <p className="py-2 text-ink-2">Nothing needs you. {runs} running. Questions, approvals and failures appear here.</p>
  );
}
