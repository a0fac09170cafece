"use client";

import { useCallback, useMemo, useState } from "react";
import { type TreeFeedStart, useTreeFeed } from "@/components/feed/use-tree-feed";
import { headTaskOf, type OutlineView, outlineRows } from "@/components/trees/outline";
import { Say } from "@/components/ui/parts";
import { askedOf } from "@/components/ui/status";
import type { ForkSource } from "./forked-from";
import { Outline } from "./outline";
import { Pane } from "./pane";
import { TreeHeader } from "./tree-header";
import { useOpenTask } from "./use-open-task";
import { useTreeKeys } from "./use-tree-keys";

const START_VIEW: OutlineView = { toggled: new Map(), query: "", filter: "all", showFinishing: false };

interface TreeViewProps {
  start: TreeFeedStart;
  wanted: string | null;
  /** Of a fork: what it came from. */
  source: ForkSource | null;
}

/** The whole tree page. Which task is open stands in the address, so that a link leads to it and "back" leaves it. */
export function TreeView({ start, wanted: first, source }: TreeViewProps) {
  const { wanted, select } = useOpenTask(first);
  const [view, setView] = useState(START_VIEW);
  const { feed, problem, pages, openTaskId } = useTreeFeed(start, wanted);
  const tasks = feed.tasks;
  const { head } = useMemo(() => headTaskOf(tasks.values()), [tasks]);
  const asked = useMemo(() => askedOf(feed.reviews), [feed.reviews]);
  const rows = useMemo(() => outlineRows(tasks.values(), asked, view), [tasks, asked, view]);
  const open = tasks.get(openTaskId ?? "") ?? null;

  const toggle = useCallback((id: string, expanded: boolean) => {
    setView((now) => ({ ...now, toggled: new Map(now.toggled).set(id, expanded) }));
  }, []);
  useTreeKeys({ rows, openId: open?.id ?? null, select, toggle });

  return (
    <main className="main fill" id="main">
      <TreeHeader tree={feed.tree} tasks={tasks} asked={asked} head={head} select={select} source={source} />
      <div className={`split ${wanted && open ? "open" : ""}`}>
        <Outline
          rows={rows}
          tasks={tasks}
          asked={asked}
          openId={open?.id ?? null}
          view={view}
          setView={setView}
          select={select}
          toggle={toggle}
        />
        {open ? (
          <Pane
            key={open.id}
            task={open}
            feed={feed}
            asked={asked}
            opened={start.opened}
            loadEarlier={pages.loadEarlier}
            problem={problem}
            select={select}
          />
        ) : (
          <section className="pane" aria-label="Task">
            <div className="body">
              <Say>{problem ?? "The first task appears here as soon as it is committed."}</Say>
            </div>
          </section>
        )}
      </div>
    </main>
  );
}
