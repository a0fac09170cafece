"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { LogFacts } from "@/core/shapes/log";
import type { Task } from "@/core/shapes/shapes";

/** A task that moves on quickly is asked about only now and then. */
const REST_MS = 700;

/** How long the log is and where its first error stands; null until it is known. */
export function useLogFacts({ id, status, turns, attempt }: Task): LogFacts | null {
  const [facts, setFacts] = useState<{ of: string; facts: LogFacts } | null>(null);
  const moved = [status, turns, attempt].join(" ");
  const isFirst = facts?.of !== id;
  useEffect(() => {
    if (!moved) return;
    const ended = new AbortController();
    const read = () =>
      // Without them the log is still true; they come with the next turn.
      fetchJson<LogFacts>(`tasks/${id}/log`, ended.signal).then(
        (found) => setFacts({ of: id, facts: found }),
        () => {},
      );
    const timer = setTimeout(() => void read(), isFirst ? 0 : REST_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [id, moved, isFirst]);
  return facts?.of === id ? facts.facts : null;
}
