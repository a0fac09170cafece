"use client";

import { useCallback, useEffect, useState } from "react";

export type SelectTask = (id: string | null, how?: "push" | "replace") => void;

/**
 * The task that was asked for, held here and mirrored into the address (and not read from there), so that the next key
 * acts on it at once however quickly it follows.
 */
export function useOpenTask(first: string | null): { asked: string | null; select: SelectTask } {
  const [asked, setAsked] = useState(first);

  useEffect(() => {
    const onBack = () => setAsked(new URLSearchParams(window.location.search).get("task"));
    window.addEventListener("popstate", onBack);
    return () => window.removeEventListener("popstate", onBack);
  }, []);

  const select: SelectTask = useCallback((id, how = "push") => {
    setAsked(id);
    const address = id ? `?task=${encodeURIComponent(id)}` : window.location.pathname;
    if (how === "push") window.history.pushState(null, "", address);
    else window.history.replaceState(null, "", address);
  }, []);
  return { asked, select };
}
