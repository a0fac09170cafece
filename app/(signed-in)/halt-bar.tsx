"use client";

import { useServerStatus } from "@/components/feed/server-status";
import { lazily } from "@/components/ui/page/lazily";

/** Few pages ever show it. */
const HaltStrip = lazily(() => import("./halt-strip").then((file) => file.HaltStrip));

/** Shown on every page while everything is paused. */
export function HaltBar({ mayResume }: { mayResume: boolean }) {
  const halt = useServerStatus().paused_everything;
  return halt ? <HaltStrip halt={halt} mayResume={mayResume} /> : null;
}
