"use client";

import { useEffect, useRef } from "react";
import { Say } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";

/** Takes the place and the focus of an item that is settled. */
export function SettledItem({ sentence }: { sentence: string | undefined }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    // Leave the focus alone if the user has moved on.
    if (sentence && document.activeElement === document.body) item.current?.focus({ preventScroll: true });
  }, [sentence]);
  return (
    <li className="py-2" ref={item} tabIndex={-1}>
      <Say look={sentence ? "good" : undefined} role="status">
        <TimedText text={sentence ?? "Already settled."} />
      </Say>
    </li>
  );
}
