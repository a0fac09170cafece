"use client";

import { useEffect, useRef } from "react";
import { Say } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";

/** Stands where an item stood that needs nobody any more, and takes the focus that the item had. */
export function SettledItem({ sentence }: { sentence: string | undefined }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    // Whoever has gone on to something else meanwhile is left alone.
    if (sentence && document.activeElement === document.body) item.current?.focus({ preventScroll: true });
  }, [sentence]);
  return (
    <li className="py-2" ref={item} tabIndex={-1}>
      <Say look={sentence ? "good" : undefined} role="status">
        <TimedText text={sentence ?? "This needs nobody any more: it was dealt with, or its task went on."} />
      </Say>
    </li>
  );
}
