/** Time as the runtime is given it: tests and the simulation bring a clock of their own. */
export interface Timers {
  /** Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** A signal that is aborted after `ms` milliseconds; it keeps no process alive. */
  timeout(ms: number): AbortSignal;
  /** Runs `run` every `ms` milliseconds until the function it returns is called. */
  every(ms: number, run: () => void): () => void;
}

export const realTimers: Timers = {
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const cut = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", cut);
        resolve();
      }, ms);
      signal.addEventListener("abort", cut, { once: true });
    });
  },
  timeout: (ms) => AbortSignal.timeout(ms),
  every(ms, run) {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};
