"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { Continuation, UnreadMessage } from "@/core/shapes/continuation";
import type { Task } from "@/core/shapes/shapes";

const NONE: readonly UnreadMessage[] = [];

/** Returns the messages that the task has not read yet. They are read again with its state, and with each `revision`. */
export function useUnread({ id, status }: Task, revision: string): readonly UnreadMessage[] {
  const [found, setFound] = useState({ id, of: "", unread: NONE });
  const of = [id, status, revision].join(" ");
  const wanted = found.of === of ? null : of;
  useEffect(() => {
    if (wanted === null) return;
    const gone = new AbortController();
    fetchJson<Continuation>(`tasks/${id}/continuation`, gone.signal).then(
      ({ unread = NONE }) => setFound({ id, of: wanted, unread }),
      // What is shown stays; the next change reads again.
      () => {},
    );
    return () => gone.abort();
  }, [id, wanted]);
  return found.id === id ? found.unread : NONE;
}
