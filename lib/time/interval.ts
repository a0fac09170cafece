/** Intervals as people write them in settings: 30m, 6h, 7d. */

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Returns milliseconds; null when the text is not a whole number with the unit m, h or d. */
export function intervalOf(text: string): number | null {
  const unit = UNITS_MS[text.slice(-1) as keyof typeof UNITS_MS];
  const number = text.slice(0, -1);
  return unit !== undefined && /^\d{1,9}$/.test(number) ? Number(number) * unit : null;
}
