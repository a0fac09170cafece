"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { isEnded } from "@/core/log/terms";
import type { Continuation } from "@/core/shapes/continuation";
import type { Task } from "@/core/shapes/shapes";

/** Returns how the ended task can continue; null while it loads, and for a task that has not ended. */
export function useContinuation({ id, status, attempt, ended_at }: Task): Continuation | null {
  const [found, setFound] = useState<{ of: string; continuation: Continuation } | null>(null);
  const of = isEnded(status) ? [id, attempt, ended_at].join(" ") : null;
  useEffect(() => {
    if (of === null) return;
    const gone = new AbortController();
    fetchJson(`tasks/${id}/continuation`, gone.signal).then(
      (continuation) => setFound({ of, continuation }),
      // The server decides how the words continue the task, so a failed read only leaves the button its plain name.
      () =>
        gone.signal.aborted || setFound({ of, continuation: { by: "retry", may_retry: true, needs: null, why: null } }),
    );
    return () => gone.abort();
  }, [id, of]);
  return found !== null && found.of === of ? found.continuation : null;
}
