/** Insights about what is missing in files or left over: documentation, types, unused exports, notes, copies. */
import { duplicatesIn } from "./duplicates";
import type { ExportFacts, FileDetails, FunctionFacts } from "./facts";
import { hash32 } from "./hash";
import type { Finding } from "./insight";
import type { Reach } from "./reach";
import type { CodeFile, Repository } from "./repository";
import { placesOf, shapeOf } from "./tests";

/** Shorter functions explain themselves. */
const LEAST_LINES = 4;
const DAY_MS = 86_400_000;
const OLD_NOTE_DAYS = 730;
const MANY_LINES = 120;

export function upkeepFindings(repository: Repository, reach: Reach): Finding[] {
  const code = repository.files.filter(({ isTest }) => !isTest);
  const telling = code.filter(({ brief }) => brief.hasFindings);
  return [
    ...telling.flatMap(undocumented),
    ...telling.flatMap(untyped),
    ...code.flatMap((file) => unusedExports(file, reach)),
    ...telling.flatMap((file) => notes(file, repository)),
    ...duplicates(repository),
  ];
}

/** Whether a file has findings here that need no other file. */
export function hasUpkeepFindings(facts: FileDetails): boolean {
  return (
    facts.todos.length > 0 ||
    facts.anys.length > 0 ||
    facts.functions.some((one) => (needsDescription(one) && !one.isDocumented) || lacksTypes(one))
  );
}

function needsDescription({ isExported, codeLines }: FunctionFacts): boolean {
  return isExported && codeLines >= LEAST_LINES;
}

function lacksTypes({ isExported, untyped: count }: FunctionFacts): boolean {
  return isExported && count > 0;
}

function undocumented({ path, facts }: CodeFile): Finding[] {
  const exported = facts.functions.filter(needsDescription);
  const missing = exported.filter(({ isDocumented }) => !isDocumented);
  const [first] = missing;
  if (first === undefined) return [];
  return [
    {
      kind: "undocumented",
      title:
        missing.length === 1
          ? `${first.symbol} is exported and has no description`
          : `${missing.length} exported functions have no description`,
      path,
      line: first.start,
      end: first.end,
      symbol: missing.length === 1 ? first.symbol : "",
      shape: shapeOf(missing),
      facts: [
        {
          name: "Without a description",
          value: String(missing.length),
          note: `of ${exported.length} exported functions`,
        },
      ],
      places: placesOf(path, missing),
      impact: 0.12 + 0.02 * Math.min(15, missing.length),
      confidence: 0.9,
      effort: 0.6,
    },
  ];
}

function untyped({ path, facts }: CodeFile): Finding[] {
  if (facts.language === "typescript" && facts.anys.length > 0) {
    const [line = 1] = facts.anys;
    return [
      {
        kind: "untyped",
        title:
          facts.anys.length === 1
            ? "The type any stands in one place"
            : `The type any stands in ${facts.anys.length} places`,
        path,
        line,
        end: line,
        symbol: "",
        shape: shapeOf(facts.functions) || path.slice(path.lastIndexOf("/") + 1),
        facts: [{ name: "Type any", value: String(facts.anys.length), note: "" }],
        places: facts.anys.slice(0, 50).map((at) => ({ path, line: at, end: at, symbol: "" })),
        impact: 0.2 + 0.02 * Math.min(15, facts.anys.length),
        confidence: 0.9,
        effort: 0.7,
      },
    ];
  }
  const missing = facts.functions.filter(lacksTypes);
  const [first] = missing;
  if (first === undefined) return [];
  const count = missing.reduce((sum, one) => sum + one.untyped, 0);
  return [
    {
      kind: "untyped",
      title: missing.length === 1 ? `${first.symbol} has no types` : `${missing.length} functions lack types`,
      path,
      line: first.start,
      end: first.end,
      symbol: missing.length === 1 ? first.symbol : "",
      shape: shapeOf(missing),
      facts: [
        { name: "Functions that lack types", value: String(missing.length), note: `of ${facts.functions.length}` },
        { name: "Parameters and results without a type", value: String(count), note: "" },
      ],
      places: placesOf(path, missing),
      impact: 0.14 + 0.02 * Math.min(15, missing.length),
      confidence: 0.9,
      effort: 0.6,
    },
  ];
}

/** Frameworks call these exports by the names of their files. */
const CALLED_FROM_OUTSIDE =
  /(?:^|\/)(?:page|layout|route|loading|error|not-found|template|default|middleware|proxy|instrumentation|index|main)\.[cm]?[jt]sx?$|\.config\.[cm]?[jt]s$|\.stories\.[jt]sx?$/;

/** A file that nothing imports is a program or what others import from outside, so its exports may be used. */
function unusedExports(file: CodeFile, reach: Reach): Finding[] {
  const { path } = file;
  if (!reach.imported.has(path) || CALLED_FROM_OUTSIDE.test(path)) return [];
  const isUnused = (name: number) => reach.mentionedIn(name) <= 1;
  if (!file.brief.unused.some(isUnused)) return [];
  const { facts } = file;
  const unused = facts.exports.filter((one) => mayBeUnused(one) && isUnused(hash32(one.name)));
  const [first] = unused;
  if (first === undefined) return [];
  return [
    {
      kind: "unused-exports",
      title:
        unused.length === 1 ? `The export ${first.name} is used nowhere` : `${unused.length} exports are used nowhere`,
      path,
      line: first.line,
      end: first.line,
      symbol: unused.length === 1 ? first.name : "",
      shape: shapeOf(unused.map(({ name }) => ({ symbol: name }))),
      facts: [
        {
          name: "Exports that nothing names",
          value: String(unused.length),
          note: `of ${facts.exports.length} in the file`,
        },
      ],
      places: unused.slice(0, 50).map(({ name, line }) => ({ path, line, end: line, symbol: name })),
      impact: 0.2 + 0.02 * Math.min(15, unused.length),
      confidence: 0.75,
      effort: 0.5,
    },
  ];
}

/** Whether an export is unused unless its name stands in another file. */
export function mayBeUnused({ mentions }: ExportFacts): boolean {
  return mentions <= 1;
}

function notes({ path, facts }: CodeFile, { noteTimes, nowMs }: Repository): Finding[] {
  return facts.todos.map(({ line, text }) => {
    const writtenMs = noteTimes.get(`${path}:${line}`);
    const days = writtenMs === undefined ? null : Math.max(0, Math.floor((nowMs - writtenMs) / DAY_MS));
    const of = facts.functions.find(({ start, end }) => start <= line && line <= end);
    const age = days === null ? "A note" : `A note of ${days} days ago`;
    return {
      kind: "todo",
      title: `${age}: ${text.slice(0, 100)}`,
      path,
      line,
      end: line,
      symbol: of?.symbol ?? "",
      shape: `${hash32(text)} ${text.slice(0, 80)}`,
      facts: [
        days === null
          ? { name: "Age", value: "not measured", note: "the history does not say when it was written" }
          : { name: "Age", value: `${days} days`, note: "since the line was last changed" },
      ],
      places: [],
      impact: 0.15 + 0.25 * Math.min(1, (days ?? 0) / OLD_NOTE_DAYS),
      confidence: 0.75,
      effort: 0.8,
    };
  });
}

function duplicates({ files }: Repository): Finding[] {
  const groups = duplicatesIn(files);
  const byPath = new Map(groups.length === 0 ? [] : files.map((file) => [file.path, file]));
  return groups.flatMap((blocks) => {
    const sorted = [...blocks].sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
    const [first] = sorted;
    if (first === undefined) return [];
    const lines = Math.min(...sorted.map(({ line, end }) => end - line + 1));
    const inside =
      byPath.get(first.path)?.facts.functions.filter(({ start, end }) => start <= first.end && end >= first.line) ?? [];
    return [
      {
        kind: "duplicate",
        title: `${lines} lines stand in ${sorted.length} places`,
        ...first,
        symbol: inside[0]?.symbol ?? "",
        shape: shapeOf(inside) || `${lines} ${sorted.length}`,
        facts: [
          { name: "Lines that are alike", value: String(lines), note: "without comments and blanks" },
          { name: "Places", value: String(sorted.length), note: "" },
        ],
        places: sorted.map((block) => ({ ...block, symbol: "" })),
        impact: 0.4 + 0.5 * Math.min(1, (lines * (sorted.length - 1)) / MANY_LINES),
        confidence: 0.85,
        effort: 0.9,
      },
    ];
  });
}
