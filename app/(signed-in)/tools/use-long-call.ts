"use client";

import { useCallback, useEffect, useRef, useState } from "react";

export type LongCall = ReturnType<typeof useLongCall>;

/**
 * Runs a call that may take minutes. Returns when it started, its error, and a way to stop waiting. `forget` drops the
 * error.
 */
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
      if (!own.signal.aborted) setProblem(error instanceof Error ? error.message : "The call failed. Try again.");
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
    setProblem("You stopped waiting. The server continues; reload the page later to see the result.");
  }
  return { since, problem, run, giveUp, forget: useCallback(() => setProblem(null), []) };
}
