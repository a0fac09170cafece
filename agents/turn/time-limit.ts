import type { Timers } from "@/lib/time/timers";

/**
 * Limits the time and the silence of one call. Its timers are cleared when the call ends, because `AbortSignal.timeout`
 * would keep the timer, and everything that the signal references, for minutes afterwards.
 */
export interface TimeLimit {
  /** Aborted with the outer signal, when the time is up, or when the call was silent for too long. */
  signal: AbortSignal;
  /** Returns why the host ended the call: out of time, silent, or its output too long; null when it did not. */
  endedBy(): "time" | "silence" | "length" | null;
  /** Ends the call because its output is too long. */
  tooLong(): void;
  /** Reports a sign of life. Cheap enough to call for every one. */
  alive(): void;
  /** Clears the timers. Call it when the call has ended. */
  end(): void;
}

/** How often silence is checked within its limit, so that it is found at most a quarter of the limit late. */
const LOOKS = 4;

/** Starts the timers of one call. With `silentMs` null the call may be silent. */
export function timeLimit(
  timers: Timers,
  outer: AbortSignal,
  timeoutMs: number,
  silentMs: number | null = null,
): TimeLimit {
  const controller = new AbortController();
  let endedBy: ReturnType<TimeLimit["endedBy"]> = null;
  let looksSinceBeat = 0;
  const over = (why: NonNullable<typeof endedBy>) => {
    endedBy ??= why;
    controller.abort(new DOMException("The call took too long.", "TimeoutError"));
  };
  const cancel = timers.after(timeoutMs, () => over("time"));
  const cancelLooks =
    silentMs === null
      ? () => {}
      : timers.every(Math.max(1, silentMs / LOOKS), () => {
          looksSinceBeat += 1;
          if (looksSinceBeat > LOOKS) over("silence");
        });
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener("abort", follow);
  return {
    signal: controller.signal,
    endedBy: () => endedBy,
    tooLong: () => over("length"),
    alive() {
      looksSinceBeat = 0;
    },
    end() {
      cancel();
      cancelLooks();
      outer.removeEventListener("abort", follow);
    },
  };
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
