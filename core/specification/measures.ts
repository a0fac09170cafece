/** Finds requirements that ask different numbers of one thing. */
import type { Measure, Requirement } from "./specification";

/** Units that are one in different sizes, with the size of each. */
const SIZES: ReadonlyMap<string, { of: string; size: number }> = new Map(
  Object.entries({
    time: {
      ms: 1,
      millisecond: 1,
      s: 1_000,
      second: 1_000,
      min: 60_000,
      minute: 60_000,
      h: 3_600_000,
      hour: 3_600_000,
    },
    bytes: { B: 1, KB: 1e3, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 },
    share: { "%": 1, percent: 1 },
    rate: { "requests/s": 1, "requests/min": 1 / 60 },
  }).flatMap(([of, sizes]) => Object.entries(sizes).map(([unit, size]) => [unit, { of, size }] as const)),
);

interface Range {
  requirement: string;
  measure: Measure;
  /** What both must share to be compared. */
  key: string;
  least: number;
  most: number;
}

/**
 * Returns each pair of requirements whose numbers cannot both be meant: they have no value in common, or they bound one
 * thing in one direction by different numbers. A number for one operation may be an exception to that for all.
 */
export function differingNumbers(requirements: readonly Requirement[]): { between: [string, string]; what: string }[] {
  const ranges = requirements.flatMap((requirement) => rangeOf(requirement));
  return ranges.flatMap((one, at) =>
    ranges.slice(at + 1).flatMap((other) => {
      if (one.key !== other.key || !differ(one, other)) return [];
      return [{ between: [one.requirement, other.requirement] as [string, string], what: one.measure.what }];
    }),
  );
}

function rangeOf({ id, measure }: Requirement): Range[] {
  if (!measure) return [];
  const { what, at, is, unit, number } = measure;
  const known = SIZES.get(unit) ?? SIZES.get(unit.replace(/s$/, ""));
  const value = number * (known?.size ?? 1);
  const least = is === "at_most" ? Number.NEGATIVE_INFINITY : value;
  const most = is === "at_least" ? Number.POSITIVE_INFINITY : value;
  const key = JSON.stringify([what, known?.of ?? unit, at?.replace(/\s+/g, "") ?? null]);
  return [{ requirement: id, measure, key, least, most }];
}

function differ(one: Range, other: Range): boolean {
  const [of, ofOther] = [one.measure.operation, other.measure.operation];
  if (of !== undefined && ofOther !== undefined && of !== ofOther) return false;
  if (Math.max(one.least, other.least) > Math.min(one.most, other.most)) return true;
  return (
    of === ofOther && one.measure.is === other.measure.is && (one.least !== other.least || one.most !== other.most)
  );
}
