"use client";

import { useCallback, useEffect, useState } from "react";
import type { AnswerTo, Known } from "@/components/http/answer-to";
import { fetchBody } from "@/components/http/fetch-json";

export interface Fetched<Body> {
  /** The newest answer, also while the next one is under way; null: none yet. */
  body: Body | null;
  /** Why there is no newer answer; null: there is, or it is under way. */
  problem: string | null;
  /** Whether `body` answers the present path. */
  isNewest: boolean;
  /** Reads the same path again, as after a problem. */
  again: () => void;
}

/** After this time the person is told, and can ask again. */
const MOST_SECONDS = 10;
const LATE = `The server did not answer within ${MOST_SECONDS} seconds. Try again.`;

interface Got<Body> {
  path: string;
  /** How often it was asked for again. */
  time: number;
  body: Body | null;
  problem: string | null;
}

/** Reads a path of the HTTP API again whenever it changes, after a pause in typing. null: reads nothing. */
export function useFetched<const Path extends string>(
  path: (Path & Known<Path>) | null,
  pauseMs = 0,
): Fetched<AnswerTo<Path>> {
  const [got, setGot] = useState<Got<AnswerTo<Path>> | null>(null);
  const [time, setTime] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const cut = new AbortController();
    const fail = (problem: string) => setGot((before) => ({ path, time, body: before?.body ?? null, problem }));
    let limit: ReturnType<typeof setTimeout> | undefined;
    const timer = setTimeout(() => {
      limit = setTimeout(() => {
        cut.abort();
        fail(LATE);
      }, MOST_SECONDS * 1_000);
      fetchBody(path, cut.signal)
        .then(
          (body) => setGot({ path, time, body: body as AnswerTo<Path>, problem: null }),
          (error: Error) => {
            if (!cut.signal.aborted) fail(error.message);
          },
        )
        .finally(() => clearTimeout(limit));
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      clearTimeout(limit);
      cut.abort();
    };
  }, [path, pauseMs, time]);
  const again = useCallback(() => setTime((before) => before + 1), []);
  const isOfNow = got?.path === path && got?.time === time;
  const problem = isOfNow ? (got?.problem ?? null) : null;
  return { body: got?.body ?? null, problem, isNewest: isOfNow && problem === null, again };
}
