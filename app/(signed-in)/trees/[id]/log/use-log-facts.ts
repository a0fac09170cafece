"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { LogFacts } from "@/core/shapes/log";
import type { Task } from "@/core/shapes/shapes";

/** Limits how often the facts of a busy task are read. */
const REST_MS = 700;

/** Returns the length of the log and the number of its first error, or null until they load. */
export function useLogFacts({ id, status, turns, attempt }: Task): LogFacts | null {
  const [facts, setFacts] = useState<{ of: string; facts: LogFacts } | null>(null);
  const revision = [status, turns, attempt].join(" ");
  const isFirst = facts?.of !== id;
  useEffect(() => {
    if (!revision) return;
    const ended = new AbortController();
    const read = () =>
      // The log is complete without the facts, so a failed read waits for the next turn.
      fetchJson(`tasks/${id}/log`, ended.signal).then(
        (found) => setFacts({ of: id, facts: found }),
        () => {},
      );
    const timer = setTimeout(() => void read(), isFirst ? 0 : REST_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [id, revision, isFirst]);
  return facts?.of === id ? facts.facts : null;
}
