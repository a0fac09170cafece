"use client";

import { startTransition, useCallback, useRef, useState } from "react";

/** Runs work that waits for the server, and says whether some is under way. */
export function useRunning() {
  const [running, setRunning] = useState(0);
  const begun = useRef(0);
  /** `work` does not reject. */
  const run = useCallback((work: () => Promise<void>) => {
    begun.current += 1;
    setRunning((count) => count + 1);
    // Not as a transition: no link would work until the work has ended.
    void work().finally(() => {
      begun.current -= 1;
      // With the page's new data, when the work asked for it.
      startTransition(() => setRunning((count) => count - 1));
    });
  }, []);
  /** `isBusy` knows of work that began after the last render, too. */
  return { pending: running > 0, isBusy: () => begun.current > 0, run };
}
