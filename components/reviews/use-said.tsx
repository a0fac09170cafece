"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Say } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";

/** Returns a line that takes the place and the focus of a decided item, and the function that sets its sentence. */
export function useSaid(): { line: ReactNode; say: (sentence: string) => void } {
  const [outcome, setOutcome] = useState<{ sentence: string } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const focused = document.activeElement;
    // Leave the focus alone if the user is typing somewhere else.
    if (outcome && (!focused || focused === document.body || !focused.matches("input, textarea, select")))
      box.current?.focus();
  }, [outcome]);
  const line = outcome ? (
    <div className="mt-2 outline-offset-2" ref={box} tabIndex={-1}>
      <Say look="good" role="status">
        <TimedText text={outcome.sentence} />
      </Say>
    </div>
  ) : null;
  return { line, say: (sentence) => setOutcome({ sentence }) };
}
