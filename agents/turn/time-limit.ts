import type { Timers } from "@/lib/time/timers";

/** The time limits of a call, in milliseconds; null or infinite: no limit. */
export interface CallTimes {
  /** From beginning to end. */
  timeoutMs: number;
  /** Between two signs of life. */
  silentMs?: number | null;
  /** Between two pieces of output, however many signs of life arrive. */
  stalledMs?: number | null;
}

/**
 * Limits the time and the silence of one call. Its timers are cleared when the call ends, because `AbortSignal.timeout`
 * would keep the timer, and everything that the signal references, for minutes afterwards.
 */
export interface TimeLimit {
  /** Aborted with the outer signal, or when one of the times is over. */
  signal: AbortSignal;
  /** Returns why the host ended the call: out of time, silent, without output, or its output too long; null when it did not. */
  endedBy(): "time" | "silence" | "stalled" | "length" | "aside" | null;
  /** Ends the call because its output is too long. */
  tooLong(): void;
  /** Ends the call because it rests until a person has answered. */
  setAside(): void;
  /** Stops the clock while a person is asked. Returns a function that starts it again, with its whole time. */
  hold(): () => void;
  /** Reports a sign of life. Cheap enough to call for every one. */
  alive(): void;
  /** A piece of output came. As cheap. */
  grows(): void;
  /** Clears the timers. Call it when the call has ended. */
  end(): void;
}

/** No long text has more characters per token. A reply beyond this does not end by itself. */
export const MOST_CHARS_PER_TOKEN = 16;

/** How often a time between two events is checked, so that its end is found at most a quarter of it late. */
const CHECKS = 4;

/** Node fires a timer at once that is set for longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Starts the timers of one call. */
export function timeLimit(timers: Timers, outer: AbortSignal, times: CallTimes): TimeLimit {
  const controller = new AbortController();
  let endedBy: ReturnType<TimeLimit["endedBy"]> = null;
  const over = (why: NonNullable<typeof endedBy>) => {
    endedBy ??= why;
    controller.abort(new DOMException("The call took too long.", "TimeoutError"));
  };
  const { timeoutMs, silentMs = null, stalledMs = null } = times;
  const count = () =>
    timeoutMs <= LONGEST_TIMER_MS ? timers.after(Math.max(1, timeoutMs), () => over("time")) : () => {};
  let cancel = count();
  let held = 0;
  const silence = between(timers, silentMs, () => {
    if (held === 0) over("silence");
  });
  const stall = between(timers, stalledMs, () => over("stalled"));
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener("abort", follow);
  return {
    signal: controller.signal,
    endedBy: () => endedBy,
    tooLong: () => over("length"),
    setAside: () => over("aside"),
    hold() {
      if (held === 0) cancel();
      held += 1;
      return () => {
        held -= 1;
        if (held > 0) return;
        silence.reset();
        if (!controller.signal.aborted) cancel = count();
      };
    },
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

/** Counts looks instead of setting a new timer for each event. With `ms` null it never ends. */
function between(timers: Timers, ms: number | null, onOver: () => void) {
  let checks = 0;
  const reset = () => {
    checks = 0;
  };
  if (ms === null) return { reset, cancel: () => {} };
  const cancel = timers.every(Math.max(1, ms / CHECKS), () => {
    checks += 1;
    if (checks > CHECKS) onOver();
  });
  return { reset, cancel };
}

/** How long the host waits for a call to end after it was aborted. */
export const GRACE_MS = 10_000;

/** Settles like `work`, or rejects with the signal's reason when `work` has not settled within the grace time. */
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
