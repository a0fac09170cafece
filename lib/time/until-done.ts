const AGAIN_MS = 30_000;

/**
 * Runs `work` now, and again each half minute until it succeeds. Resolves after the first try and never rejects: a full disk
 * may refuse for hours the row that ends a claim, and nobody else may end the claim of a living process.
 */
export async function untilDone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    // A process that ends does not wait: its claims end with it.
    setTimeout(() => void untilDone(work), AGAIN_MS).unref();
  }
}
