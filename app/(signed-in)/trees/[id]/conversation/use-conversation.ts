"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { LogEntry } from "@/components/trees/log-entries";
import type { Conversation } from "@/core/shapes/conversation";
import type { Task } from "@/core/shapes/shapes";

/** The data that came with the page. */
export interface OpenedConversation {
  taskId: string;
  conversation: Conversation;
}

/** Returns the task's conversation, and reads it again after each message of a person, each note and each end. */
export function useConversation(
  task: Task,
  entries: readonly LogEntry[],
  first: OpenedConversation | null,
): Conversation | null {
  const { id, status, attempt, ended_at } = task;
  // The page is newer than what it came with only by what the log tells.
  const said = entries.findLast((one) => one.kind === "steer" || one.kind === "event")?.seq ?? 0;
  const revision = [status, attempt, ended_at, said].join(" ");
  const [found, setFound] = useState({ id: first?.taskId, conversation: first?.conversation ?? null, revision });
  const isHeld = found.id === id && found.conversation !== null;
  const wanted = isHeld && found.revision === revision ? null : revision;
  useEffect(() => {
    if (wanted === null) return;
    const gone = new AbortController();
    fetchJson(`tasks/${id}/conversation`, gone.signal).then(
      (conversation) => setFound({ id, conversation, revision: wanted }),
      // What is shown stays; the next change reads again.
      () => {},
    );
    return () => gone.abort();
  }, [id, wanted]);
  return found.id === id ? found.conversation : null;
}
