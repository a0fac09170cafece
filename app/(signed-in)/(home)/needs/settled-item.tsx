"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { Say } from "@/components/ui/parts";

/** Takes the place and the focus of an item that is settled. */
export function SettledItem({ id, children }: { id: string; children: ReactNode }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    // Leave the focus alone if the user has moved on.
    if (document.activeElement === document.body) item.current?.focus({ preventScroll: true });
  }, []);
  return (
    <li className="py-2" ref={item} tabIndex={-1} data-settled={id}>
      {children}
    </li>
  );
}

/** How an item was settled elsewhere. */
export function SettledSay({ sentence }: { sentence: string | undefined }) {
  return (
    <Say look={sentence ? "good" : undefined} role="status">
      {sentence ?? "Already settled."}
    </Say>
  );
}
