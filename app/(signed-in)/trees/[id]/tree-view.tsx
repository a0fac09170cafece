"use client";

import { useCallback, useDeferredValue, useMemo } from "react";
import { headTaskOf, isNarrowed, type OutlineRow, onlyTaskOf } from "@/components/feed/outline";
import { withoutSelectors } from "@/components/feed/selectors";
import type { TreeFeed } from "@/components/feed/tree-feed";
import { type TreeFeedStart, useTreeFeed } from "@/components/feed/use-tree-feed";
import { useDecisionsOfPage } from "@/components/reviews/use-held-decisions";
import { unpackTasks } from "@/components/trees/packed-tasks";
import type { TreeAddress } from "@/components/trees/tree-address";
import { lazily } from "@/components/ui/page/lazily";
import { Page } from "@/components/ui/page/page";
import { useMe } from "@/components/ui/rights";
import { askedOf } from "@/components/ui/status";
import type { TreePlace } from "@/core/shapes/files";
import type { Task, Tree } from "@/core/shapes/shapes";
import type { OpenedConversation } from "./conversation/use-conversation";
import { FilesProvider } from "./files/open-file";
import type { ForkSource } from "./head/forked-from";
import { TreeHeader } from "./head/tree-header";
import { useTreeSearch } from "./head/use-tree-search";
import { useRows } from "./use-rows";
import { useTreeKeys } from "./use-tree-keys";
import { OWN_ROWS } from "./view/own-rows";
import { useFollow } from "./view/use-follow";
import { type SetOutline, useTreeAddress } from "./view/use-tree-address";
import type { TreeViewContent } from "./view/view-content";

/** Only while something runs, or while the reader follows what runs. */
const RunsNow = lazily(() => import("./head/runs-now").then((file) => file.RunsNow));

/** For a tree of one task, in place of the outline. */
const ConversationView = lazily(() => import("./conversation/conversation").then((file) => file.ConversationView));

/** A tree of one task does not load the outline. */
const TaskSplit = lazily(() => import("./task-split").then((file) => file.TaskSplit));

const NO_ROWS: OutlineRow[] = [];

interface TreeViewProps {
  start: Omit<TreeFeedStart, "tree"> & { tree: Omit<Tree, "tasks">; packed: string; talk: OpenedConversation | null };
  /** The view state in the address. */
  first: TreeAddress;
  /** The width of the list in percent. */
  share: number;
  /** Whether the person may pause, stop and retry. */
  canRun: boolean;
  /** Whether the person may pin and delete the tree. */
  canKeep: boolean;
  /** The tree that this one was forked from. */
  source: ForkSource | null;
  /** Where it works; null: in a fresh folder. */
  place: TreePlace | null;
}

const unpack = ({ tree, packed, talk: _, ...rest }: TreeViewProps["start"]): TreeFeedStart => ({
  ...rest,
  tree: { ...tree, tasks: unpackTasks(packed, tree.id) },
});

/** The whole tree page. The address holds the view state, so that links open it and Back leaves it. */
export function TreeView({ start: packed, first, share, canRun, canKeep, source, place }: TreeViewProps) {
  const start = useMemo(() => unpack(packed), [packed]);
  useDecisionsOfPage(useMe());
  const { address, select: selectTask, setOutline, setView, openFile } = useTreeAddress(first);
  const { feed: whole, problem, pages, openTaskId } = useTreeFeed(start, address.task);
  const tasks = useMemo(() => withoutSelectors(whole.tasks), [whole.tasks]);
  const feed = useMemo(() => ({ ...whole, tasks }), [whole, tasks]);
  const { head } = useMemo(() => headTaskOf(tasks.values()), [tasks]);
  const asked = useMemo(() => askedOf(feed.reviews), [feed.reviews]);
  const { search, outline, rows } = useSearchedRows(feed, asked, address);
  const open = tasks.get(openTaskId ?? "") ?? null;
  const isOpened = address.task !== null && open !== null;
  const { select, ...following } = useFollow(feed, openTaskId, selectTask);
  // Graph and timeline take the full width until the reader opens a task.
  const isTaskShown = address.view === "outline" || isOpened;
  const isGoal = feed.tree.progress !== undefined;
  const isAlone = !isGoal && onlyTaskOf(tasks.values()) !== null;
  const isTalk = isAlone && isTalkShown(open, address);
  const { view } = address;
  const views = useMemo(() => ({ view, isGoal, isAlone, setView }), [view, isGoal, isAlone, setView]);

  const toggle = useToggle(setOutline);
  const openId = open?.id ?? null;
  const here = useMemo(() => ({ openFile, canRun }), [openFile, canRun]);
  // The Goal and Files views have their own rows, so the keys that move through tasks do nothing there.
  useTreeKeys({ rows: OWN_ROWS[address.view] ? NO_ROWS : rows, openId, select, toggle });

  const content: TreeViewContent = {
    treeId: feed.tree.id,
    cursor: feed.cursor,
    rows,
    tasks,
    asked,
    reviews: feed.reviews,
    openId: isTaskShown ? openId : null,
    outline,
    setOutline,
    select,
    toggle,
    found: search.found,
    workspace: feed.tree.workspace,
    files: address.files,
    openFile,
    canRun,
  };
  const pane = { opened: start.opened, feed, asked, pages, problem, select };
  return (
    <FilesProvider value={here}>
      <Page fills>
        <TreeHeader
          tree={feed.tree}
          tasks={tasks}
          asked={asked}
          head={head}
          views={views}
          setOutline={setOutline}
          select={select}
          canRun={canRun}
          canKeep={canKeep}
          source={source}
          place={place}
          isTalk={isTalk}
          isCovered={isOpened && !isTalk}
        />
        {isTalk && open ? (
          <ConversationView key={open.id} task={open} {...pane} first={packed.talk} />
        ) : (
          <>
            {following.running.length > 0 || following.isFollowing ? (
              <RunsNow {...following} openId={openId} select={select} />
            ) : null}
            <TaskSplit
              view={address.view}
              content={content}
              tools={{ tasks, asked, outline: address.outline, setOutline, search, views }}
              task={open}
              isTaskShown={isTaskShown}
              isTaskInFront={isOpened}
              share={share}
              {...pane}
            />
          </>
        )}
      </Page>
    </FilesProvider>
  );
}

/** A tree of one task has no outline, unless the reader filters it or looks at a task that checks the only one. */
function isTalkShown(open: Task | null, { view, outline }: TreeAddress): boolean {
  return view === "outline" && open?.role === "work" && !isNarrowed(outline) && !outline.showFinishing;
}

function useSearchedRows({ tree, tasks }: TreeFeed, asked: ReadonlySet<string>, address: TreeAddress) {
  const search = useTreeSearch(tree.id, address.outline.query);
  // Deferred, so that typing shows at once and the rows of a large tree follow.
  const outline = useDeferredValue(address.outline);
  const rows = useRows(tasks, asked, outline, search.found, address.view === "timeline");
  return { search, outline, rows };
}

function useToggle(setOutline: SetOutline): (id: string, expanded: boolean) => void {
  return useCallback(
    (id, expanded) => setOutline((now) => ({ ...now, toggled: new Map(now.toggled).set(id, expanded) })),
    [setOutline],
  );
}
