"use client";

import { useState } from "react";
import type { Tree } from "@/agents/core/shapes";
import type { ProviderState } from "@/agents/core/shapes-operations";
import type { ListedProvider } from "@/agents/core/shapes-providers";
import type { TreeCounts } from "@/agents/core/shapes-trees";
import { useServerStatus } from "@/components/feed/server-status";
import { type ListStart, useListFeed } from "@/components/feed/use-list-feed";
import { Icon } from "@/components/ui/icon";
import { useRights } from "@/components/ui/rights";
import { useHeld } from "@/components/ui/use-held";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { type Choices, Composer } from "./composer";
import { FirstRun, NoModel } from "./first-run";
import { HomeNeeds } from "./home-needs";
import { type Places, placesOf, samePlaces } from "./home-rows";
import { HomeSection } from "./home-section";
import { hasModel } from "./models";
import { Now } from "./now";

interface HomeViewProps {
  start: ListStart;
  /** Ids of the trees that failed and that the person has not seen. */
  failures: string[];
  counts: TreeCounts;
  /** More trees are open than the page holds. */
  isCut: boolean;
  choices: Choices;
  providers: ProviderState[];
  /** They may give the server a provider's key. */
  mayConnect: boolean;
  keys: ListedProvider[];
}

/** Read anew after the connection was lost. */
const LISTS = ["trees?status=open&limit=200", "trees?status=ended&sort=ended&limit=10"];

export function HomeView({ start, failures, counts, isCut, choices, providers, mayConnect, keys }: HomeViewProps) {
  const { trees, reviews } = useListFeed(start, LISTS);
  const status = useServerStatus();
  // By the server's clock: what ends later is news.
  const [since] = useState(() => start.trees.map((tree) => tree.ended_at ?? "").reduce(later, ""));
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  useRowKeys();
  const known = { trees, reviews, failures, since, seen, mayRun: useRights().run === null };
  const newest = placesOf(known);
  // What stands above moves what stands below it, and not the other way round.
  const above = useHeld(newest.needs, samePlaces);
  const below = useHeld(newest.lists, samePlaces);
  function showNewest(): void {
    above.release();
    below.release();
  }
  const isFirstRun = trees.size === 0 && !hasModel(status);
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Home</h1>
        <span className="grow" />
        {above.isBehind || below.isBehind ? (
          <button type="button" className="btn quiet" onClick={showNewest}>
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
        {hasModel(status) ? null : <NoModel mayConnect={mayConnect} />}
        {isFirstRun ? (
          <FirstRun choices={choices} providers={keys} defaultModel={status.defaultModel} />
        ) : (
          <div className="home">
            <div className="min-w-0" {...above.hold}>
              <HomeNeeds
                shown={above.shown}
                reviews={reviews}
                trees={trees}
                open={status.openReviews}
                running={newest.lists.running.length}
                onSeen={(id) => setSeen((before) => new Set(before).add(id))}
              />
              <div className="sect" {...below.hold}>
                <HomeLists shown={below.shown} trees={trees} counts={counts} isCut={isCut} />
              </div>
            </div>
            <aside className="side" aria-label="New task and now">
              <Composer choices={choices} status={status} />
              <Now status={status} providers={providers} />
            </aside>
          </div>
        )}
      </div>
    </main>
  );
}

const later = (one: string, other: string) => (one > other ? one : other);

interface HomeListsProps {
  shown: Places["lists"];
  trees: ReadonlyMap<string, Tree>;
  counts: TreeCounts;
  isCut: boolean;
}

function HomeLists({ shown, trees, counts, isCut }: HomeListsProps) {
  const rowsOf = (ids: string[]) => ids.map((id) => trees.get(id)).filter((tree) => tree !== undefined);
  const ended = counts.succeeded + counts.failed + counts.stopped;
  return (
    <>
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
    </>
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
