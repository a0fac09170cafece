/** Insights about code that no test reaches. */
import type { FileDetails, FunctionFacts } from "./facts";
import { hash32 } from "./hash";
import type { EvidenceFact, Finding } from "./insight";
import type { Reach } from "./reach";
import type { CodeFile, LineHits, Repository } from "./repository";

/** A file with less code than this has nothing to test. */
const LEAST_CODE = 5;
const MUCH_CODE = 300;
const VERY_COMPLEX = 30;
const OLD_REPORT_DAYS = 30;
/** Functions with fewer lines are seldom worth a test of their own. */
const LEAST_LINES = 4;
/** Files whose code runs when a tool, a framework or a build reads it. */
const SETTINGS = /(?:^|\/)(?:[^/]+\.config\.[cm]?[jt]s|setup\.py|conftest\.py|build\.rs|migrations\/.*|manage\.py)$/;

export function testFindings(repository: Repository, reach: Reach): Finding[] {
  const code = repository.files.filter(
    (file) => !file.isTest && !SETTINGS.test(file.path) && file.brief.codeLines >= LEAST_CODE,
  );
  const hasTests = repository.files.some(({ isTest, brief }) => isTest || brief.hasTests);
  if (!hasTests) return noTests(code);
  return code.flatMap((file) => {
    const hits = repository.coverage?.files.get(file.path);
    return hits && repository.coverage
      ? byReport(file, hits, repository.coverage)
      : byImports(file, reach, basisOf(repository.coverage));
  });
}

/** Returns the lines of code in functions. */
export function codeIn({ functions }: Pick<FileDetails, "functions">): number {
  return functions.reduce((sum, { codeLines }) => sum + codeLines, 0);
}

function noTests(code: readonly CodeFile[]): Finding[] {
  if (code.length === 0) return [];
  const lines = code.reduce((sum, { brief }) => sum + brief.codeLines, 0);
  return [
    {
      kind: "no-tests",
      title: "The repository has no tests",
      path: "",
      line: 0,
      end: 0,
      symbol: "",
      shape: "",
      facts: [
        { name: "Files with code", value: String(code.length), note: "" },
        { name: "Lines in functions", value: String(lines), note: "" },
        { name: "Tests", value: "0", note: "by names of files and folders" },
      ],
      places: [],
      impact: 0.9,
      confidence: 0.85,
      effort: 1.2,
    },
  ];
}

function byReport(file: CodeFile, hits: LineHits, { report, ageDays }: NonNullable<Repository["coverage"]>): Finding[] {
  const old = Math.min(1, ageDays / OLD_REPORT_DAYS);
  const basis: EvidenceFact = {
    name: "Measured by",
    value: report,
    note: ageDays === 0 ? "as new as the commit" : `${ageDays} ${ageDays === 1 ? "day" : "days"} older than the commit`,
  };
  const confidence = 0.95 - 0.35 * old;
  if ([...hits.values()].every((count) => count === 0))
    return [{ ...untestedFile(file, basis, confidence), byReport: true as const }];
  const missed = file.facts.functions.filter((one) => {
    const inside = [...hits].filter(([line]) => line > one.start && line <= one.end);
    return one.codeLines >= LEAST_LINES && inside.length > 0 && inside.every(([, count]) => count === 0);
  });
  return untestedFunctions(file, missed, basis, confidence).map((finding) => ({ ...finding, byReport: true as const }));
}

/** Returns what is said of a file that no report names. */
function basisOf(coverage: Repository["coverage"]): EvidenceFact {
  const note =
    coverage === null ? "no coverage report lies in the repository" : `${coverage.report} does not name the file`;
  return { name: "Measured by", value: "imports and names", note };
}

function byImports(file: CodeFile, reach: Reach, basis: EvidenceFact): Finding[] {
  if (!reach.files.has(file.path)) return [untestedFile(file, basis, 0.7)];
  // Its own file counts as one of the reached ones.
  const isMissed = (name: number) => reach.reachedIn(name) <= 1;
  if (!file.brief.untested.some(isMissed)) return [];
  const missed = file.facts.functions.filter((one) => mayBeUntested(one) && isMissed(hash32(one.name)));
  return untestedFunctions(file, missed, basis, 0.65);
}

/** Whether a function is untested unless a test reaches another file with its name. */
export function mayBeUntested({ isExported, codeLines, mentions }: FunctionFacts): boolean {
  return isExported && codeLines >= LEAST_LINES && mentions <= 1;
}

function untestedFile(file: CodeFile, basis: EvidenceFact, confidence: number): Finding {
  const { path, facts } = file;
  const lines = file.brief.codeLines;
  const complexity = Math.max(...facts.functions.map((one) => one.complexity));
  const first = facts.functions[0];
  return {
    kind: "untested",
    title: `No test reaches ${path.slice(path.lastIndexOf("/") + 1)}`,
    path,
    line: first?.start ?? 1,
    end: facts.functions.at(-1)?.end ?? 1,
    symbol: "",
    shape: shapeOf(facts.functions),
    facts: [
      { name: "Functions", value: String(facts.functions.length), note: "" },
      { name: "Lines of code in functions", value: String(lines), note: "" },
      { name: "Highest complexity", value: String(complexity), note: "" },
      basis,
    ],
    places: [],
    impact: 0.35 + 0.25 * Math.min(1, lines / MUCH_CODE) + 0.3 * Math.min(1, complexity / VERY_COMPLEX),
    confidence,
    effort: 0.8 + 0.7 * Math.min(1, lines / MUCH_CODE),
  };
}

function untestedFunctions(
  file: CodeFile,
  missed: readonly FunctionFacts[],
  basis: EvidenceFact,
  confidence: number,
): Finding[] {
  const [first] = missed;
  if (first === undefined) return [];
  const complexity = Math.max(...missed.map((one) => one.complexity));
  return [
    {
      kind: "untested-functions",
      title: missed.length === 1 ? `No test reaches ${first.symbol}` : `No test reaches ${missed.length} functions`,
      path: file.path,
      line: first.start,
      end: first.end,
      symbol: missed.length === 1 ? first.symbol : "",
      shape: shapeOf(missed),
      facts: [
        { name: "Functions", value: String(missed.length), note: `of ${file.facts.functions.length} in the file` },
        { name: "Highest complexity", value: String(complexity), note: "" },
        basis,
      ],
      places: placesOf(file.path, missed),
      impact: 0.3 + 0.3 * Math.min(1, complexity / VERY_COMPLEX) + 0.02 * Math.min(10, missed.length),
      confidence,
      effort: 0.7,
    },
  ];
}

const MOST_PLACES = 50;

export function placesOf(path: string, functions: readonly Pick<FunctionFacts, "start" | "end" | "symbol">[]) {
  return functions.slice(0, MOST_PLACES).map(({ start, end, symbol }) => ({ path, line: start, end, symbol }));
}

export function shapeOf(functions: readonly Pick<FunctionFacts, "symbol">[]): string {
  return functions
    .map(({ symbol }) => symbol)
    .sort()
    .join("\n");
}
