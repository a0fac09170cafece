/**
 * Returns a function that counts an amount and says whether more than `mostPerSecond` arrived in the current second.
 */
export function createFlowMeter(now: () => number, mostPerSecond: number): (amount: number) => boolean {
  let secondStartMs = now();
  let inThisSecond = 0;
  return (amount) => {
    const atMs = now();
    if (atMs - secondStartMs >= 1_000) {
      secondStartMs = atMs;
      inThisSecond = 0;
    }
    inThisSecond += amount;
    return inThisSecond > mostPerSecond;
  };
}
