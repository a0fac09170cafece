"use client";

import { useEffect, useState } from "react";
import { isEnded } from "@/core/log/terms";
import type { TaskFiles } from "@/core/shapes/files";
import type { Task } from "@/core/shapes/shapes";
import { type Loaded, useLoaded } from "./use-loaded";

/** Waits before reading, so that moving quickly from row to row reads nothing. */
const REST_MS = 300;

/** Reads the files that the task and its subtasks changed, and again whenever it changes: once for all that shows them. */
export function useTaskFiles({ id, status, turns, attempt }: Task): Loaded<TaskFiles> {
  const [isRested, setRested] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setRested(true), REST_MS);
    return () => clearTimeout(timer);
  }, []);
  // The files are a part of a result.
  const isWanted = isRested || isEnded(status);
  return useLoaded(isWanted ? `tasks/${id}/files` : null, [status, turns, attempt].join(" "));
}
