"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { Task } from "@/core/shapes/shapes";

/** The task with its long texts, read when it is opened and again when its state says that they may have changed. */
export function useTaskDetail(row: Task, first: Task | null): Task {
  const [detail, setDetail] = useState<Task | null>(first?.id === row.id ? first : null);
  const { id, status, attempt, ended_at } = row;
  const known = detail?.id === id && detail.status === status && detail.attempt === attempt;
  const upToDate = known && detail.ended_at === ended_at;
  // The row may move on while the texts are read, and what arrives then is of the state before: they are read again.
  const wanted = upToDate ? null : [status, attempt, ended_at].join(" ");
  useEffect(() => {
    if (wanted === null) return;
    const ended = new AbortController();
    // Without the long texts the pane is still true; they come with the next change or reload.
    fetchJson<Task>(`tasks/${id}`, ended.signal).then(setDetail, () => {});
    return () => ended.abort();
  }, [id, wanted]);
  return detail?.id === id ? detail : row;
}
