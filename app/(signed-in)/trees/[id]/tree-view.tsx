"use client";

import dynamic from "next/dynamic";
import { useCallback, useDeferredValue, useMemo } from "react";
import type { Tree } from "@/agents/core/shapes";
import { type TreeFeedStart, useTreeFeed } from "@/components/feed/use-tree-feed";
import { headTaskOf } from "@/components/trees/outline";
import { unpackTasks } from "@/components/trees/packed-tasks";
import type { TreeAddress } from "@/components/trees/tree-address";
import { Say } from "@/components/ui/parts";
import { askedOf } from "@/components/ui/status";
import type { ForkSource } from "./forked-from";
import { Outline } from "./outline";
import { Pane } from "./pane";
import { Split } from "./split";
import { TreeHeader } from "./tree-header";
import { TreeTools } from "./tree-tools";
import { useRows } from "./use-rows";
import { useTreeAddress } from "./use-tree-address";
import { useTreeKeys } from "./use-tree-keys";
import { useTreeSearch } from "./use-tree-search";
import type { TreeViewContent } from "./view-content";
import { ViewSkeleton } from "./view-skeleton";

const Graph = dynamic(() => import("./graph").then((one) => one.Graph), { loading: ViewSkeleton, ssr: false });
const Timeline = dynamic(() => import("./timeline").then((one) => one.Timeline), { loading: ViewSkeleton, ssr: false });

interface TreeViewProps {
  start: Omit<TreeFeedStart, "tree"> & { tree: Omit<Tree, "tasks">; packed: string };
  /** What the address asks for. */
  first: TreeAddress;
  /** Percent of the width that the list has. */
  share: number;
  /** Whether who looks may pause, stop and start again. */
  canRun: boolean;
  /** Of a fork: what it came from. */
  source: ForkSource | null;
}

const unpack = ({ tree, packed, ...rest }: TreeViewProps["start"]): TreeFeedStart => ({
  ...rest,
  tree: { ...tree, tasks: unpackTasks(packed, tree.id) },
});

/** The whole tree page. What is looked at stands in the address, so that a link leads to it and "back" leaves it. */
export function TreeView({ start: packed, first, share, canRun, source }: TreeViewProps) {
  const start = useMemo(() => unpack(packed), [packed]);
  const { address, select, setOutline, setView } = useTreeAddress(first);
  const { feed, problem, pages, openTaskId } = useTreeFeed(start, address.task);
  const { tasks } = feed;
  const { head } = useMemo(() => headTaskOf(tasks.values()), [tasks]);
  const asked = useMemo(() => askedOf(feed.reviews), [feed.reviews]);
  const search = useTreeSearch(feed.tree.id, address.outline.query);
  // What is typed shows at once; the rows of a large tree follow.
  const outline = useDeferredValue(address.outline);
  const rows = useRows(tasks, asked, outline, search.found, address.view === "timeline");
  const open = tasks.get(openTaskId ?? "") ?? null;
  const isOpened = address.task !== null && open !== null;
  // Graph and timeline have all of the width until somebody opens a task.
  const isTaskShown = address.view === "outline" || isOpened;

  const toggle = useCallback(
    (id: string, expanded: boolean) =>
      setOutline((now) => ({ ...now, toggled: new Map(now.toggled).set(id, expanded) })),
    [setOutline],
  );
  useTreeKeys({ rows, openId: open?.id ?? null, select, toggle });

  const content: TreeViewContent = {
    treeId: feed.tree.id,
    cursor: feed.cursor,
    rows,
    tasks,
    asked,
    openId: isTaskShown ? (open?.id ?? null) : null,
    outline,
    setOutline,
    select,
    toggle,
    found: search.found,
  };
  const View = address.view === "graph" ? Graph : address.view === "timeline" ? Timeline : Outline;
  const list = (
    <section className="tasklist" aria-label="Tasks">
      <TreeTools tasks={tasks} asked={asked} outline={address.outline} setOutline={setOutline} search={search} />
      <View {...content} />
    </section>
  );
  const task = open ? (
    <Pane
      key={open.id}
      task={open}
      feed={feed}
      asked={asked}
      opened={start.opened}
      pages={pages}
      problem={problem}
      select={select}
    />
  ) : (
    <section className="pane" aria-label="Task">
      <div className="body">
        <Say>{problem ?? "The first task appears here as soon as it is committed."}</Say>
      </div>
    </section>
  );
  return (
    <main className="main fill" id="main">
      <TreeHeader
        tree={feed.tree}
        tasks={tasks}
        asked={asked}
        head={head}
        view={address.view}
        setView={setView}
        setOutline={setOutline}
        select={select}
        canRun={canRun}
        source={source}
      />
      <Split list={list} task={isTaskShown ? task : null} isTaskInFront={isOpened} share={share} />
    </main>
  );
}
