"use client";

import { createContext, useContext } from "react";
import { StatusGlyph, shownStatusOf, WORD_COLOURS } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { STATUS_WORDS } from "@/core/words/status";

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

/** How the subtask stands now, and since when it runs or asks, or how long it took. */
export function SubtaskWord({ id }: { id: string }) {
  const status = useStatusNow(id);
  const task = useContext(Now)?.tasks.get(id);
  if (!status || !task) return null;
  return (
    <span className={WORD_COLOURS[status]}>
      {STATUS_WORDS[status]}
      {task.started_at ? (
        <span className={isEnded(task.status) ? "text-ink-3" : ""}>
          {" · "}
          {status === "running" ? `turn ${task.turns + 1} · ` : ""}
          <Elapsed since={task.started_at} until={task.ended_at} />
        </span>
      ) : null}
    </span>
  );
}

export function SubtaskName({ id }: { id: string }) {
  const status = useStatusNow(id);
  const task = useContext(Now)?.tasks.get(id);
  return (
    <>
      {status ? <StatusGlyph status={status} labelled={false} /> : null}
      <span className="min-w-0 flex-auto truncate">{task?.title ?? "A subtask"}</span>
    </>
  );
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
