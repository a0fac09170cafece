"use client";

import { useEffect, useRef, useState } from "react";
import { atMostEvery } from "@/components/attention/at-most-every";
import { fetchJson } from "@/components/http/fetch-json";
import type { ReviewItem } from "@/core/shapes/review";

interface Loaded {
  item: ReviewItem | null;
  problem: string | null;
}

const RELOAD_MS = 1_500;

interface Wanted {
  id: string | null;
  /** Id of the next item. It is loaded early, so that it appears immediately after a decision. */
  next: string | null;
  /** The item that came with the page. */
  first: ReviewItem | null;
  /** Changes with every batch from the server. */
  mark: number;
  /** Counts the changes that this page made. */
  again: number;
}

/** Returns the selected item with all its details. Shows the last loaded state first, and reloads it after a change. */
export function useReviewItem({ id, next, first, mark, again }: Wanted): Loaded {
  const [kept, setKept] = useState<ReadonlyMap<string, ReviewItem>>(
    () => new Map(first ? [[first.review.id, first]] : []),
  );
  const [problem, setProblem] = useState<{ id: string; sentence: string } | null>(null);
  const reader = useRef<{ now(): void; wake(): void }>(null);
  const seen = useRef({ mark, again });

  useEffect(() => {
    if (!id) return;
    const stop = new AbortController();
    let newest = 0;
    const read = () => {
      newest += 1;
      const own = newest;
      return fetchJson(`reviews/${id}/item`, stop.signal).then(
        (item) => {
          if (own !== newest) return;
          setKept((now) => new Map(now).set(id, item));
          setProblem(null);
        },
        (error: unknown) => {
          if (own === newest && !stop.signal.aborted) setProblem({ id, sentence: (error as Error).message });
        },
      );
    };
    // A busy server changes something all the time, which neither ends a read that is under way nor begins one each time.
    const { wake, stop: rest } = atMostEvery(RELOAD_MS, read);
    reader.current = { now: () => void read(), wake };
    void read();
    return () => {
      rest();
      stop.abort();
    };
  }, [id]);
  useEffect(() => {
    const before = seen.current;
    seen.current = { mark, again };
    if (before.again !== again) reader.current?.now();
    else if (before.mark !== mark) reader.current?.wake();
  }, [mark, again]);

  const isRead = id === null || kept.has(id);
  const isNextRead = next === null || kept.has(next);
  useEffect(() => {
    if (!isRead || isNextRead || next === null) return;
    const stop = new AbortController();
    fetchJson(`reviews/${next}/item`, stop.signal).then(
      (item) => setKept((now) => (now.has(next) ? now : new Map(now).set(next, item))),
      () => {},
    );
    return () => stop.abort();
  }, [next, isRead, isNextRead]);

  const item = id ? (kept.get(id) ?? null) : null;
  return { item, problem: problem?.id === id ? (problem?.sentence ?? null) : null };
}
