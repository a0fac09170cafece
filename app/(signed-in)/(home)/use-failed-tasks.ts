"use client";

import { useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { FailedTask } from "@/core/shapes/trees";

/** A busy server changes something all the time, so the list is read at most this often. */
const POLL_MS = 2_000;

/** Returns the failed tasks of open trees, read again after changes. `mark` changes with every batch of the server. */
export function useFailedTasks(start: FailedTask[], mark: number): FailedTask[] {
  const [tasks, setTasks] = useState(start);
  const readAtMs = useRef(0);
  useEffect(() => {
    if (mark === 0) return;
    const timer = setTimeout(
      () => {
        readAtMs.current = Date.now();
        fetchJson<{ items: FailedTask[] }>("failed-tasks").then(
          ({ items }) => setTasks(items),
          // While the server does not answer, the last list stays.
          () => {},
        );
      },
      Math.max(0, POLL_MS - (Date.now() - readAtMs.current)),
    );
    return () => clearTimeout(timer);
  }, [mark]);
  return tasks;
}
