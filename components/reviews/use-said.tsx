"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Say } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";

/** What followed from a decision whose item is gone: it stands where the item stood, and has the focus that the item had. */
export function useSaid(): { line: ReactNode; say: (sentence: string) => void } {
  const [said, setSaid] = useState<{ sentence: string } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const focused = document.activeElement;
    // Whoever has gone on to type elsewhere meanwhile is left alone.
    if (said && (!focused || focused === document.body || !focused.matches("input, textarea, select")))
      box.current?.focus();
  }, [said]);
  const line = said ? (
    <div className="mt-2 outline-offset-2" ref={box} tabIndex={-1}>
      <Say look="good" role="status">
        <TimedText text={said.sentence} />
      </Say>
    </div>
  ) : null;
  return { line, say: (sentence) => setSaid({ sentence }) };
}
