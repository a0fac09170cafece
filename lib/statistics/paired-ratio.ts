/**
 * Compares two versions by pairs of measurements that were taken one right after the other, so that a busy moment of the
 * machine meets both numbers of a pair and cancels out in their ratio.
 */

/** One measurement of each side, taken in the same round. */
export interface Pair {
  base: number;
  head: number;
}

export interface RatioInterval {
  /** Medians of the two sides. */
  base: number;
  head: number;
  /** Median of the pairs' head ÷ base. */
  ratio: number;
  /** The interval of that median. */
  low: number;
  high: number;
  /** How often such an interval holds the true median: at least `CONFIDENCE`. */
  confidence: number;
}

export const CONFIDENCE = 0.95;
/** With five pairs even the interval from the smallest to the largest ratio holds the median in 94 % of cases only. */
export const LEAST_PAIRS = 6;

/**
 * Returns the median ratio and its interval; null with fewer than `LEAST_PAIRS` pairs, and where a ratio has no meaning,
 * because a value is below 0.
 *
 * The interval goes from the k-th smallest ratio to the k-th largest. It holds the true median unless fewer than k pairs
 * are on one side of it, and how many are there is binomial with 1/2, whatever the distribution of the ratios (W. J.
 * Conover, Practical Nonparametric Statistics, 3rd edition, section 3.2). k is the largest for which the confidence is
 * at least `CONFIDENCE`: 1 for six to eight pairs, 2 for nine to eleven.
 */
export function pairedRatio(pairs: readonly Pair[]): RatioInterval | null {
  const rank = rankOf(pairs.length);
  if (rank === null || pairs.some(({ base, head }) => !(base >= 0 && head >= 0))) return null;
  const ratios = sorted(pairs.map(ratioOf));
  return {
    base: median(pairs.map(({ base }) => base)),
    head: median(pairs.map(({ head }) => head)),
    ratio: median(ratios),
    low: ratios[rank.k - 1] ?? Number.NaN,
    high: ratios[ratios.length - rank.k] ?? Number.NaN,
    confidence: rank.confidence,
  };
}

/** 0 on both sides is no difference. */
function ratioOf({ base, head }: Pair): number {
  return base === 0 && head === 0 ? 1 : head / base;
}

/** Returns the rank of the interval's ends and its confidence; null where no interval reaches `CONFIDENCE`. */
function rankOf(count: number): { k: number; confidence: number } | null {
  let best: { k: number; confidence: number } | null = null;
  // The probability that exactly `k - 1` of `count` ratios are below their median, and that at most `k - 1` are.
  let [exactly, atMost] = [0.5 ** count, 0];
  for (let k = 1; k <= count / 2; k += 1) {
    atMost += exactly;
    const confidence = 1 - 2 * atMost;
    if (confidence < CONFIDENCE) break;
    best = { k, confidence };
    exactly *= (count - k + 1) / k;
  }
  return best;
}

/** Returns the mean of the two middle values of an even number of them. */
export function median(values: readonly number[]): number {
  const ordered = sorted(values);
  const middle = ordered.length / 2;
  const [below, above] = [ordered[Math.ceil(middle) - 1], ordered[Math.floor(middle)]];
  if (below === undefined || above === undefined) return Number.NaN;
  // Also for two infinite ratios.
  return below === above ? below : (below + above) / 2;
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
