"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { keepIds, keptIds } from "@/components/ui/hooks/kept-ids";
import type { MustSeePart, TellPart } from "@/components/ui/must-see";
import { isLoading, markOf, type Seen, seenOf } from "./seen";

/**
 * The least time on the screen before an item can be decided. A quick second press of a key belongs to the item before,
 * and nobody reads in half a second.
 */
const LEAST_MS = 500;
/** Older ones have been decided. */
const MOST_KEPT = 500;

/** Returns whether this person has seen the evidence of the item, and what the evidence tells of its parts. */
export function useSeen(me: string, id: string): { seen: Seen; tell: TellPart; end: RefObject<HTMLDivElement | null> } {
  const [parts, setParts] = useState<ReadonlyMap<string, MustSeePart>>(new Map());
  const [endAt, setEndAt] = useState<string | null>(null);
  const [isRested, setRested] = useState(false);
  const [wasSeen, setWasSeen] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  const tell = useCallback<TellPart>((part, state) => {
    setParts((now) => {
      const next = new Map(now);
      if (state === null) next.delete(part);
      else next.set(part, state);
      return next;
    });
  }, []);

  const key = `banyan.seen.${me}`;
  useEffect(() => setWasSeen(keptIds(key).includes(id)), [key, id]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Counted from the first frame that shows the item: a busy browser may draw it late.
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setRested(true), LEAST_MS);
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, []);

  const mark = markOf(parts);
  const isWaiting = isLoading(parts);
  useEffect(() => {
    if (isWaiting || !end.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setEndAt(mark);
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [mark, isWaiting]);

  const seen = seenOf({ parts, endAt, isRested, wasSeen });
  const { isAwake } = seen;
  useEffect(() => {
    const kept = keptIds(key);
    if (isAwake && !kept.includes(id)) keepIds(key, [...kept, id].slice(-MOST_KEPT));
  }, [isAwake, key, id]);
  return { seen, tell, end };
}
