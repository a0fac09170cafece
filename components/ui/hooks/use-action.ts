"use client";

import { useCallback, useState, useTransition } from "react";
import type { Refusal } from "@/core/shapes/refusal";

export interface Outcome {
  ok: boolean;
  sentence: string;
  refusal?: Refusal;
}

/** Runs actions and keeps the last outcome, to show it where the user acted. */
export function useAction() {
  const [pending, start] = useTransition();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const run = useCallback((action: () => Promise<Outcome>, after?: (outcome: Outcome) => void) => {
    start(async () => {
      let result: Outcome;
      try {
        result = await action();
      } catch {
        result = { ok: false, sentence: "The server did not answer, so nothing was sent. Your text is kept." };
      }
      setOutcome(result);
      after?.(result);
    });
  }, []);
  /** `say` sets the outcome of an action that ran elsewhere, for example in a dialog that has closed. */
  return { pending, outcome, run, say: setOutcome };
}
