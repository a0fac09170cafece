/** Finds what should be next in a repository, from what its files, its history and its last reports say. */
import { functionFindings } from "./functions";
import { asInsights, type Insight, type KnownInsight } from "./insight";
import { reachIn } from "./reach";
import type { Repository } from "./repository";
import { testFindings } from "./tests";
import { unmeasuredOf } from "./unmeasured";
import { upkeepFindings } from "./upkeep";
import { wholeFindings } from "./whole";

/** More than anybody reads; those with the lowest score are left out. */
const MOST_INSIGHTS = 1_000;

export interface Found {
  insights: Insight[];
  /** How many more there were. */
  leftOut: number;
  /** Ids of known insights that are neither found nor gone: what they rest on was not measured. */
  unmeasured: string[];
}

export function insightsIn(repository: Repository, known: readonly KnownInsight[]): Found {
  const reach = reachIn(repository);
  const findings = [
    ...functionFindings(repository),
    ...testFindings(repository, reach),
    ...upkeepFindings(repository, reach),
    ...wholeFindings(repository),
  ];
  const insights = asInsights(findings, known);
  // Those of before stay, so that none counts as done because others have a higher score now.
  const before = new Set(known.map(({ id }) => id));
  const kept = insights.filter(({ id }, at) => at < MOST_INSIGHTS || before.has(id));
  const found = new Set(kept.map(({ id }) => id));
  const unmeasured = unmeasuredOf(
    repository,
    known.filter(({ id }) => !found.has(id)),
  );
  return { insights: kept, leftOut: insights.length - kept.length, unmeasured };
}
