"use client";

import { useCallback, useEffect, useState } from "react";
import type { Known, Replaceable } from "./answer-to";
import { fetchBody } from "./fetch-json";

interface Polled<T> {
  value: T;
  /** Reads the value again now. */
  again: () => Promise<void>;
}

/**
 * Returns the last value from the server, and polls it while the page is visible: the body, or the rows of a list if `start`
 * is one. While the server is unreachable the last value stays; the bar above the page says how old it is.
 */
export function usePolled<const Path extends string, Value>(
  path: Path & Known<Path>,
  start: Value & Replaceable<Path, Value>,
  everyMs: number,
): Polled<Value> {
  const [value, setValue] = useState<Value>(start);
  const [given, setGiven] = useState<Value>(start);
  // The server rendered the page again, so its value is newer than the polled value.
  if (given !== start) {
    setGiven(start);
    setValue(start);
  }
  const isList = Array.isArray(start);
  const again = useCallback(
    () =>
      fetchBody(path).then((body) => setValue((isList ? (body as { items: unknown }).items : body) as Value), noChange),
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
