/** Random numbers that a seed repeats. */

export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** Whether something of this share (0 to 1) happens now. */
  happens(share: number): boolean;
  /** A time or a size around `mean`; a larger `spread` means more small values and a few much larger ones. 0: always the mean. */
  around(mean: number, spread: number): number;
}

/** Mulberry32 of Tommy Ettinger; the second kind of number is log-normal. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    happens: (share) => next() < share,
    around(mean, spread) {
      if (spread === 0) return mean;
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return mean * Math.exp(spread * normal - spread ** 2 / 2);
    },
  };
}
