import type { Timers } from "@/lib/time/timers";

/**
 * The time that one call may take, and how long it may be silent. Its timers are cleared when the call ends:
 * `AbortSignal.timeout` would keep the timer, and all that the signal holds, for minutes after it.
 */
export interface TimeLimit {
  /** Aborted with the outer signal, or when the time is up, or when the call was silent for too long. */
  signal: AbortSignal;
  /** Why the host ended the call: its time was up, nothing was heard of it, or it said too much; null: it did not. */
  endedBy(): "time" | "silence" | "length" | null;
  /** It says more than it may: it is ended. */
  tooLong(): void;
  /** A sign of life. Cheap: call it for every one. */
  alive(): void;
  /** Call it when the call has ended. */
  end(): void;
}

/** Silence is looked for this often within the time that it may last, so that it is found a quarter late at most. */
const LOOKS = 4;

/** `silentMs` null: the call may be silent. */
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
