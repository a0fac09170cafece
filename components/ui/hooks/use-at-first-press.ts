"use client";

import { useState } from "react";

/**
 * Loads code at the first press of a button, and already when the pointer or the focus reaches it. Returns the code, or null
 * until then, and the properties of the button. A press after a failed load tries again.
 */
export function useAtFirstPress<Code>(load: () => Promise<Code>) {
  const [loaded, setLoaded] = useState<Code | null>(null);
  const [isLoading, setLoading] = useState(false);
  const ahead = () => void load().catch(() => {});
  async function press(): Promise<void> {
    setLoading(true);
    try {
      const code = await load();
      setLoaded(() => code);
    } catch {
      // The page's bar already says that the connection is lost.
    }
    setLoading(false);
  }
  return {
    loaded,
    button: { "aria-busy": isLoading || undefined, onClick: press, onPointerEnter: ahead, onFocus: ahead },
  };
}
