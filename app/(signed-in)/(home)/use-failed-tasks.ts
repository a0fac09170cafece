"use client";

import { useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { Page } from "@/core/shapes/shapes";
import type { FailedTask } from "@/core/shapes/trees";
import { FAILED_TASKS_READ } from "./home-rows";

/** A busy server changes something all the time, so the list is read at most this often. */
const POLL_MS = 2_000;

/** Returns the newest failed tasks of open trees, read again after changes. `mark` changes with every batch of the server. */
export function useFailedTasks(start: Page<FailedTask>, mark: number): Page<FailedTask> {
  const [page, setPage] = useState(start);
  const readAtMs = useRef(0);
  useEffect(() => {
    if (mark === 0) return;
    const timer = setTimeout(
      () => {
        readAtMs.current = Date.now();
        // While the server does not answer, the last list stays.
        fetchJson(`failed-tasks?limit=${FAILED_TASKS_READ}`).then(setPage, () => {});
      },
      Math.max(0, POLL_MS - (Date.now() - readAtMs.current)),
    );
    return () => clearTimeout(timer);
  }, [mark]);
  return page;
}
