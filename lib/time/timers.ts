/** Time as the runtime is given it: tests and the simulation bring a clock of their own. */
export interface Timers {
  /** Runs `run` once, `ms` milliseconds from now, unless the function it returns is called before. */
  after(ms: number, run: () => void): () => void;
  /** Runs `run` every `ms` milliseconds until the function it returns is called. */
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

/** Rejects with the signal's reason when it is aborted first. */
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

/** Timers whose work may fail: nobody waits for it, and a fault that nobody catches would end the process. */
export function reporting(timers: Timers, report: (message: string, error: unknown) => void): Timers {
  const caught = (run: () => void) => () => {
    try {
      run();
    } catch (error) {
      report("What is done from time to time failed; it is done again when its time comes.", error);
    }
  };
  return {
    after: (ms, run) => timers.after(ms, caught(run)),
    every: (ms, run) => timers.every(ms, caught(run)),
  };
}
