/**
 * Begins work without owning it: settles as it does, or rejects with the signal's reason when that aborts first. The work
 * is then left to itself, so it has to be of a kind that may be repeated, or that others wait for too.
 */
export async function orAborted<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const begun = work();
  return new Promise<Result>((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    begun.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
