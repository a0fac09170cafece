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
