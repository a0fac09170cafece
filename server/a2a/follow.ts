/**
 * Follows a task: what the database says now, then each change. It reads the database after each commit and keeps
 * nothing, so a subscription after a restart of the server continues where the task is.
 */
import { isTerminal, stateOf, statusOf } from "@/core/a2a/a2a-task";
import type { A2aTask } from "@/core/a2a/records";
import type { Caller } from "./caller";

/** Yields the task as it is, and again whenever its status has changed, until it is over or nobody listens. */
export async function* follow({ app, records, signal }: Caller, id: string): AsyncGenerator<A2aTask, void> {
  const bell = createBell();
  const off = app.live.onTree(id, bell.ring);
  signal.addEventListener("abort", bell.ring);
  try {
    for (let last = ""; !signal.aborted; await bell.rung()) {
      const task = records.task(app.actor.id, id);
      if (!task) return;
      const told = JSON.stringify(statusOf(task));
      if (told === last) continue;
      last = told;
      yield task;
      if (isTerminal(stateOf(task))) return;
    }
  } finally {
    off();
    signal.removeEventListener("abort", bell.ring);
  }
}

/** A ring during other work is not lost: the next wait ends immediately. */
function createBell() {
  let isRung = false;
  let wake = () => {};
  return {
    ring() {
      isRung = true;
      wake();
    },
    async rung(): Promise<void> {
      if (!isRung)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      isRung = false;
    },
  };
}
