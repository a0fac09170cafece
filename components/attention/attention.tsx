"use client";

import { useEffect } from "react";
import { useServerStatus } from "@/components/feed/server-status";
import { lazily } from "@/components/ui/page/lazily";
import { useNotifyState } from "./notify-choice";
import { showSigns } from "./signs";

/** Few turn them on. When their code cannot be loaded, the tab still has its signs. */
const Notifications = lazily(() => import("./notifications").then((file) => file.Notifications), {
  otherwise: () => null,
});

/** Tells a person who looks elsewhere that something waits for them: in the tab, and by notifications if they want them. */
export function Attention() {
  const { openReviews } = useServerStatus();
  const isOn = useNotifyState() === "on";
  useEffect(() => showSigns(openReviews), [openReviews]);
  return isOn ? <Notifications /> : null;
}
