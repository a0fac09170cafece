import type { Timers } from "@/lib/timers";

/**
 * The time that one call may take. Its timer is cleared when the call ends: `AbortSignal.timeout` would keep the timer,
 * and all that the signal holds, for minutes after it.
 */
export interface TimeLimit {
  /** Aborted with the outer signal, or when the time is up. */
  signal: AbortSignal;
  isOver(): boolean;
  /** Call it when the call has ended. */
  end(): void;
}

export function timeLimit(timers: Timers, outer: AbortSignal, timeoutMs: number): TimeLimit {
  const controller = new AbortController();
  let isOver = false;
  const cancel = timers.after(timeoutMs, () => {
    isOver = true;
    controller.abort(new DOMException("The call took too long.", "TimeoutError"));
  });
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener("abort", follow);
  return {
    signal: controller.signal,
    isOver: () => isOver,
    end() {
      cancel();
      outer.removeEventListener("abort", follow);
    },
  };
}
