/**
 * Returns `wake`, after which `work` runs once more, `restMs` later. Wakes meanwhile change nothing, so that work under
 * a steady stream of wakes is neither put off forever nor run for each. A wake during the work leads to another run.
 */
export function atMostEvery(restMs: number, work: () => Promise<void>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWorking = false;
  let isStopped = false;
  let isWoken = false;
  const run = () => {
    timer = undefined;
    [isWoken, isWorking] = [false, true];
    void work().finally(() => {
      isWorking = false;
      if (isWoken) wake();
    });
  };
  function wake(): void {
    isWoken = true;
    if (isStopped || isWorking || timer !== undefined) return;
    timer = setTimeout(run, restMs);
  }
  return {
    wake,
    stop(): void {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
