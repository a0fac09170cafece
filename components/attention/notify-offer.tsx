"use client";

import { useServerStatus } from "@/components/feed/server-status";
import { turnOff, turnOn, useNotifyState } from "./notify-choice";

/** A small offer beside the navigation, or on a phone below what waits. The browser asks only after the click. */
export function NotifyOffer() {
  const { openReviews } = useServerStatus();
  const state = useNotifyState();
  if (state !== "offered" || openReviews === 0) return null;
  return (
    <p className="flex flex-wrap gap-x-3 py-1 text-small phone:gap-x-4 text-ink-3">
      <button type="button" className="link min-h-6 phone:min-h-11" onClick={() => void turnOn()}>
        Notify me here
      </button>
      <button type="button" className="link min-h-6 text-ink-3 phone:min-h-11" onClick={turnOff}>
        No, thanks
      </button>
    </p>
  );
}
