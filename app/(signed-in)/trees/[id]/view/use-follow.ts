"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import { followedTask, type RunningTask, runningTasks } from "@/components/feed/running";
import type { TreeFeed } from "@/components/feed/tree-feed";
import { keepIds, keptIds } from "@/components/ui/hooks/kept-ids";
import type { SelectTask } from "./use-tree-address";

/** The followed trees, the last one first. */
const KEY = "banyan.follow";
const MOST_REMEMBERED = 30;

interface Follow {
  running: RunningTask[];
  isFollowing: boolean;
  setFollowing: (isFollowing: boolean) => void;
  /** Selects a task for the person, which ends following. */
  select: SelectTask;
}

/** Keeps the selection on the active task while the person follows the tree. The browser remembers the choice. */
export function useFollow({ tree, tasks, now }: TreeFeed, openId: string | null, selectTask: SelectTask): Follow {
  const treeId = tree.id;
  const running = useMemo(() => runningTasks(tasks.values(), now), [tasks, now]);
  const [isFollowing, setOn] = useState(false);
  // The server does not know the choice, so it is read after hydration.
  useEffect(() => setOn(keptIds(KEY).includes(treeId)), [treeId]);
  const setFollowing = useCallback(
    (next: boolean) => {
      setOn(next);
      remember(treeId, next);
    },
    [treeId],
  );
  const target = isFollowing ? followedTask(running, openId) : openId;
  useEffect(() => {
    if (target !== null && target !== openId) selectTask(target, "replace");
  }, [target, openId, selectTask]);
  const select: SelectTask = useCallback(
    (id, how) => {
      setFollowing(false);
      selectTask(id, how);
    },
    [setFollowing, selectTask],
  );
  return { running, isFollowing, setFollowing, select };
}

function remember(treeId: string, isFollowing: boolean): void {
  const others = keptIds(KEY).filter((id) => id !== treeId);
  keepIds(KEY, isFollowing ? [treeId, ...others].slice(0, MOST_REMEMBERED) : others);
}
