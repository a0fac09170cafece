"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";

export interface Fetched<Body> {
  /** The newest answer, also while the next one is under way; null: none yet. */
  body: Body | null;
  /** Why there is no newer answer; null: there is, or it is under way. */
  problem: string | null;
  /** Whether `body` answers the present path. */
  isNewest: boolean;
}

/** Reads a path of the HTTP API again whenever it changes, after a pause in typing. null: reads nothing. */
export function useFetched<Body>(path: string | null, pauseMs = 0): Fetched<Body> {
  const [got, setGot] = useState<{ path: string; body: Body | null; problem: string | null } | null>(null);
  useEffect(() => {
    if (path === null) return;
    const cut = new AbortController();
    const timer = setTimeout(() => {
      fetchJson<Body>(path, cut.signal).then(
        (body) => setGot({ path, body, problem: null }),
        (error: Error) => {
          if (!cut.signal.aborted) setGot((before) => ({ path, body: before?.body ?? null, problem: error.message }));
        },
      );
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      cut.abort();
    };
  }, [path, pauseMs]);
  const isNewest = got?.path === path && got?.problem === null;
  return { body: got?.body ?? null, problem: got?.path === path ? (got?.problem ?? null) : null, isNewest };
}
