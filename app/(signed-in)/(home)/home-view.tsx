"use client";

import { useState } from "react";
import type { TreeCounts } from "@/agents/core/shapes-trees";
import { useServerStatus } from "@/components/feed/server-status";
import { type ListStart, useListFeed } from "@/components/feed/use-list-feed";
import { Icon } from "@/components/ui/icon";
import { useHeld } from "@/components/ui/use-held";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { Now } from "../now";
import { type Choices, Composer } from "./composer";
import { FirstRun, NoModel } from "./first-run";
import { HomeNeeds } from "./home-needs";
import { type HomeRights, placesOf, samePlaces } from "./home-rows";
import { HomeSection } from "./home-section";
import { hasModel } from "./models";

interface HomeViewProps {
  start: ListStart;
  /** Ids of the trees that failed and that the person has not seen. */
  failures: string[];
  counts: TreeCounts;
  /** More trees are open than the page holds. */
  isCut: boolean;
  choices: Choices;
  rights: HomeRights;
}

/** Read anew after the connection was lost. */
const LISTS = ["trees?status=open&limit=200", "trees?status=ended&sort=ended&limit=10"];

export function HomeView({ start, failures, counts, isCut, choices, rights }: HomeViewProps) {
  const { trees, reviews } = useListFeed(start, LISTS);
  const status = useServerStatus();
  const [since] = useState(() => new Date().toISOString());
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  useRowKeys();
  const known = { trees, reviews, failures, since, seen, mayRun: rights.run };
  const { shown, isBehind, release, hold } = useHeld(placesOf(known), samePlaces);
  const rowsOf = (ids: string[]) => ids.map((id) => trees.get(id)).filter((tree) => tree !== undefined);
  const isFirstRun = trees.size === 0 && !hasModel(status);
  const ended = counts.succeeded + counts.failed + counts.stopped;
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Home</h1>
        <span className="grow" />
        {isBehind ? (
          <button type="button" className="btn quiet" onClick={release}>
            Show what changed
          </button>
        ) : null}
        <a className="btn onlyphone" href="#new">
          <Icon name="plus" />
          New task
        </a>
        <FindField />
      </header>
      <div className="page">
        {hasModel(status) ? null : <NoModel mayConnect={rights.keys} />}
        {isFirstRun ? (
          <FirstRun choices={choices} rights={rights} />
        ) : (
          <div className="home">
            <div className="min-w-0" {...hold}>
              <HomeNeeds
                shown={shown}
                reviews={reviews}
                trees={trees}
                open={status.openReviews}
                running={shown.running.length}
                rights={rights}
                onSeen={(id) => setSeen((before) => new Set(before).add(id))}
              />
              <HomeSection
                title="Running"
                trees={rowsOf(shown.running)}
                empty="Nothing runs. What you start appears here."
                more={isCut ? { word: "All open trees", href: "/trees?status=open" } : undefined}
              />
              <HomeSection title="Parked and paused" trees={rowsOf(shown.still)} />
              <HomeSection
                title="Finished"
                trees={rowsOf(shown.finished)}
                note="the last to end first"
                more={ended > shown.finished.length ? { word: `All ${ended}`, href: "/trees?sort=ended" } : undefined}
              />
            </div>
            <aside className="side" aria-label="New task and now">
              <Composer choices={choices} status={status} rights={rights} />
              <Now status={status} />
            </aside>
          </div>
        )}
      </div>
    </main>
  );
}

/** A plain form: it works before the page has come to life. */
function FindField() {
  return (
    <search className="find hidephone homefind">
      <form action="/trees">
        <Icon name="search" />
        <input type="search" name="search" data-find aria-label="Find a tree" placeholder="Find a tree" />
      </form>
    </search>
  );
}
