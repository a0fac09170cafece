"use client";

import { useCallback, useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";

interface Polled<T> {
  value: T;
  /** Reads the value again now. */
  again: () => Promise<void>;
}

/**
 * Returns the last value from the server, and polls it while the page is visible. While the server is unreachable the
 * last value stays; the bar above the page says how old it is.
 */
export function usePolled<T>(path: string, start: T, everyMs: number): Polled<T> {
  const [value, setValue] = useState(start);
  const [given, setGiven] = useState(start);
  // The server rendered the page again, so its value is newer than the polled value.
  if (given !== start) {
    setGiven(start);
    setValue(start);
  }
  const isList = Array.isArray(start);
  const again = useCallback(
    () =>
      fetchJson<T | { items: T }>(path).then((answer) => setValue(isList ? itemsOf(answer) : (answer as T)), noChange),
    [path, isList],
  );
  useEffect(() => {
    const poll = () => {
      if (!document.hidden) void again();
    };
    const timer = setInterval(poll, everyMs);
    document.addEventListener("visibilitychange", poll);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", poll);
    };
  }, [again, everyMs]);
  return { value, again };
}

function noChange(): void {}

/** Returns the rows of a list, which comes as a page. An object may have rows of its own, and is taken whole. */
function itemsOf<T>(answer: T | { items: T }): T {
  return Array.isArray(answer) ? answer : (answer as { items: T }).items;
}
