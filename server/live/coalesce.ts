/**
 * Runs `work` whenever it was woken since the last run began, never twice at once. Any number of wake-ups during a run
 * make one more run, so a slow consumer is behind by one run and not by a queue.
 */
export function createLoop(work: () => Promise<void>, onError: (error: unknown) => void) {
  let woken = false;
  let running = false;
  let stopped = false;

  async function run(): Promise<void> {
    running = true;
    try {
      while (woken && !stopped) {
        woken = false;
        await work();
      }
    } catch (error) {
      stopped = true;
      onError(error);
    } finally {
      running = false;
    }
  }

  return {
    wake(): void {
      woken = true;
      if (!running && !stopped) void run();
    },
    stop(): void {
      stopped = true;
    },
    get stopped(): boolean {
      return stopped;
    },
  };
}
