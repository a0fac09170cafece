"use client";

import { useCallback, useState, useTransition } from "react";
import type { Refusal } from "@/core/shapes/refusal";

export interface Outcome {
  ok: boolean;
  sentence: string;
  refusal?: Refusal;
}

/** Runs one action at a time and keeps what it said, to be shown where the person acted. */
export function useAction() {
  const [pending, start] = useTransition();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const run = useCallback((action: () => Promise<Outcome>, after?: (outcome: Outcome) => void) => {
    start(async () => {
      let result: Outcome;
      try {
        result = await action();
      } catch {
        result = { ok: false, sentence: "The server did not answer, so nothing was sent. What you typed is kept." };
      }
      setOutcome(result);
      after?.(result);
    });
  }, []);
  /** `say`: what followed from something that was done elsewhere, as from a dialog that has closed. */
  return { pending, outcome, run, say: setOutcome };
}
