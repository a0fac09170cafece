/** The runtime's timers, which tests and the simulation replace with their own clock. */
export interface Timers {
  /** Runs `run` once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
  /** Runs `run` every `ms` milliseconds until the returned function is called. */
  every(ms: number, run: () => void): () => void;
}

export const realTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};

/** Waits; rejects with the signal's reason when it aborts first. */
export function sleep(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const cut = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = timers.after(ms, () => {
      signal.removeEventListener("abort", cut);
      resolve();
    });
    signal.addEventListener("abort", cut, { once: true });
  });
}

/** Returns timers that catch and report errors of their work, because an uncaught error would end the process. */
export function reporting(timers: Timers, report: (message: string, error: unknown) => void): Timers {
  const caught = (run: () => void) => () => {
    try {
      run();
    } catch (error) {
      report("Periodic work failed; it runs again at its next time.", error);
    }
  };
  return {
    after: (ms, run) => timers.after(ms, caught(run)),
    every: (ms, run) => timers.every(ms, caught(run)),
  };
}
