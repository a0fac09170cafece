"use client";

import { useCallback, useEffect, useRef, useState } from "react";

/** One call that may take minutes: since when it goes on, and what went wrong; it can be waited for no longer. */
export function useLongCall() {
  const [since, setSince] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  const run = useCallback(async <Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer | null> => {
    if (controller.current) return null;
    const own = new AbortController();
    controller.current = own;
    setProblem(null);
    setSince(new Date().toISOString());
    try {
      return await call(own.signal);
    } catch (error) {
      if (!own.signal.aborted) setProblem(error instanceof Error ? error.message : "It failed; try again.");
      return null;
    } finally {
      controller.current = null;
      if (!own.signal.aborted) setSince(null);
    }
  }, []);

  function giveUp(): void {
    controller.current?.abort();
    controller.current = null;
    setSince(null);
    setProblem("You stopped waiting. The server goes on with it by itself; reload the page to see what came of it.");
  }
  return { since, problem, run, giveUp };
}
