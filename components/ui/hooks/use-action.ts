"use client";

import { startTransition, useCallback, useMemo, useState } from "react";
import type { Refusal } from "@/core/shapes/refusal";

export interface Outcome {
  ok: boolean;
  sentence: string;
  refusal?: Refusal;
}

const NO_ANSWER =
  "The server did not answer. It may still have done this: look before you try again. Your text is kept.";

/** Runs actions and keeps the last outcome, to show it where the user acted. */
export function useAction() {
  const [running, setRunning] = useState(0);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const run = useCallback((action: () => Promise<Outcome>, after?: (outcome: Outcome) => void) => {
    setRunning((count) => count + 1);
    // Not as a transition: no link would work until the action has ended.
    void (async () => {
      try {
        const result = await action().catch(() => ({ ok: false, sentence: NO_ANSWER }));
        setOutcome(result);
        after?.(result);
      } finally {
        // With the page's new data, when `after` asks for it.
        startTransition(() => setRunning((count) => count - 1));
      }
    })();
  }, []);
  /** `say` sets the outcome of an action that ran elsewhere, for example in a dialog that has closed. */
  const pending = running > 0;
  return useMemo(() => ({ pending, outcome, run, say: setOutcome }), [pending, outcome, run]);
}
