/**
 * Runs `work` after a wake-up, never twice at the same time. All wake-ups during a run cause a single further run, so a
 * slow consumer is at most one run behind.
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
