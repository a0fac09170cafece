import type { Timers } from "@/lib/time/timers";

export interface PatienceOptions {
  timers: Timers;
  now(): number;
  /** Without a sign of life. */
  silenceMs: number;
  /** From beginning to end. */
  totalMs: number;
  onSilence(): void;
  onTooLong(): void;
}

/** The time that one call has. It stands still while a person is asked. */
export interface Patience {
  /** Reports a sign of life. */
  alive(): void;
  /** Stops the time; returns the function that lets it continue. */
  pause(): () => void;
  stop(): void;
}

/** Node fires a timer at once that is set for longer. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function startPatience({ timers, now, ...options }: PatienceOptions): Patience {
  let leftMs = options.totalMs;
  let sinceMs = now();
  let pauses = 0;
  let stopSilence = () => {};
  let stopTotal = () => {};
  const after = (ms: number, run: () => void) => timers.after(Math.min(Math.max(ms, 1), LONGEST_TIMER_MS), run);
  const alive = () => {
    stopSilence();
    if (pauses === 0) stopSilence = after(options.silenceMs, options.onSilence);
  };
  const go = () => {
    sinceMs = now();
    stopTotal = after(leftMs, options.onTooLong);
    alive();
  };
  const stop = () => {
    stopSilence();
    stopTotal();
  };
  const goOn = () => {
    pauses -= 1;
    if (pauses === 0) go();
  };
  go();
  return {
    alive,
    pause() {
      if (pauses === 0) {
        leftMs -= now() - sinceMs;
        stop();
      }
      pauses += 1;
      return goOn;
    },
    stop() {
      // Nothing starts the time again, not even the end of a pause.
      pauses = Number.POSITIVE_INFINITY;
      stop();
    },
  };
}
