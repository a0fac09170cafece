"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";
import { showAddress } from "@/components/refresh/refresh-page";
import { messageAddress } from "@/components/trees/message-address";
import type { LogPlace } from "./log-place";

interface Target {
  seq: number;
  /** Counts the jumps, because a reader may jump to the same message again. */
  nth: number;
}

/** Loads the part of the log with the message that the address names or the reader jumps to, then scrolls to it. */
export function useLogTarget(taskId: string, feed: TreeFeed, pages: LogPages) {
  const [target, setTarget] = useState<Target | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const shown = useRef(0);
  const latest = useRef(pages);
  useEffect(() => {
    latest.current = pages;
  });

  const goTo = useCallback((seq: number) => {
    setProblem(null);
    setTarget((now) => ({ seq, nth: (now?.nth ?? 0) + 1 }));
    latest.current.goTo(seq).catch((error: Error) => error.name !== "AbortError" && setProblem(error.message));
  }, []);

  useEffect(() => {
    const followAddress = () => {
      const query = new URLSearchParams(window.location.search);
      const seq = Number(query.get("seq"));
      if (query.get("task") === taskId && Number.isSafeInteger(seq) && seq > 0) goTo(seq);
    };
    followAddress();
    window.addEventListener("popstate", followAddress);
    return () => window.removeEventListener("popstate", followAddress);
  }, [taskId, goTo]);

  useEffect(() => {
    if (!target || !feed.logLoaded || shown.current === target.nth) return;
    const [first, last] = [feed.log[0]?.seq, feed.log.at(-1)?.seq];
    if (first === undefined || last === undefined || target.seq < first || (target.seq > last && feed.hasLater)) return;
    shown.current = target.nth;
    if (target.seq > last || !showMessage(target.seq)) setProblem(`Message ${target.seq} is not in this task's log.`);
  }, [target, feed.logLoaded, feed.log, feed.hasLater]);

  const seq = target?.seq ?? null;
  const place: LogPlace = useMemo(
    () => ({
      taskId,
      target: seq,
      open(to) {
        const view = new URLSearchParams(window.location.search);
        for (const [key, value] of new URLSearchParams(messageAddress(taskId, to))) view.set(key, value);
        showAddress(`?${view}`);
        goTo(to);
      },
    }),
    [taskId, seq, goTo],
  );
  return { place, problem };
}

/** Scrolls to the entry that holds the message. Returns false when no entry does. */
function showMessage(seq: number): boolean {
  const entries = [...document.querySelectorAll<HTMLElement>("[data-log] [data-seq]")];
  const entry = entries.findLast((element) => Number(element.dataset.seq) <= seq);
  if (!entry) return false;
  entry.scrollIntoView({ block: "start" });
  // A reader who searches goes from match to match, and keeps typing.
  if (!document.activeElement?.closest("[data-log-find]")) entry.focus({ preventScroll: true });
  // Entries in between get their real height only when they come into view, so scroll again.
  requestAnimationFrame(() => entry.scrollIntoView({ block: "start" }));
  return true;
}
