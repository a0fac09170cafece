"use client";

/** Owns the live state of a tree page: joins the tree, follows its cursor, and keeps the open task's log. */
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { Activity, ActivityFrame } from "@/core/shapes/live";
import type { Message, Review, Task, Tree } from "@/core/shapes/shapes";
import type { TreeBatch } from "@/core/shapes/wire";
import { headTaskOf } from "./outline";
import { currentConnection, liveSocket } from "./socket";
import { type FeedEvent, reduceFeed, startFeed, type TreeFeed } from "./tree-feed";
import { LOG_PAGE, type LogPages, useLogPages } from "./use-log-pages";

/** After a batch that took longer than two frames to render, the page waits as long again, up to this, to leave time for input. */
const QUICK_MS = 33;
const LONGEST_REST_MS = 30;

export interface OpenedLog {
  task: Task;
  messages: Message[];
  hasEarlier: boolean;
  hasLater: boolean;
}

export interface TreeFeedStart {
  tree: Tree;
  reviews: Review[];
  cursor: string;
  opened: OpenedLog | null;
}

export interface TreeFeedHandle {
  feed: TreeFeed;
  /** Why the tree or the log cannot be loaded, as a sentence. */
  problem: string | null;
  pages: LogPages;
  /** The task whose log is kept: the requested task, or else the task that represents the tree. */
  openTaskId: string | null;
}

export function useTreeFeed(start: TreeFeedStart, wanted: string | null): TreeFeedHandle {
  const [feed, dispatch] = useReducer(reduceFeed, start, fromStart);
  const head = useMemo(() => headTaskOf(feed.tasks.values()).head, [feed.tasks]);
  const openTaskId = wanted ?? head?.id ?? null;
  const [problem, setProblem] = useState<string | null>(null);
  const cursor = useRef(feed.cursor);
  useEffect(() => {
    cursor.current = feed.cursor;
  }, [feed.cursor]);

  const treeId = start.tree.id;
  useEffect(() => {
    const socket = liveSocket();
    const isLater = currentConnection().state !== "connecting";
    return followTree(socket, treeId, { isLater, cursor: () => cursor.current, dispatch, lose: setProblem });
  }, [treeId]);

  useWatchedTask(openTaskId);
  // The page came with the log of the first open task. Returning to that task later loads its log again.
  const given = useRef(start.opened?.task.id ?? null);
  useEffect(() => {
    dispatch({ type: "opened", taskId: openTaskId });
    const isGiven = openTaskId === given.current;
    given.current = null;
    if (!openTaskId || isGiven) return;
    const ended = new AbortController();
    fetchJson(`tasks/${openTaskId}/messages?latest=1&limit=${LOG_PAGE}`, ended.signal).then(
      ({ items }) => {
        setProblem(null);
        const page = { side: "latest", messages: items, more: items.length === LOG_PAGE } as const;
        dispatch({ type: "log", taskId: openTaskId, page });
      },
      (error: Error) => ended.signal.aborted || setProblem(error.message),
    );
    return () => ended.abort();
  }, [openTaskId]);

  const pages = useLogPages(feed, openTaskId, dispatch);
  return { feed, problem, pages, openTaskId };
}

interface Follower {
  /** The browser was connected before this page was shown, so the page may be one that the person goes back to. */
  isLater: boolean;
  cursor: () => string;
  dispatch: (event: FeedEvent) => void;
  /** Takes the reason why the tree cannot be followed, as a sentence. */
  lose: (problem: string) => void;
}

/** What this needs of the page's socket. */
type TreeSocket = Pick<ReturnType<typeof liveSocket>, "connected" | "emit" | "on" | "off">;

/**
 * Follows the tree on the socket until the returned function is called. Next.js shows a page that the person goes back to
 * with its old rows, and a row may have changed without a message, so such a page asks for all rows, as after a lost
 * connection.
 */
export function followTree(socket: TreeSocket, treeId: string, { isLater, cursor, dispatch, lose }: Follower) {
  let again = isLater;
  const join = () => {
    // A new connection may reach another server, whose clock differs.
    if (again) dispatch({ type: "joined" });
    socket.emit("tree:join", { treeId, cursor: cursor(), again });
    again = true;
  };
  const onBatch = (batch: TreeBatch, taken: () => void) => {
    if (batch.treeId !== treeId) return taken();
    const fromMs = performance.now();
    dispatch({ type: "batch", batch });
    takeRested(fromMs, taken);
  };
  const onActivity = (frame: ActivityFrame, taken: () => void) => {
    dispatch({ type: "activity", frame });
    taken();
  };
  const onNow = (now: { treeId: string; running: Activity[] }, taken: () => void) => {
    if (now.treeId === treeId) dispatch({ type: "now", running: now.running });
    taken();
  };
  const onLost = (lost: { treeId: string; problem: string }) => lost.treeId === treeId && lose(lost.problem);
  socket.on("connect", join).on("tree:batch", onBatch).on("tree:lost", onLost);
  socket.on("tree:activity", onActivity).on("tree:now", onNow);
  if (socket.connected) join();
  return () => {
    socket.off("connect", join).off("tree:batch", onBatch).off("tree:lost", onLost);
    socket.off("tree:activity", onActivity).off("tree:now", onNow);
    socket.emit("tree:leave", { treeId });
  };
}

/** Says that a batch is taken once it is rendered, and after a rest when that took long. */
function takeRested(fromMs: number, taken: () => void): void {
  setTimeout(() => {
    const tookMs = performance.now() - fromMs;
    if (tookMs <= QUICK_MS) taken();
    else setTimeout(taken, Math.min(LONGEST_REST_MS, tookMs));
  });
}

function fromStart({ tree, reviews, cursor, opened }: TreeFeedStart): TreeFeed {
  const feed = startFeed(tree, reviews, cursor, opened?.task.id ?? null);
  if (!opened) return feed;
  const { task, ...page } = opened;
  return reduceFeed(feed, { type: "log", taskId: task.id, page: { side: "around", ...page } });
}

/** Tells the server which task is open, because it sends drafts only for that task. */
function useWatchedTask(taskId: string | null): void {
  useEffect(() => {
    const socket = liveSocket();
    const watch = () => socket.emit("tree:watch", { taskId });
    socket.on("connect", watch);
    if (socket.connected) watch();
    return () => void socket.off("connect", watch);
  }, [taskId]);
}
