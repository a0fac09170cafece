"use client";

import { createContext, useContext } from "react";
import { StatusGlyph, StatusWord, shownStatusOf } from "@/components/ui/status";
import type { Task } from "@/core/shapes/shapes";

/** The tree's tasks as they are now. The log tells only what was so when a message was written. */
interface TasksNow {
  tasks: ReadonlyMap<string, Task>;
  asked: ReadonlySet<string>;
  select(id: string): void;
}

const Now = createContext<TasksNow | null>(null);
export const TasksNowProvider = Now.Provider;

/** Returns the task's state, or null for a task that the page does not show. */
function useStatusNow(id: string) {
  const now = useContext(Now);
  const task = now?.tasks.get(id);
  return now && task ? shownStatusOf(task, now.asked) : null;
}

export function SubtaskWord({ id }: { id: string }) {
  const status = useStatusNow(id);
  return status ? <StatusWord status={status} /> : null;
}

export function SubtaskGlyph({ id }: { id: string }) {
  const status = useStatusNow(id);
  return status ? <StatusGlyph status={status} className="mr-1 inline size-3 align-[-1px]" /> : null;
}

export function SubtaskLink({ id }: { id: string }) {
  const now = useContext(Now);
  const task = now?.tasks.get(id);
  if (!now || !task) return null;
  return (
    <button type="button" className="link" onClick={() => now.select(id)}>
      Open “{task.title}”
    </button>
  );
}
