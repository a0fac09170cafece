"use client";

import Link from "next/link";
import { useEffect } from "react";
import type { ServerStatus } from "@/agents/core/shapes";
import { isEnded, type Tree } from "@/agents/core/shapes";
import { type ListStart, useListFeed } from "@/components/feed/use-list-feed";
import { TreeRows } from "@/components/trees/tree-rows";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Say } from "@/components/ui/parts";
import { areKeysOn, isSingleKey } from "@/components/ui/single-keys";
import { type Choices, Composer } from "./composer";
import { FirstRun, hasModel } from "./first-run";
import { Needs } from "./needs";
import { Now } from "./now";

const FINISHED_SHOWN = 10;

export function HomeView({ start, choices }: { start: ListStart; choices: Choices }) {
  const { trees, reviews, status } = useListFeed(start);
  useComposeKey();
  const all = [...trees.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
  const still = all.filter((tree) => tree.status === "parked" || tree.status === "paused");
  const running = all.filter((tree) => !isEnded(tree.status) && !still.includes(tree));
  const finished = all.filter((tree) => isEnded(tree.status));
  const firstRun = all.length === 0 && !hasModel(status);
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Home</h1>
        <span className="grow" />
        <a className="btn onlyphone" href="#new">
          <Icon name="plus" />
          New task
        </a>
      </header>
      <div className="page">
        {hasModel(status) ? null : <NoModel status={status} />}
        {firstRun ? (
          <FirstRun choices={choices} />
        ) : (
          <div className="home">
            <div className="min-w-0">
              <Needs reviews={reviews} trees={trees} running={running.length} total={status.openReviews} />
              <Section title="Running" trees={running} empty="Nothing runs. What you start appears here." />
              <Section title="Parked and paused" trees={still} />
              <Section
                title="Finished"
                trees={finished.slice(0, FINISHED_SHOWN)}
                total={finished.length}
                more={finished.length > FINISHED_SHOWN ? "All trees" : undefined}
              />
            </div>
            <aside className="side" aria-label="New task and now">
              <Composer choices={choices} status={status} />
              <Now status={status} />
            </aside>
          </div>
        )}
      </div>
    </main>
  );
}

function NoModel({ status }: { status: ServerStatus }) {
  const why = status.models.find((model) => !model.available && model.reason)?.reason;
  return (
    <div className="mb-6">
      <Say>
        <b>No model is connected.</b> Runbooks work now, without one. Agents that think need a key or a local server
        {why ? ` (${why})` : ""}; connect one whenever you like.
      </Say>
    </div>
  );
}

interface SectionProps {
  title: string;
  trees: Tree[];
  /** Where not all of them are shown. */
  total?: number;
  empty?: string;
  more?: string;
}

function Section({ title, trees, total = trees.length, empty, more }: SectionProps) {
  if (trees.length === 0 && !empty) return null;
  const id = title.replace(/\W+/g, "-").toLowerCase();
  return (
    <section className="sect" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        <span className="faint" title={plural(total, "tree")}>
          {total}
        </span>
        {more ? (
          <Link className="link small more" href="/trees">
            {more}
          </Link>
        ) : null}
      </header>
      {trees.length > 0 ? <TreeRows trees={trees} /> : <p className="dim py-2">{empty}</p>}
    </section>
  );
}

/** `c` goes to the composer. */
function useComposeKey(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "c" || !isSingleKey(event) || !areKeysOn()) return;
      event.preventDefault();
      document.querySelector<HTMLTextAreaElement>("#new textarea")?.focus();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
