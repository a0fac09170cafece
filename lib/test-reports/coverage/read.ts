/** Reads reports of coverage: which lines tests reach. */
import { readGo } from "./go";
import { readIstanbul } from "./istanbul";
import { readLcov } from "./lcov";
import type { Coverage } from "./lines";
import { readCobertura, readJacoco } from "./xml";

export type { Coverage } from "./lines";

/** Formats that can be read. */
export const COVERAGE_FORMATS = ["istanbul", "lcov", "cobertura", "jacoco", "go"] as const;
export type CoverageFormat = (typeof COVERAGE_FORMATS)[number];

const READERS: Record<CoverageFormat, (text: string) => Coverage> = {
  istanbul: readIstanbul,
  lcov: readLcov,
  cobertura: readCobertura,
  jacoco: readJacoco,
  go: readGo,
};

/** Returns null for a text that is not such a report, and for one whose sums contradict each other. */
export function readCoverage(format: CoverageFormat, text: string): Coverage | null {
  try {
    const read = READERS[format](text);
    const isSound = read.covered >= 0 && read.covered <= read.total && Number.isFinite(read.total);
    return isSound ? read : null;
  } catch {
    return null;
  }
}
