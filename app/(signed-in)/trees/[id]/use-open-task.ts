"use client";

import { useCallback, useEffect, useState } from "react";

export type SelectTask = (id: string | null, how?: "push" | "replace") => void;

/**
 * The task that was asked for, held here and mirrored into the address (and not read from there), so that the next key
 * acts on it at once however quickly it follows.
 */
export function useOpenTask(first: string | null): { wanted: string | null; select: SelectTask } {
  const [wanted, setWanted] = useState(first);

  useEffect(() => {
    const onBack = () => setWanted(new URLSearchParams(window.location.search).get("task"));
    window.addEventListener("popstate", onBack);
    return () => window.removeEventListener("popstate", onBack);
  }, []);

  const select: SelectTask = useCallback((id, how = "push") => {
    setWanted(id);
    const address = id ? `?task=${encodeURIComponent(id)}` : window.location.pathname;
    if (how === "push") window.history.pushState(null, "", address);
    else window.history.replaceState(null, "", address);
  }, []);
  return { wanted, select };
}
