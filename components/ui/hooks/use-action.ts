"use client";

import { useCallback, useMemo, useState } from "react";
import type { FieldIssue, Refusal } from "@/core/shapes/refusal";
import { useRunning } from "./use-running";

export interface Outcome {
  ok: boolean;
  sentence: string;
  refusal?: Refusal;
  /** The fields that are wrong. */
  issues?: readonly FieldIssue[];
}

const NO_ANSWER =
  "The server did not answer. It may still have done this: look before you try again. Your text is kept.";

/** Runs actions and keeps the last outcome, to show it where the user acted. */
export function useAction() {
  const { pending, run: runWork } = useRunning();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const run = useCallback(
    (action: () => Promise<Outcome>, after?: (outcome: Outcome) => void) =>
      runWork(async () => {
        const result = await action().catch(() => ({ ok: false, sentence: NO_ANSWER }));
        setOutcome(result);
        after?.(result);
      }),
    [runWork],
  );
  /** `say` sets the outcome of an action that ran elsewhere, for example in a dialog that has closed. */
  return useMemo(() => ({ pending, outcome, run, say: setOutcome }), [pending, outcome, run]);
}
