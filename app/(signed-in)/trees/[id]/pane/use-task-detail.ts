"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { Task } from "@/core/shapes/shapes";

/** Returns the task with its long texts. They load when the task is opened and again when its state changes. */
export function useTaskDetail(row: Task, first: Task | null): Task {
  const [detail, setDetail] = useState<Task | null>(first?.id === row.id ? first : null);
  const { id, status, attempt, ended_at } = row;
  const isSameAttempt = detail?.id === id && detail.status === status && detail.attempt === attempt;
  const isUpToDate = isSameAttempt && detail.ended_at === ended_at;
  // The row may change while the texts load. What arrives then is outdated, so the texts load again.
  const wanted = isUpToDate ? null : [status, attempt, ended_at].join(" ");
  useEffect(() => {
    if (wanted === null) return;
    const ended = new AbortController();
    // The pane is correct without the long texts, so a failed read waits for the next change or reload.
    fetchJson(`tasks/${id}`, ended.signal).then(setDetail, () => {});
    return () => ended.abort();
  }, [id, wanted]);
  return detail?.id === id ? detail : row;
}
