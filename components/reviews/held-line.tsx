"use client";

import { useEffect, useRef } from "react";
import { areKeysOn, isSingleKey } from "@/components/ui/hooks/single-keys";
import { Button, Say } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";
import { canUndo, type Held } from "./held-decisions";
import { heldDecisions } from "./use-held-decisions";

interface HeldLineProps {
  decided: Held;
  /** Brings the focus to what was undone: the line with the button is gone then. */
  onUndone?: (id: string) => void;
}

/** Line in place of an item that was decided here: the outcome, and Undo until the decision is sent. */
export function HeldLine({ decided, onUndone }: HeldLineProps) {
  return (
    <Say look="good" role="status">
      <span className="flex min-w-0 flex-wrap items-center gap-x-3">
        <span className="wrap-anywhere">
          <TimedText text={decided.sentence} />
        </span>
        {canUndo(decided) ? (
          <Button
            look="quiet"
            hint="z"
            onClick={() => {
              heldDecisions().undo(decided.id);
              onUndone?.(decided.id);
            }}
          >
            Undo
          </Button>
        ) : null}
      </span>
    </Say>
  );
}

/** Lets `z` and `u` undo the last decision that is not sent yet. `onUndone` gets the ids of its items. */
export function useUndoKey(onUndone: (ids: string[]) => void): void {
  const done = useRef(onUndone);
  useEffect(() => {
    done.current = onUndone;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.key !== "z" && event.key !== "u") || !isSingleKey(event) || !areKeysOn()) return;
      const undone = heldDecisions().undo();
      if (undone.length === 0) return;
      event.preventDefault();
      done.current(undone);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
