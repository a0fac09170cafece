/** The rules of levels and migrations for a candidate; see docs/decisions/016-releases.md. */
import { expandOnlyProblems } from "@/db/file/expand-only";
import type { DataFacts } from "./facts";

/** A finding in the form that `banyan gates` reads. */
export interface DataFinding {
  kind: "fault" | "flag" | "note";
  text: string;
}

const MOST_NAMED = 5;

/** Returns where the candidate's migrations, levels and stored words break those of the base. */
export function dataFindings(base: DataFacts, candidate: DataFacts): DataFinding[] {
  const faults = [
    ...expandOnlyProblems(base.migrations, candidate.migrations),
    ...kindProblems(base.kinds, candidate.kinds),
    ...levelProblems(base, candidate),
  ];
  const isRaised = candidate.levels.writes > base.levels.writes;
  const { writes } = candidate.levels;
  return [
    ...faults.map((text) => ({ kind: "fault" as const, text })),
    ...(isRaised
      ? [
          {
            kind: "flag" as const,
            text: `The data level rises to ${writes}: releases that read less cannot come back.`,
          },
        ]
      : []),
  ];
}

function kindProblems(base: readonly string[], candidate: readonly string[]): string[] {
  const moved = base.findIndex((kind, number) => candidate[number] !== kind);
  if (moved < 0) return [];
  return [`The entry kind ${moved} is ${candidate[moved] ?? "gone"} and was ${base[moved]}: only append to KINDS.`];
}

function levelProblems(base: DataFacts, candidate: DataFacts): string[] {
  const { writes, reads } = candidate.levels;
  const problems: string[] = [];
  const say = (isBroken: boolean, text: string) => {
    if (isBroken) problems.push(text);
  };
  const gone = [...base.stored].filter((stored) => !candidate.stored.has(stored));
  const added = [...candidate.stored].filter((stored) => !base.stored.has(stored));
  say(gone.length > 0, `The change cannot read what the base may have stored: ${named(gone)}.`);
  say(
    added.length > 0 && writes <= base.levels.writes,
    `The change stores what the base does not know, at the same data level ${writes}: ${named(added)}. Raise \`writes\` in db/file/data-level.ts.`,
  );
  say(writes < base.levels.writes, `The data level falls from ${base.levels.writes} to ${writes}.`);
  say(
    writes > base.levels.reads,
    `The change writes data level ${writes}, and the base reads only up to ${base.levels.reads}.`,
  );
  say(
    reads < base.levels.reads,
    `The change reads up to data level ${reads}, and the base up to ${base.levels.reads}.`,
  );
  say(
    reads < writes || reads > writes + 1,
    `The change writes data level ${writes} and reads up to ${reads}: a release reads at most one level ahead.`,
  );
  return problems;
}

function named(words: readonly string[]): string {
  const more = words.length - MOST_NAMED;
  return [...words.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
