/** The interval of a share (Wilson's score): unlike the plain share it says how much a few uses can tell. Pure. */

/** Of the standard normal distribution, for 95 %. */
const Z = 1.959964;

/** Returns the share with its interval; null without a single use. */
export function shareOf(
  successes: number,
  uses: number,
): { share: number; low: number; high: number; of: number } | null {
  if (uses <= 0) return null;
  const share = Math.min(1, Math.max(0, successes / uses));
  const spread = Z * Z;
  const middle = (share + spread / (2 * uses)) / (1 + spread / uses);
  const half = (Z / (1 + spread / uses)) * Math.sqrt((share * (1 - share)) / uses + spread / (4 * uses * uses));
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half), of: uses };
}
