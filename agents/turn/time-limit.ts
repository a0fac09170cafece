import type { Timers } from "@/lib/time/timers";

/** What a call is bound by, in milliseconds; null or infinite: not at all. */
export interface CallTimes {
  /** From beginning to end. */
  timeoutMs: number;
  /** Between two signs of life. */
  silentMs?: number | null;
  /** Between two pieces of output, however many signs of life arrive. */
  stalledMs?: number | null;
}

/**
 * The time that one call may take, and how long it may be silent. Its timers are cleared when the call ends:
 * `AbortSignal.timeout` would keep the timer, and all that the signal holds, for minutes after it.
 */
export interface TimeLimit {
  /** Aborted with the outer signal, or when one of the times is over. */
  signal: AbortSignal;
  /** Why the host ended the call: its time was up, it showed no life, brought nothing, or said too much; null: it did not. */
  endedBy(): "time" | "silence" | "stalled" | "length" | null;
  /** It says more than it may: it is ended. */
  tooLong(): void;
  /** A sign of life. Cheap: call it for every one. */
  alive(): void;
  /** A piece of output came. As cheap. */
  grows(): void;
  /** Call it when the call has ended. */
  end(): void;
}

/** A time between two events is looked at this often, so that its end is found a quarter late at most. */
const LOOKS = 4;

/** A timer of Node that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function timeLimit(timers: Timers, outer: AbortSignal, times: CallTimes): TimeLimit {
  const controller = new AbortController();
  let endedBy: ReturnType<TimeLimit["endedBy"]> = null;
  const over = (why: NonNullable<typeof endedBy>) => {
    endedBy ??= why;
    controller.abort(new DOMException("The call took too long.", "TimeoutError"));
  };
  const { timeoutMs, silentMs = null, stalledMs = null } = times;
  const cancel = timeoutMs <= LONGEST_TIMER_MS ? timers.after(Math.max(1, timeoutMs), () => over("time")) : () => {};
  const silence = between(timers, silentMs, () => over("silence"));
  const stall = between(timers, stalledMs, () => over("stalled"));
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener("abort", follow);
  return {
    signal: controller.signal,
    endedBy: () => endedBy,
    tooLong: () => over("length"),
    alive: silence.reset,
    grows: stall.reset,
    end() {
      cancel();
      silence.cancel();
      stall.cancel();
      outer.removeEventListener("abort", follow);
    },
  };
}

/** Counts looks instead of setting a timer anew for each event. `ms` null: never over. */
function between(timers: Timers, ms: number | null, onOver: () => void) {
  let looks = 0;
  const reset = () => {
    looks = 0;
  };
  if (ms === null) return { reset, cancel: () => {} };
  const cancel = timers.every(Math.max(1, ms / LOOKS), () => {
    looks += 1;
    if (looks > LOOKS) onOver();
  });
  return { reset, cancel };
}

/** What a call that does not end although it was told to may still take. */
export const GRACE_MS = 10_000;

/** Rejects with the signal's reason when the work has not settled within the grace after the signal was aborted. */
export async function settledInTime<T>(timers: Timers, signal: AbortSignal, work: Promise<T>): Promise<T> {
  let cancel = () => {};
  const abandoned = new Promise<never>((_, reject) => {
    const count = () => {
      cancel = timers.after(GRACE_MS, () => reject(signal.reason));
    };
    if (signal.aborted) count();
    else signal.addEventListener("abort", count, { once: true });
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    cancel();
  }
}
