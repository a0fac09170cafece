"use client";

import { useCallback, useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";

interface Polled<T> {
  value: T;
  /** Reads it now. */
  again: () => Promise<void>;
}

/**
 * What the server last said, read again at an interval while somebody looks. While the server is away, what was last known stands;
 * the bar above the page says of when it is.
 */
export function usePolled<T>(path: string, start: T, everyMs: number): Polled<T> {
  const [value, setValue] = useState(start);
  const [given, setGiven] = useState(start);
  // The page was rendered anew by the server: that is newer than what was polled.
  if (given !== start) {
    setGiven(start);
    setValue(start);
  }
  const again = useCallback(
    () => fetchJson<T | { items: T }>(path).then((answer) => setValue(itemsOf(answer)), noChange),
    [path],
  );
  useEffect(() => {
    const look = () => {
      if (!document.hidden) void again();
    };
    const timer = setInterval(look, everyMs);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [again, everyMs]);
  return { value, again };
}

function noChange(): void {}

/** A list comes as a page; what is told of it is the rows. */
function itemsOf<T>(answer: T | { items: T }): T {
  const isPage = typeof answer === "object" && answer !== null && "items" in answer && "next" in answer;
  return isPage ? (answer as { items: T }).items : (answer as T);
}
