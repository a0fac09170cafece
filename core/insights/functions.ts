/** Insights about functions: complex ones, long ones, and those that are complex and change often. */
import type { FileDetails, FunctionFacts } from "./facts";
import type { EvidenceFact, Finding } from "./insight";
import type { CodeFile, Repository } from "./repository";

/** Above this a function is hard to understand, as SonarSource sets it. */
const COMPLEX = 15;
const VERY_COMPLEX = 60;
const LONG = 80;
const VERY_LONG = 300;
/** A file that changes often, and a function that is complex enough for it to matter. */
const OFTEN = 6;
const COMPLEX_FOR_HOTSPOT = 10;
const HOTTEST = 600;

export function functionFindings({ files, changes }: Repository): Finding[] {
  return files
    .filter(({ isTest }) => !isTest)
    .flatMap((file) => {
      const hot = hotspotIn(file, changes);
      if (hot === null && !file.brief.hasFindings) return [];
      const others = file.facts.functions.filter((one) => one !== hot?.of).flatMap((one) => findingOf(file, one));
      return hot === null ? others : [hot.finding, ...others];
    });
}

/** Whether a file has findings here without its history. */
export function hasFunctionFindings({ functions }: FileDetails): boolean {
  return functions.some(({ complexity: own, codeLines: lines }) => own > COMPLEX || lines > LONG);
}

/** Returns the most complex function of a file that changes often. */
function hotspotIn(file: CodeFile, changes: Repository["changes"]): { of: FunctionFacts; finding: Finding } | null {
  const changed = changes?.files.get(file.path);
  if (!changes || !changed || changed.commits < OFTEN) return null;
  const [first, ...rest] = file.facts.functions;
  if (first === undefined) return null;
  const of = rest.reduce((most, one) => (one.complexity > most.complexity ? one : most), first);
  if (of.complexity < COMPLEX_FOR_HOTSPOT) return null;
  const finding: Finding = {
    ...placed(file, of),
    kind: "hotspot",
    title: `${of.symbol} is complex and its file changes often`,
    facts: [
      complexity(of, of.complexity > COMPLEX ? COMPLEX : COMPLEX_FOR_HOTSPOT),
      {
        name: `Changes in ${changes.days} days`,
        value: String(changed.commits),
        note: `commits that change the file, by ${changed.authors} ${changed.authors === 1 ? "person" : "people"}`,
      },
      codeLines(of),
    ],
    impact: 0.55 + 0.45 * share(changed.commits * of.complexity, HOTTEST),
    confidence: 0.92,
    effort: effortOf(of),
  };
  return { of, finding };
}

function findingOf(file: CodeFile, of: FunctionFacts): Finding[] {
  if (of.complexity > COMPLEX)
    return [
      {
        ...placed(file, of),
        kind: "complex",
        title: `${of.symbol} is complex`,
        facts: [complexity(of), codeLines(of)],
        impact: 0.4 + 0.5 * share(of.complexity - COMPLEX, VERY_COMPLEX - COMPLEX),
        confidence: 0.9,
        effort: effortOf(of),
      },
    ];
  if (of.codeLines <= LONG) return [];
  return [
    {
      ...placed(file, of),
      kind: "long",
      title: `${of.symbol} has ${of.codeLines} lines of code`,
      facts: [
        { ...codeLines(of), note: `limit ${LONG}` },
        { ...complexity(of), note: "" },
      ],
      impact: 0.35 + 0.4 * share(of.codeLines - LONG, VERY_LONG - LONG),
      confidence: 0.8,
      effort: effortOf(of),
    },
  ];
}

function placed({ path, facts }: CodeFile, { symbol, start, end }: FunctionFacts) {
  return { path, line: start, end, symbol, shape: `${facts.language} ${symbol}`, places: [] };
}

function complexity(of: FunctionFacts, limit = COMPLEX): EvidenceFact {
  return { name: "Cognitive complexity", value: String(of.complexity), note: `limit ${limit}` };
}

function codeLines(of: FunctionFacts): EvidenceFact {
  return { name: "Lines of code", value: String(of.codeLines), note: "" };
}

function effortOf({ codeLines: lines }: FunctionFacts): number {
  return 0.9 + share(lines, 400);
}

/** Returns how much of `most` it is, from 0 to 1. */
function share(value: number, most: number): number {
  return Math.min(1, Math.max(0, value / most));
}
