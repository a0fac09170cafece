"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { ServerStart } from "@/core/shapes/operations";
import type { Message, Review, Tree } from "@/core/shapes/shapes";

export interface SampleRun {
  tree: Tree;
  messages: Message[];
  starts: ServerStart[];
  reviews: Review[];
}

const POLL_MS = 1_000;
/** The sample has some two hundred messages. */
const MOST_MESSAGES = 500;

/**
 * Looks at a run of the sample each second, until it has ended. While the server does not answer, the last answer
 * stays, and `awaySinceMs` tells since when.
 */
export function useSample(id: string | null): { run: SampleRun | null; awaySinceMs: number | null } {
  const [run, setRun] = useState<SampleRun | null>(null);
  const [awaySinceMs, setAway] = useState<number | null>(null);
  useEffect(() => {
    if (id === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    const poll = async () => {
      let isOpen = true;
      try {
        const next = await readRun(id, signal);
        isOpen = next.tree.ended_at === null;
        setRun(next);
        setAway(null);
      } catch {
        if (signal.aborted) return;
        setAway((since) => since ?? Date.now());
      }
      if (isOpen) timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [id]);
  return { run: run?.tree.id === id ? run : null, awaySinceMs };
}

async function readRun(id: string, signal: AbortSignal): Promise<SampleRun> {
  const [tree, messages, starts, reviews] = await Promise.all([
    fetchJson(`trees/${id}`, signal),
    fetchJson(`trees/${id}/messages?limit=${MOST_MESSAGES}`, signal),
    fetchJson("starts", signal),
    fetchJson(`reviews?tree=${id}&open=1`, signal),
  ]);
  return { tree, messages: messages.items, starts: starts.items, reviews: reviews.items };
}
